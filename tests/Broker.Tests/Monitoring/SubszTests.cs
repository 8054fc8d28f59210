using System.Text.Json;
using NatsKestrel.Broker.Subjects;
using Xunit;

namespace NatsKestrel.Broker.Tests.Monitoring;

public sealed class SubszTests
{
    [Fact]
    public async Task Counters_of_all_accounts_are_added_up()
    {
        await using var host = await MonitoringHost.StartAsync();
        host.Broker.Sublists["$G"] = new SublistStatistics(7, 2, 8, 1, 6, 3, 5, 6);
        host.Broker.Sublists["$SYS"] = new SublistStatistics(56, 1, 56, 0, 10, 1, 2, 0);

        var (_, text) = await host.GetAsync("/subsz");

        Assert.EndsWith(
            """
              "num_subscriptions": 63,
              "num_cache": 3,
              "num_inserts": 64,
              "num_removes": 1,
              "num_matches": 16,
              "cache_hit_rate": 0.25,
              "max_fanout": 5,
              "avg_fanout": 2,
              "total": 0,
              "offset": 0,
              "limit": 1024
            }
            """.ReplaceLineEndings("\n"),
            text,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 0, null)]
    [InlineData("subs=1", 3, "foo x.> sys")]
    [InlineData("subs=1&acc=$SYS", 1, "sys")]
    [InlineData("subs=1&acc=NOPE", 0, null)]
    [InlineData("subs=1&test=foo", 1, "foo")]
    [InlineData("subs=1&test=nothere", 0, null)]
    [InlineData("subs=1&limit=1&offset=1", 3, "x.>")]
    [InlineData("subs=1&offset=1000", 3, null)]
    [InlineData("test=a%20b", 0, null)]
    public async Task The_list_holds_what_was_asked_for_and_is_absent_when_empty(string query, int total, string? subjects)
    {
        await using var host = await MonitoringHost.StartAsync();
        host.Broker.Held[1] =
        [
            FakeSnapshots.Subscription(1, "foo"),
            FakeSnapshots.Subscription(1, "x.>", "q"),
            FakeSnapshots.Subscription(1, "sys", account: "$SYS"),
        ];

        var answer = await host.JsonAsync("/subscriptionsz?" + query);

        Assert.Equal(total, answer.GetProperty("total").GetInt32());
        Assert.Equal(subjects, Subjects(answer));
    }

    [Fact]
    public async Task An_entry_names_its_account()
    {
        await using var host = await MonitoringHost.StartAsync();
        host.Broker.Held[1] = [FakeSnapshots.Subscription(1, "foo", "q", max: 3)];

        var entry = (await host.JsonAsync("/subsz?subs=1")).GetProperty("subscriptions_list")[0];

        Assert.Equal(
            ["account", "account_tag", "subject", "qgroup", "sid", "msgs", "max", "cid"], entry.EnumerateObject().Select(property => property.Name));
    }

    [Theory]
    [Trait("Safety", "MON-5")]
    [InlineData("subs=detail", "Error decoding boolean for 'subs': strconv.ParseBool: parsing \"detail\": invalid syntax")]
    [InlineData("limit=y&test=*", "Error decoding int for 'limit': strconv.Atoi: parsing \"y\": invalid syntax")]
    [InlineData("test=foo.*", "invalid test subject, must be valid publish subject: foo.*")]
    [InlineData("test=a.>", "invalid test subject, must be valid publish subject: a.>")]
    [InlineData("test=foo..bar", "invalid test subject, must be valid publish subject: foo..bar")]
    [InlineData("test=.a", "invalid test subject, must be valid publish subject: .a")]
    public async Task What_is_wrong_with_a_query_is_told(string query, string text)
    {
        await using var host = await MonitoringHost.StartAsync();

        Assert.Equal((400, text), await host.GetAsync("/subsz?" + query));
    }

    private static string? Subjects(JsonElement answer) => answer.TryGetProperty("subscriptions_list", out var list)
        ? string.Join(' ', list.EnumerateArray().Select(entry => entry.GetProperty("subject").GetString()))
        : null;
}
