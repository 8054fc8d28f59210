using System.Text.Json;
using NatsKestrel.Broker.Connections;
using Xunit;

namespace NatsKestrel.Broker.Tests.Monitoring;

public sealed class ConnzTests
{
    private static readonly string[] Bare =
    [
        "cid", "kind", "type", "ip", "port", "start", "last_activity", "rtt", "uptime", "idle", "pending_bytes", "in_msgs", "out_msgs", "in_bytes",
        "out_bytes", "subscriptions",
    ];

    [Theory]
    [InlineData("", "1 2 3")]
    [InlineData("sort=cid", "1 2 3")]
    [InlineData("sort=start", "1 2 3")]
    [InlineData("sort=subs", "2 3 1")]
    [InlineData("sort=pending", "3 1 2")]
    [InlineData("sort=msgs_to", "2 1 3")]
    [InlineData("sort=msgs_from", "1 3 2")]
    [InlineData("sort=bytes_to", "3 2 1")]
    [InlineData("sort=bytes_from", "2 3 1")]
    [InlineData("sort=last", "1 2 3")]
    [InlineData("sort=idle", "3 2 1")]
    [InlineData("sort=uptime", "2 3 1")]
    [InlineData("sort=rtt", "3 1 2")]
    public async Task Open_connections_are_sorted_as_asked(string query, string order)
    {
        await using var host = await MonitoringHost.StartAsync();
        var now = FakeSnapshots.Now;
        host.Broker.AddOpen(3, c => c with { Start = now.AddSeconds(-20), LastActivity = now.AddSeconds(-9), SubscriptionCount = 2, PendingBytes = 9, OutMessages = 1, InMessages = 2, OutBytes = 9, InBytes = 4, RoundTrip = TimeSpan.FromSeconds(3) });
        host.Broker.AddOpen(1, c => c with { Start = now.AddSeconds(-90), LastActivity = now.AddSeconds(-1), SubscriptionCount = 1, PendingBytes = 5, OutMessages = 2, InMessages = 3, OutBytes = 1, InBytes = 1, RoundTrip = TimeSpan.FromSeconds(2) });
        host.Broker.AddOpen(2, c => c with { Start = now.AddSeconds(-10), LastActivity = now.AddSeconds(-5), SubscriptionCount = 7, PendingBytes = 1, OutMessages = 3, InMessages = 1, OutBytes = 5, InBytes = 8, RoundTrip = TimeSpan.FromSeconds(1) });

        var answer = await host.JsonAsync("/connz?" + query);

        Assert.Equal(order, Cids(answer));
    }

    [Theory]
    [InlineData("sort=stop", "2 3 1")]
    [InlineData("sort=reason", "3 1 2")]
    [InlineData("sort=uptime", "1 3 2")]
    public async Task Closed_connections_are_sorted_as_asked(string query, string order)
    {
        await using var host = await MonitoringHost.StartAsync();
        host.Broker.AddClosed(1, c => c with { Stop = FakeSnapshots.Now.AddSeconds(-9), Reason = CloseReason.ParseError });
        host.Broker.AddClosed(2, c => c with { Stop = FakeSnapshots.Now.AddSeconds(-1), Reason = CloseReason.ReadError });
        host.Broker.AddClosed(3, c => c with { Stop = FakeSnapshots.Now.AddSeconds(-5), Reason = CloseReason.ClientClosed });

        var answer = await host.JsonAsync("/connz?state=closed&" + query);

        Assert.Equal(order, Cids(answer));
    }

    [Theory]
    [InlineData("state=closed", "2", 1)]
    [InlineData("state=CLOSED", "2", 1)]
    [InlineData("state=open", "1 3", 2)]
    [InlineData("state=all", "1 2 3", 3)]
    [InlineData("state=any", "1 2 3", 3)]
    [InlineData("acc=$SYS", "", 0)]
    [InlineData("acc=$G", "1 3", 2)]
    [InlineData("user=joe", "3", 2)]
    [InlineData("user=jo", "", 2)]
    [InlineData("mqtt_client=x", "", 2)]
    [InlineData("cid=3", "3", 2)]
    [InlineData("cid=2", "", 2)]
    [InlineData("cid=2&state=closed", "2", 1)]
    [InlineData("cid=2&state=all", "2", 3)]
    [InlineData("cid=3&user=ann", "", 2)]
    [InlineData("cid=3&acc=$SYS", "", 0)]
    [InlineData("callback=f&filter_subject=foo&unknown=1", "1 3", 2)]
    public async Task State_and_account_decide_the_total_and_the_other_filters_only_the_list(string query, string cids, int total)
    {
        await using var host = await MonitoringHost.StartAsync();
        host.Broker.AddOpen(1);
        host.Broker.AddOpen(3, c => c with { AuthorizedUser = "joe" });
        host.Broker.AddClosed(2);

        var answer = await host.JsonAsync("/connz?" + query);

        Assert.Equal(cids, Cids(answer));
        Assert.Equal(total, answer.GetProperty("total").GetInt32());
        Assert.Equal(answer.GetProperty("connections").GetArrayLength(), answer.GetProperty("num_connections").GetInt32());
    }

