using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Hosting;
using NatsKestrel.Broker.Monitoring;
using Xunit;

namespace NatsKestrel.Broker.Tests.Monitoring;

public sealed class MonitoringEndpointsTests
{
    public static TheoryData<string> Paths =>
    [
        "/varz", "/connz", "/routez", "/gatewayz", "/leafz", "/subsz", "/subscriptionsz", "/accountz", "/accstatz", "/jsz", "/healthz", "/ipqueuesz", "/",
    ];

    [Theory]
    [MemberData(nameof(Paths))]
    [Trait("Safety", "MON-1")]
    [Trait("Safety", "HTTP-6")]
    public async Task Only_GET_and_HEAD_are_answered(string path)
    {
        await using var host = await MonitoringHost.StartAsync();

        using var head = await SendAsync(host, HttpMethod.Head, path);
        using var post = await SendAsync(host, HttpMethod.Post, path);
        using var options = await SendAsync(host, HttpMethod.Options, path);

        Assert.Equal(200, (int)head.StatusCode);
        Assert.Equal(405, (int)post.StatusCode);
        Assert.Equal(405, (int)options.StatusCode);
        Assert.Equal("GET, HEAD", string.Join(", ", post.Content.Headers.Allow));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    [Trait("Safety", "MON-3")]
    public async Task Other_sites_may_read_answers_only_where_that_is_configured(string path)
    {
        await using var closed = await MonitoringHost.StartAsync();
        await using var open = await MonitoringHost.StartAsync(options => options.Monitoring.Cors = "*");

        using var withoutCors = await SendAsync(closed, HttpMethod.Get, path);
        using var withCors = await SendAsync(open, HttpMethod.Get, path);

        Assert.False(withoutCors.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.Equal(path != "/", withCors.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) && values.Single() == "*");
    }

    [Fact]
    [Trait("Safety", "MON-2")]
    public async Task A_callback_is_ignored()
    {
        await using var host = await MonitoringHost.StartAsync();

        Assert.Equal("{\"status\":\"ok\"}", (await host.GetAsync("/healthz?callback=alert")).Text);
    }

    [Theory]
    [Trait("Safety", "MON-4")]
    [Trait("Safety", "HTTP-6")]
    [InlineData("/stacksz")]
    [InlineData("/debug/vars")]
    [InlineData("/debug/pprof/")]
    [InlineData("/expvarz")]
    [InlineData("/nope")]
    [InlineData("/varz/")]
    [InlineData("/VARZ")]
    [InlineData("/varz/x")]
    public async Task What_is_not_a_path_of_monitoring_is_not_found(string path)
    {
        await using var host = await MonitoringHost.StartAsync();

        Assert.Equal(404, (await host.GetAsync(path)).Status);
    }

    [Theory]
    [InlineData("nats/")]
    [InlineData("/nats")]
    [InlineData("nats")]
    public async Task A_base_path_holds_all_of_it(string basePath)
    {
        await using var host = await MonitoringHost.StartAsync(options => options.Monitoring.BasePath = basePath);

        Assert.Equal(200, (await host.GetAsync("/nats/healthz")).Status);
        Assert.Contains("\"/nats/varz\"", (await host.GetAsync("/nats")).Text, StringComparison.Ordinal);
        Assert.Equal(404, (await host.GetAsync("/healthz")).Status);
        Assert.Equal(404, (await host.GetAsync("/")).Status);
    }

    [Fact]
    public async Task The_index_gives_way_to_a_page_of_the_application()
    {
        await using var host = await MonitoringHost.StartAsync(map: app => app.MapGet("/", () => "mine"));

        Assert.Equal("mine", (await host.GetAsync("/")).Text);
    }

    [Fact]
    public async Task The_index_links_to_paths_that_exist()
    {
        await using var host = await MonitoringHost.StartAsync();

        var (_, html) = await host.GetAsync("/");

        string[] links = [.. html.Split("href=\"").Skip(1).Select(part => part[..part.IndexOf('"', StringComparison.Ordinal)])];
        Assert.Equal(11, links.Length);
        foreach (string link in links)
        {
            var (status, text) = await host.GetAsync(link);
            Assert.True(status == 200 || text == "No Raft nodes registered", $"{link}: {status}");
        }
    }

    [Theory]
    [InlineData("/routez?subs=x", "Error decoding boolean for 'subs': strconv.ParseBool: parsing \"x\": invalid syntax")]
    [InlineData("/gatewayz?accs=x&subs=y", "Error decoding boolean for 'subs': strconv.ParseBool: parsing \"y\": invalid syntax")]
    [InlineData("/leafz?subs=detail", "Error decoding boolean for 'subs': strconv.ParseBool: parsing \"detail\": invalid syntax")]
    [InlineData("/accstatz?unused=x", "Error decoding boolean for 'unused': strconv.ParseBool: parsing \"x\": invalid syntax")]
    [InlineData("/accountz?acc=NOPE", "Account NOPE does not exist")]
    [InlineData("/jsz?config=q&offset=q", "Error decoding boolean for 'config': strconv.ParseBool: parsing \"q\": invalid syntax")]
    [InlineData("/jsz?limit=q&leader-only=q", "Error decoding int for 'limit': strconv.Atoi: parsing \"q\": invalid syntax")]
    [InlineData("/jsz?leader-only=1", "filtered response: not leader")]
    [InlineData("/ipqueuesz?all=x", "Error decoding boolean for 'all': strconv.ParseBool: parsing \"x\": invalid syntax")]
    public async Task A_wrong_question_is_refused_with_the_reference_s_words(string path, string text)
    {
        await using var host = await MonitoringHost.StartAsync();

        Assert.Equal((400, text), await host.GetAsync(path));
    }

    [Theory]
    [InlineData("/routez?subs=detail", "\"num_routes\": 0,\n  \"routes\": []\n}")]
    [InlineData("/gatewayz?gw_name=x", "\"outbound_gateways\": {},\n  \"inbound_gateways\": {}\n}")]
    [InlineData("/leafz?acc=NO", "\"leafnodes\": 0,\n  \"leafs\": []\n}")]
    [InlineData("/jsz?acc=NO&accounts=1", "\"disabled\": true,\n  \"config\": {\n    \"max_memory\": 0,\n    \"max_storage\": 0\n  },\n  \"streams\": 0,\n  \"consumers\": 0,\n  \"messages\": 0,\n  \"bytes\": 0,\n  \"total\": 0\n}")]
    [InlineData("/accountz", "\"system_account\": \"$SYS\",\n  \"accounts\": [\n    \"$G\",\n    \"$SYS\"\n  ]\n}")]
    [InlineData("/ipqueuesz?all=1", "{}")]
    public async Task Parts_that_are_off_answer_as_the_reference_does_with_them_off(string path, string end)
    {
        await using var host = await MonitoringHost.StartAsync();

        var (status, text) = await host.GetAsync(path);

        Assert.Equal(200, status);
        Assert.EndsWith(end, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Account_statistics_leave_out_unused_accounts_unless_asked_for()
    {
        await using var host = await MonitoringHost.StartAsync();
        host.Broker.Sums = new() { Connections = 1, InMessages = 3, InBytes = 13, OutMessages = 4, OutBytes = 20, SlowConsumers = 2 };

        var used = (await host.JsonAsync("/accstatz")).GetProperty("account_statz");
        var all = (await host.JsonAsync("/accstatz?unused=1")).GetProperty("account_statz");

        Assert.Equal(1, used.GetArrayLength());
        Assert.Equal(2, all.GetArrayLength());
        Assert.Equal(4, used[0].GetProperty("sent").GetProperty("msgs").GetInt64());
        Assert.Equal(13, used[0].GetProperty("received").GetProperty("bytes").GetInt64());
        Assert.Equal(2, used[0].GetProperty("slow_consumers").GetInt64());
    }

    [Fact]
    [Trait("Safety", "HTTP-7")]
    public async Task What_went_wrong_inside_stays_out_of_the_answer()
    {
        await using var host = await MonitoringHost.StartAsync(build: builder => builder.Environment.EnvironmentName = "Development");
        host.Broker.OnOpen = () => throw new InvalidOperationException("secret");

        Assert.Equal((500, ""), await host.GetAsync("/connz"));
    }

    [Fact]
    [Trait("Safety", "MON-6")]
    public async Task A_fifth_expensive_request_at_one_time_is_sent_away()
    {
        await using var host = await MonitoringHost.StartAsync();
        using var started = new CountdownEvent(ExpensiveRequests.MaxConcurrent);
        using var finish = new ManualResetEventSlim();
        var cancellation = TestContext.Current.CancellationToken;
        host.Broker.OnOpen = () =>
        {
            started.Signal();
            finish.Wait(cancellation);
        };

        var running = Enumerable.Range(0, ExpensiveRequests.MaxConcurrent).Select(_ => host.GetAsync("/connz")).ToList();
        await Task.Run(() => started.Wait(cancellation), cancellation);
        using var fifth = await SendAsync(host, HttpMethod.Get, "/subsz?subs=1");
        var health = await host.GetAsync("/healthz");
        finish.Set();
        var answers = await Task.WhenAll(running);
        var later = await host.GetAsync("/subsz?subs=1");

        Assert.Equal(503, (int)fifth.StatusCode);
        Assert.Equal("1", fifth.Headers.RetryAfter?.ToString());
        Assert.Equal(200, health.Status);
        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
        Assert.Equal(200, later.Status);
    }

    [Fact]
    [Trait("Safety", "MON-6")]
    public async Task Whoever_reads_an_expensive_answer_too_slowly_is_cut()
    {
        var context = new DefaultHttpContext();
        var rate = new FakeDataRate();
        context.Features.Set<IHttpMinResponseDataRateFeature>(rate);
        using var requests = new ExpensiveRequests();

        await requests.RunAsync(context, () => Task.CompletedTask);

        Assert.Equal(16 * 1024, rate.MinDataRate?.BytesPerSecond);
    }

    [Fact]
    public void A_host_without_a_web_server_can_hold_the_broker()
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = Environments.Development });
        builder.AddNatsBroker();

        using var host = builder.Build();

        Assert.NotNull(host);
    }

    private sealed class FakeDataRate : IHttpMinResponseDataRateFeature
    {
        public MinDataRate? MinDataRate { get; set; }
    }

    private static Task<HttpResponseMessage> SendAsync(MonitoringHost host, HttpMethod method, string path) =>
        host.Http.SendAsync(new HttpRequestMessage(method, path), TestContext.Current.CancellationToken);
}
