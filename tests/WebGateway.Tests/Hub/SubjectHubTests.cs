using System.Net;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.InProcess;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.WebGateway.Tests.Hub;

/// <summary>The hub, by a SignalR client.</summary>
public sealed class SubjectHubTests : IAsyncLifetime
{
    private GatewayFixture _gateway = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _gateway = await GatewayFixture.StartAsync(options =>
    {
        options.Hub.MaxSubscriptions = 3;
        options.Hub.MaxConnectionsPerUser = 3;
        options.Hub.MaxPendingMessages = 8;
    });

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_published_by_one_is_streamed_to_the_other(bool withMessagePack)
    {
        await using HubConnection sender = await ConnectAsync(withMessagePack);
        await using HubConnection receiver = await ConnectAsync(withMessagePack);
        IAsyncEnumerable<GatewayMessage> stream = receiver.StreamAsync<GatewayMessage>("Subscribe", "chat.*", null, Token);
        Task<GatewayMessage[]> read = stream.Take(2).ToArrayAsync(Token).AsTask();
        await SubscribedAsync(1);

        await sender.InvokeAsync("Publish", "chat.room", new GatewayPayload { Text = "zażółć", Headers = new() { ["Via"] = ["a", "b"] } }, Token);
        await sender.InvokeAsync("Publish", "chat.room", new GatewayPayload { Data = [0xFF, 0x00] }, Token);

        GatewayMessage[] messages = await read.WaitAsync(RawClient.Patience, Token);
        Assert.Equal(("chat.room", "zażółć"), (messages[0].Subject, messages[0].Text));
        Assert.Equal(["a", "b"], messages[0].Headers!["Via"]);
        Assert.Null(messages[1].Text);
        Assert.Equal([0xFF, 0x00], messages[1].Data!);
    }

    [Fact]
    public async Task A_request_is_answered_by_any_client()
    {
        await using InProcessClient service = _gateway.Server.Connect("service");
        await using InProcessSubscription subscription = service.Subscribe("echo", message => message.ReplyAsync(message.Text + "!"));
        await using HubConnection hub = await ConnectAsync();

        var answer = await hub.InvokeAsync<GatewayMessage>("Request", "echo", new GatewayPayload { Text = "hi" }, 2000, Token);

        Assert.Equal("hi!", answer.Text);
    }

