using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using NatsKestrel.Broker.Accounts.Authentication;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.InProcess;
using NatsKestrel.Broker.SystemAccount;
using Xunit;

namespace NatsKestrel.Broker.Tests.SystemAccount;

public sealed class SystemEventsTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly IHost _host;
    private readonly SystemService _system;
    private readonly InProcessClient _listener;

    public SystemEventsTests()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<TimeProvider>(_time);
        builder.AddNatsBroker(Configure);
        _host = builder.Build(); // never started: no port is wanted
        _system = _host.Services.GetRequiredService<SystemService>();
        _listener = Connect("$SYS");
    }

    public ValueTask InitializeAsync()
    {
        _system.Start();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _system.StopAsync();
        _host.Dispose();
    }

    [Fact]
    public async Task Figures_come_after_a_quarter_of_a_second_and_then_ever_less_often_up_to_every_ten_seconds()
    {
        await using InProcessSubscription figures = _listener.Subscribe("$SYS.SERVER.*.STATSZ");
        DateTimeOffset last = _time.GetUtcNow();
        var gaps = new List<double>();
        while (gaps.Count < 8)
        {
            _time.Advance(TimeSpan.FromMilliseconds(250));
            await SettleAsync();
            if (figures.PendingMessages > gaps.Count)
            {
                gaps.Add((_time.GetUtcNow() - last).TotalSeconds);
                last = _time.GetUtcNow();
            }
        }

        Assert.Equal([0.25, 0.5, 1, 2, 4, 8, 10, 10], gaps);
    }

    [Fact]
    public async Task An_accounts_connections_are_told_every_thirty_seconds_while_it_has_any()
    {
        using InProcessClient client = Connect("A");
        await using InProcessSubscription told = _listener.Subscribe("$SYS.ACCOUNT.*.SERVER.CONNS");
        for (int i = 0; i < 61; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await SettleAsync();
        }

        IEnumerable<string> subjects = (await ReadAsync(told)).Select(message => message.Subject);

        Assert.Equal(["$SYS.ACCOUNT.$SYS.SERVER.CONNS", "$SYS.ACCOUNT.$SYS.SERVER.CONNS", "$SYS.ACCOUNT.A.SERVER.CONNS", "$SYS.ACCOUNT.A.SERVER.CONNS"], subjects.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Many_changes_in_an_account_at_once_are_told_with_the_numbers_of_the_last()
    {
        await using InProcessSubscription told = _listener.Subscribe("$SYS.ACCOUNT.B.SERVER.CONNS");

        Connect("B").Dispose();
        using InProcessClient stays = Connect("B");
        await SettleAsync();

        Assert.Contains("\"conns\":1", (await ReadAsync(told))[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_written_where_nobody_listens()
    {
        for (int i = 0; i < 100; i++)
        {
            Connect("A").Dispose();
        }

        _time.Advance(TimeSpan.FromSeconds(10));

        NatsMessage answer = await _listener.RequestAsync("$SYS.REQ.SERVER.PING", "", cancellationToken: TestContext.Current.CancellationToken);
        Assert.Contains("\"seq\":1,", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_server_says_when_it_begins_to_leave_and_when_it_goes()
    {
        await using InProcessSubscription told = _listener.Subscribe("$SYS.SERVER.*.*");

        _host.Services.GetRequiredService<LameDuck>().Entered!();
        await _system.StopAsync();

        Assert.Equal(["LAMEDUCK", "SHUTDOWN"], (await ReadAsync(told)).Select(message => message.Subject.Split('.')[3]));
    }

    [Fact]
    public async Task An_in_process_client_is_told_who_it_is()
    {
        using InProcessClient client = Connect("A");

        NatsMessage answer = await client.RequestAsync("$SYS.REQ.USER.INFO", "", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Contains("\"data\":{\"user\":\"\",\"account\":\"A\",\"account_name\":\"A\"}", answer.Text, StringComparison.Ordinal);
    }

    // docs/compatibility.md, "system-reload".
    [Fact]
    public async Task New_settings_are_told_of_each_client_that_stays_and_not_of_how_many_there_are()
    {
        ConnectionServices services = _host.Services.GetRequiredService<ConnectionServices>();
        User user = services.Authenticator.Directory.Known("ann", ConnectionTypes.Standard)!;
        using var client = new InProcessClient(services.Registry.NextId(), user.Account, new InProcessClientOptions(), services, user);
        client.Open();
        await SettleAsync();
        await using InProcessSubscription clients = _listener.Subscribe("$SYS.ACCOUNT.A.CONNECT"), counts = _listener.Subscribe("$SYS.ACCOUNT.A.SERVER.CONNS");
        var next = new NatsBrokerOptions();
        Configure(next);

        _host.Services.GetRequiredService<AccessControl>().Apply(next);
        await SettleAsync();

        Assert.Equal((1, 0), (clients.PendingMessages, counts.PendingMessages));
    }

    private static void Configure(NatsBrokerOptions options) =>
        options.Accounts = [new() { Name = "A", Users = [new() { User = "ann", Password = "p" }] }, new() { Name = "B" }];

    private InProcessClient Connect(string account) => _host.Services.GetRequiredService<NatsServer>().Connect(new InProcessClientOptions { Account = account });

    // The requests of operators and the events are worked off by different tasks, so an event is the end of the events.
    private async Task SettleAsync()
    {
        await using InProcessSubscription end = _listener.Subscribe("$SYS.ACCOUNT.$G.CONNECT");
        Connect("$G").Dispose();
        await foreach (NatsMessage _ in end)
        {
            return;
        }
    }

    private static async Task<List<NatsMessage>> ReadAsync(InProcessSubscription subscription)
    {
        var messages = new List<NatsMessage>();
        int count = subscription.PendingMessages;
        await foreach (NatsMessage message in subscription)
        {
            messages.Add(message);
            if (messages.Count >= count)
            {
                break;
            }
        }

        return messages;
    }
}