    [Theory]
    [Trait("Safety", "MON-5")]
    [InlineData("", 0, 1024, "1 2 3")]
    [InlineData("limit=2", 0, 2, "1 2")]
    [InlineData("limit=2&offset=2", 2, 2, "3")]
    [InlineData("offset=3", 3, 1024, "")]
    [InlineData("offset=-5&limit=-5", 0, 1024, "1 2 3")]
    [InlineData("limit=0", 0, 1024, "1 2 3")]
    [InlineData("limit=65537", 0, 65_536, "1 2 3")]
    [InlineData("limit=9223372036854775807&offset=9223372036854775807", long.MaxValue, 65_536, "")]
    [InlineData("cid=2&limit=9", 0, 1, "2")]
    [InlineData("cid=2&offset=1", 1, 1, "")]
    public async Task A_page_has_an_offset_and_a_limit_within_bounds(string query, long offset, long limit, string cids)
    {
        await using var host = await MonitoringHost.StartAsync();
        host.Broker.AddOpen(1);
        host.Broker.AddOpen(2);
        host.Broker.AddOpen(3);

        var answer = await host.JsonAsync("/connz?" + query);

        Assert.Equal(offset, answer.GetProperty("offset").GetInt64());
        Assert.Equal(limit, answer.GetProperty("limit").GetInt64());
        Assert.Equal(cids, Cids(answer));
    }