    [Fact]
    public async Task A_request_that_nobody_serves_says_so()
    {
        await using HubConnection hub = await ConnectAsync();

        var error = await Assert.ThrowsAsync<HubException>(() => hub.InvokeAsync<GatewayMessage>("Request", "nobody", new GatewayPayload(), 2000, Token));

        Assert.Contains("Nobody listens to nobody.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_a_stream_unsubscribes()
    {
        await using HubConnection hub = await ConnectAsync();
        using var cancel = new CancellationTokenSource();
        Task<GatewayMessage[]> read = hub.StreamAsync<GatewayMessage>("Subscribe", "a", "group", cancel.Token).ToArrayAsync(Token).AsTask();
        await SubscribedAsync(1);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.WaitAsync(RawClient.Patience, Token));
        await SubscribedAsync(0);
    }

    [Fact]
    [Trait("Safety", "SIG-1")]
    public async Task A_connection_is_listed_counted_and_gone_when_it_closes()
    {
        HubConnection hub = await ConnectAsync();
        await UntilAsync(() => _gateway.Registry.Count == 1); // the handshake is answered before
        ConnectionSnapshot listed = Assert.Single(_gateway.Registry.SnapshotOpen());

        await hub.DisposeAsync();

        Assert.Equal(("signalr", IPAddress.Loopback), (listed.Type, listed.Remote?.Address));
        await UntilAsync(() => _gateway.Registry.Count == 0);
    }

    [Fact]
    [Trait("Safety", "SIG-1")]
    [Trait("Safety", "PARSE-8")]
    public async Task What_is_no_subject_is_refused_with_the_reason()
    {
        await using HubConnection hub = await ConnectAsync();

        var error = await Assert.ThrowsAsync<HubException>(() => hub.InvokeAsync("Publish", "a b\r\nPUB c 0", new GatewayPayload(), Token));

        Assert.Contains("is no subject", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Safety", "SIG-2")]
    public async Task A_message_above_the_cap_ends_the_connection()
    {
        await using HubConnection hub = await ConnectAsync();
        var closed = new TaskCompletionSource();
        hub.Closed += _ =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };

        await Assert.ThrowsAnyAsync<Exception>(() => hub.InvokeAsync("Publish", "a", new GatewayPayload { Text = new string('x', 40_000) }, Token));

        await closed.Task.WaitAsync(RawClient.Patience, Token);
    }

    [Fact]
    [Trait("Safety", "SIG-2")]
    [Trait("Safety", "SIG-5")]
    public void The_hub_is_told_its_limits_and_keeps_errors_to_itself()
    {
        var options = _gateway.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<HubOptions<WebGateway.Hub.SubjectHub>>>().Value;

        Assert.Equal((32768, 1, false), (options.MaximumReceiveMessageSize, options.MaximumParallelInvocationsPerClient, options.EnableDetailedErrors));
        Assert.Equal(TimeSpan.FromSeconds(5), options.HandshakeTimeout);
    }

    [Fact]
    [Trait("Safety", "SIG-3")]
    public async Task A_connection_has_no_more_subscriptions_than_it_may()
    {
        await using HubConnection hub = await ConnectAsync();
        using var cancel = new CancellationTokenSource();
        Task[] streams = [.. Enumerable.Range(0, 3).Select(i => hub.StreamAsync<GatewayMessage>("Subscribe", $"s{i}", null, cancel.Token).ToArrayAsync(Token).AsTask())];
        await SubscribedAsync(3);

        var error = await Assert.ThrowsAsync<HubException>(() => hub.StreamAsync<GatewayMessage>("Subscribe", "one.more", null, Token).ToArrayAsync(Token).AsTask());

        Assert.Contains("maximum subscriptions exceeded", error.Message, StringComparison.Ordinal);
        await cancel.CancelAsync();
        await Task.WhenAny(Task.WhenAll(streams)).WaitAsync(RawClient.Patience, Token);
    }

    [Fact]
    [Trait("Safety", "SIG-3")]
    public async Task A_user_has_no_more_connections_than_he_may()
    {
        var hubs = new List<HubConnection>();
        for (int i = 0; i < 3; i++)
        {
            hubs.Add(await ConnectAsync());
        }

        HubConnection extra = Build();
        var closed = new TaskCompletionSource();
        extra.Closed += _ =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };
        await extra.StartAsync(Token);

        await closed.Task.WaitAsync(RawClient.Patience, Token);
        Assert.Equal(3, _gateway.Registry.Count);
        foreach (HubConnection hub in hubs.Append(extra))
        {
            await hub.DisposeAsync();
        }
    }

    [Fact]
    [Trait("Safety", "SIG-4")]
    public async Task Stateful_reconnect_is_not_offered()
    {
        using var http = new HttpClient();

        using HttpResponseMessage answer = await http.PostAsync(new Uri(_gateway.HttpUri, "/hubs/nats/negotiate?negotiateVersion=1&useStatefulReconnect=true"), null, Token);

        string text = await answer.Content.ReadAsStringAsync(Token);
        Assert.DoesNotContain("\"useStatefulReconnect\":true", text, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Safety", "SIG-5")]
    [Trait("Safety", "WS-1")]
    [InlineData("https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("null", HttpStatusCode.Forbidden)]
    [InlineData("http://localhost:3000", HttpStatusCode.OK)]
    public async Task Pages_of_strangers_may_not_negotiate(string origin, HttpStatusCode status)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_gateway.HttpUri, "/hubs/nats/negotiate?negotiateVersion=1"));
        request.Headers.Add("Origin", origin);

        using HttpResponseMessage answer = await http.SendAsync(request, Token);

        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task A_stopping_server_ends_the_streams()
    {
        await using GatewayFixture gateway = await GatewayFixture.StartAsync();
        await using HubConnection hub = Build(gateway);
        await hub.StartAsync(Token);
        Task<GatewayMessage[]> read = hub.StreamAsync<GatewayMessage>("Subscribe", "a", null, Token).ToArrayAsync(Token).AsTask();
        await UntilAsync(() => gateway.Registry.SnapshotOpen().Sum(connection => connection.SubscriptionCount) == 1);

        await gateway.StopAsync().WaitAsync(TimeSpan.FromSeconds(10), Token);

        await Task.WhenAny(read).WaitAsync(RawClient.Patience, Token);
        Assert.True(read.IsCompleted);
    }

    [Fact]
    [Trait("Safety", "SIG-1")]
    [Trait("Safety", "ISO-1")]
    public async Task Where_users_must_log_in_nobody_gets_in_without_a_name()
    {
        await using GatewayFixture gateway = await GatewayFixture.StartAsync(options => options.Authorization.Users.Add(new() { User = "ann", Password = "secret" }));
        await using HubConnection hub = Build(gateway);
        var closed = new TaskCompletionSource();
        hub.Closed += _ =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };
        using var http = new HttpClient();

        await hub.StartAsync(Token);
        using HttpResponseMessage answer = await http.PostAsync(new Uri(gateway.HttpUri, "/api/v1/publish/a"), null, Token);

        await closed.Task.WaitAsync(RawClient.Patience, Token);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal(0, gateway.Registry.Count);
    }

    [Fact]
    [Trait("Safety", "SIG-1")]
    public async Task A_known_user_may_do_what_the_settings_say_and_no_more()
    {
        await using GatewayFixture gateway = await GatewayFixture.StartAsync(
            options => options.Authorization.Users.Add(new()
            {
                User = "ann",
                Password = "secret",
                Permissions = new() { Publish = new() { Allow = ["chat.>"] }, Subscribe = new() { Allow = ["chat.>"], Deny = ["chat.secret"] } },
            }),
            builder => builder.Services.AddSingleton<IUserMapping, Ann>());
        await using HubConnection hub = Build(gateway);
        await hub.StartAsync(Token);
        Task<GatewayMessage[]> read = hub.StreamAsync<GatewayMessage>("Subscribe", "chat.*", null, Token).Take(1).ToArrayAsync(Token).AsTask();
        await UntilAsync(() => gateway.Registry.SnapshotOpen().Sum(connection => connection.SubscriptionCount) == 1);

        var publish = await Assert.ThrowsAsync<HubException>(() => hub.InvokeAsync("Publish", "other", new GatewayPayload(), Token));
        var subscribe = await Assert.ThrowsAsync<HubException>(() => hub.StreamAsync<GatewayMessage>("Subscribe", "other", null, Token).ToArrayAsync(Token).AsTask());
        await hub.InvokeAsync("Publish", "chat.secret", new GatewayPayload(), Token);
        await hub.InvokeAsync("Publish", "chat.open", new GatewayPayload { Text = "hi" }, Token);

        Assert.Contains("Permissions Violation for Publish to \"other\"", publish.Message, StringComparison.Ordinal);
        Assert.Contains("Permissions Violation for Subscription to \"other\"", subscribe.Message, StringComparison.Ordinal);
        Assert.Equal("chat.open", Assert.Single(await read.WaitAsync(RawClient.Patience, Token)).Subject);
        Assert.Equal("ann", gateway.Registry.SnapshotOpen().Single(connection => connection.Type == "signalr").AuthorizedUser);
    }

    private sealed class Ann : IUserMapping
    {
        public NatsUser? Map(System.Security.Claims.ClaimsPrincipal principal) => new("ann");
    }

    private static async Task UntilAsync(Func<bool> hasHappened)
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        while (!hasHappened())
        {
            Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(start) < RawClient.Patience, "It did not happen.");
            await Task.Yield();
        }
    }

    private Task SubscribedAsync(int count) =>
        UntilAsync(() => _gateway.Registry.SnapshotOpen().Where(connection => connection.Type == "signalr").Sum(connection => connection.SubscriptionCount) == count);

    private async Task<HubConnection> ConnectAsync(bool withMessagePack = false)
    {
        HubConnection hub = Build(_gateway, withMessagePack);
        await hub.StartAsync(Token);
        return hub;
    }

    private HubConnection Build() => Build(_gateway);

    private static HubConnection Build(GatewayFixture gateway, bool withMessagePack = false)
    {
        IHubConnectionBuilder builder = new HubConnectionBuilder().WithUrl(new Uri(gateway.HttpUri, "/hubs/nats"));
        return (withMessagePack ? builder.AddMessagePackProtocol() : builder).Build();
    }
}