    [Theory]
    [Trait("Safety", "MON-5")]
    [InlineData("sort=foo&auth=maybe", "Error decoding boolean for 'auth': strconv.ParseBool: parsing \"maybe\": invalid syntax")]
    [InlineData("subs=zz&offset=x", "Error decoding boolean for 'subs': strconv.ParseBool: parsing \"zz\": invalid syntax")]
    [InlineData("offset=x&limit=y", "Error decoding int for 'offset': strconv.Atoi: parsing \"x\": invalid syntax")]
    [InlineData("limit=y&cid=-1", "Error decoding int for 'limit': strconv.Atoi: parsing \"y\": invalid syntax")]
    [InlineData("cid=-1&state=foo", "Error decoding uint64 for 'cid': strconv.ParseUint: parsing \"-1\": invalid syntax")]
    [InlineData("state=foo&sort=foo", "Error decoding state for foo")]
    [InlineData("sort=foo&acc=NOPE", "invalid sorting option: foo")]
    [InlineData("sort=CID", "invalid sorting option: CID")]
    [InlineData("sort=stop", "sort by stop only valid on closed connections")]
    [InlineData("sort=reason&state=all", "sort by reason only valid on closed connections")]
    public async Task What_is_wrong_with_a_query_is_told_as_plain_text(string query, string text)
    {
        await using var host = await MonitoringHost.StartAsync(options => options.Monitoring.Cors = "*");

        using var response = await host.Http.GetAsync("/connz?" + query, TestContext.Current.CancellationToken);

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Equal("text/plain; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.Equal(text, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_unknown_account_gets_an_envelope_without_server_and_list()
    {
        await using var host = await MonitoringHost.StartAsync();

        var (status, text) = await host.GetAsync("/connz?acc=NOPE&offset=7&limit=3");

        Assert.Equal(200, status);
        Assert.Equal(
            "{\n  \"server_id\": \"\",\n  \"now\": \"2026-11-23T07:45:15.448Z\",\n  \"num_connections\": 0,\n  \"total\": 0,\n  \"offset\": 7,\n  \"limit\": 3,\n  \"connections\": null\n}",
            text);
    }

    [Fact]
    public async Task A_connection_shows_what_it_did_in_the_order_of_the_reference()
    {
        await using var host = await MonitoringHost.StartAsync();
        host.Broker.AddOpen(5, c => c with { OutMessages = 4, OutBytes = 20, SubscriptionCount = 3, Name = "sub1", Lang = "py", Version = "1.0" });

        var (_, text) = await host.GetAsync("/connz");

        Assert.EndsWith(
            """
              "connections": [
                {
                  "cid": 5,
                  "kind": "Client",
                  "type": "nats",
                  "ip": "127.0.0.1",
                  "port": 50005,
                  "start": "2026-11-23T07:43:35.448Z",
                  "last_activity": "2026-11-23T07:45:05.448Z",
                  "rtt": "512µs",
                  "uptime": "1m40s",
                  "idle": "10s",
                  "pending_bytes": 0,
                  "in_msgs": 0,
                  "out_msgs": 4,
                  "in_bytes": 0,
                  "out_bytes": 20,
                  "subscriptions": 3,
                  "name": "sub1",
                  "lang": "py",
                  "version": "1.0"
                }
              ]
            }
            """.ReplaceLineEndings("\n"),
            text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fields_that_say_nothing_are_left_out()
    {
        await using var host = await MonitoringHost.StartAsync();
        host.Broker.AddOpen(1);
        host.Broker.AddOpen(2, c => c with { Stalls = 3, Name = "n", Lang = "l", Version = "v", AuthorizedUser = "u", AccountName = "A" });

        var answer = (await host.JsonAsync("/connz")).GetProperty("connections");

        Assert.Equal(Bare, Keys(answer[0]));
        Assert.Equal([.. Bare[..15], "stalls", "subscriptions", "name", "lang", "version"], Keys(answer[1]));
    }

    [Fact]
    public async Task Users_and_accounts_are_shown_on_request_and_the_global_account_only_as_a_tag()
    {
        await using var host = await MonitoringHost.StartAsync();
        host.Broker.AddOpen(1);
        host.Broker.AddOpen(2, c => c with { AuthorizedUser = "u", AccountName = "A" });
        host.Broker.AddClosed(3);
        host.Broker.AddClosed(4, c => c with { AuthorizedUser = "u", AccountName = "A" });

        var answer = (await host.JsonAsync("/connz?auth=1&state=all")).GetProperty("connections");

        Assert.Equal([.. Bare, "name_tag"], Keys(answer[0]));
        Assert.Equal([.. Bare, "authorized_user", "account", "name_tag"], Keys(answer[1]));
        Assert.Equal([.. Bare[..7], "stop", "reason", .. Bare[7..]], Keys(answer[2]));
        Assert.Equal([.. Bare[..7], "stop", "reason", .. Bare[7..], "authorized_user", "account", "name_tag"], Keys(answer[3]));
    }

    [Fact]
    public async Task A_closed_connection_keeps_the_times_of_its_end()
    {
        await using var host = await MonitoringHost.StartAsync();
        host.Broker.AddClosed(1, c => c with { Reason = CloseReason.SlowConsumerPendingBytes });
        host.Time.Advance(TimeSpan.FromHours(1));

        var entry = (await host.JsonAsync("/connz?state=closed")).GetProperty("connections")[0];

        Assert.Equal("1m35s", entry.GetProperty("uptime").GetString());
        Assert.Equal("5s", entry.GetProperty("idle").GetString());
        Assert.Equal("2026-11-23T07:45:10.448Z", entry.GetProperty("stop").GetString());
        Assert.Equal("Slow Consumer (Pending Bytes)", entry.GetProperty("reason").GetString());
    }

    [Fact]
    [Trait("Safety", "MON-6")]
    public async Task Subscriptions_are_fetched_for_the_connections_of_the_page_alone()
    {
        await using var host = await MonitoringHost.StartAsync();
        for (ulong id = 1; id <= 4; id++)
        {
            host.Broker.AddOpen(id, c => c with { SubscriptionCount = 1, Subscriptions = [FakeSnapshots.Subscription(c.Id, "x.>")] });
        }

        var answer = await host.JsonAsync("/connz?subs=1&offset=1&limit=2");

        Assert.Equal([2UL, 3UL], host.Broker.Fetched);
        Assert.Equal("x.>", answer.GetProperty("connections")[0].GetProperty("subscriptions_list")[0].GetString());
    }

    [Fact]
    public async Task Details_of_a_subscription_leave_out_account_and_what_is_not_set()
    {
        await using var host = await MonitoringHost.StartAsync();
        host.Broker.AddOpen(5, c => c with
        {
            SubscriptionCount = 2,
            Subscriptions = [FakeSnapshots.Subscription(5, "foo.*", delivered: 2), FakeSnapshots.Subscription(5, "bar", "q", max: 5)],
        });

        var list = (await host.JsonAsync("/connz?subs=detail")).GetProperty("connections")[0].GetProperty("subscriptions_list_detail");

        Assert.Equal(["subject", "sid", "msgs", "cid"], Keys(list[0]));
        Assert.Equal(["subject", "qgroup", "sid", "msgs", "max", "cid"], Keys(list[1]));
    }

    [Fact]
    public async Task Clients_that_say_their_language_are_pinged_while_their_round_trip_is_unknown()
    {
        await using var host = await MonitoringHost.StartAsync();
        host.Broker.AddOpen(1, c => c with { RoundTrip = TimeSpan.Zero });
        host.Broker.AddOpen(2, c => c with { RoundTrip = TimeSpan.Zero, Lang = "go" });
        host.Broker.AddOpen(3, c => c with { Lang = "go" });

        await host.JsonAsync("/connz");

        Assert.Equal([2UL], host.Broker.Pinged);
    }

    private static string Cids(JsonElement answer) =>
        string.Join(' ', answer.GetProperty("connections").EnumerateArray().Select(connection => connection.GetProperty("cid").GetUInt64()));

    private static string[] Keys(JsonElement json) => [.. json.EnumerateObject().Select(property => property.Name)];
}
