using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Accounts.Authentication;
using NatsKestrel.Broker.Accounts.Imports;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Monitoring;
using NatsKestrel.Broker.Protocol;
using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Broker.SystemAccount;

/// <summary>Tells those who listen in the system account what happens to clients and to the server.</summary>
/// <remarks>Threads of connections only look whether anybody listens, and copy what they know; a worker writes and publishes it.</remarks>
internal sealed class SystemEvents
{
    private const int MaxWaiting = 65_536;

    private static readonly TimeSpan FirstStatsz = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan StatszInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ConnectionsInterval = TimeSpan.FromSeconds(30);

    private readonly AccountDirectory _accounts;
    private readonly ConnectionRegistry _registry;
    private readonly SystemReports _reports;
    private readonly ServerDescriber _describer;
    private readonly Envelope _envelope;
    private readonly LameDuck _lameDuck;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _server;
    private readonly SystemWorker _worker;
    private readonly LogLimiter _leftOut;
    private readonly ConcurrentDictionary<string, bool> _changed = new(StringComparer.Ordinal); // accounts whose connections are about to be told
    private Task _schedules = Task.CompletedTask;

    public SystemEvents(
        AccountDirectory accounts, ConnectionRegistry registry, SystemReports reports, ServerDescriber describer, Envelope envelope, ServerIdentity identity,
        LameDuck lameDuck, TimeProvider time, ILogger<SystemEvents> logger)
    {
        _accounts = accounts;
        _registry = registry;
        _reports = reports;
        _describer = describer;
        _envelope = envelope;
        _lameDuck = lameDuck;
        _time = time;
        _logger = logger;
        _server = $"$SYS.SERVER.{identity.ServerId}";
        _worker = new SystemWorker(accounts.System, MaxWaiting, logger);
        _leftOut = new LogLimiter(time);
    }

    /// <summary>Begins to tell.</summary>
    public void Start(CancellationToken stopping)
    {
        _worker.Start();
        _registry.LoggedIn = OnLogin;
        _registry.Rebound = PublishLogin;
        _registry.CalloutRefused = OnCalloutRefused;
        _registry.Ended = OnEnd;
        _lameDuck.Entered = () => PublishServer("LAMEDUCK");
        _schedules = Task.WhenAll(PublishStatszAsync(stopping), PublishConnectionsAsync(stopping));
    }

    /// <summary>Says that the server goes, and nothing after that.</summary>
    public async Task StopAsync()
    {
        _registry.LoggedIn = null;
        _registry.Rebound = null;
        _registry.CalloutRefused = null;
        _registry.Ended = null;
        _lameDuck.Entered = null;
        PublishServer("SHUTDOWN");
        await _schedules.ConfigureAwait(false);
        await _worker.StopAsync().ConfigureAwait(false);
    }

    private void OnLogin(ulong connectionId, Account account)
    {
        OnConnectionsChanged(account.Name);
        PublishLogin(connectionId, account);
    }

    private void PublishLogin(ulong connectionId, Account account)
    {
        string subject = $"$SYS.ACCOUNT.{account.Name}.CONNECT";
        if (IsWanted(subject) && _registry.FindOpen(connectionId, 0) is { } connection)
        {
            DateTime now = Now;
            Publish(subject, () => Event("client_connect", now, Describe(connection)), SystemJson.Write);
        }
    }

    private void OnEnd(ConnectionSnapshot last)
    {
        if (last.Reason == CloseReason.AuthenticationFailure)
        {
            PublishEnd($"{_server}.CLIENT.AUTH.ERR", last);
        }

        OnConnectionsChanged(last.AccountName);
        PublishEnd($"$SYS.ACCOUNT.{last.AccountName}.DISCONNECT", last);
    }

    // To the owners of that account, in their own.
    private void OnCalloutRefused(ulong connectionId, CalloutRefusal refusal)
    {
        (Account account, string reason) = refusal;
        const string Subject = "$SYS.ACCOUNT.CLIENT.AUTH.ERR";
        if (IsWanted(Subject, account) && _registry.FindOpen(connectionId, 0) is { } connection)
        {
            ConnectionSnapshot last = connection with { Stop = _time.GetUtcNow() };
            TryDo(_ => new SystemPublisher(account).PublishAsync(
                Subject, GoJson.Bytes(EndEvent(last, Describe(last) with { Acc = account.Name }, reason), SystemJson.Write)));
        }
    }

    private void PublishEnd(string subject, ConnectionSnapshot last)
    {
        if (IsWanted(subject))
        {
            Publish(subject, () => EndEvent(last, Describe(last), last.Reason.Text()), SystemJson.Write);
        }
    }

    private ClientEvent EndEvent(ConnectionSnapshot last, RequestInfo client, string reason) =>
        Event("client_disconnect", last.Stop!.Value.UtcDateTime, client with { Rtt = Nanoseconds(last.RoundTrip) }) with
        {
            Sent = new MessageCount(last.InMessages, last.InBytes),
            Received = new MessageCount(last.OutMessages, last.OutBytes),
            Reason = reason,
        };

    // Counted when it is told, once for all changes until then: with very many connections counting takes time.
    private void OnConnectionsChanged(string account)
    {
        if (AreConnectionsWanted(account) && _changed.TryAdd(account, true)
            && !TryDo(publisher => PublishConnectionsAsync(publisher, account, orNone: true)))
        {
            _changed.TryRemove(account, out _);
        }
    }

    private async ValueTask PublishConnectionsAsync(SystemPublisher publisher, string account, bool orNone)
    {
        _changed.TryRemove(account, out _);
        if (_reports.Connections(account, orNone) is { } connections)
        {
            byte[] payload = GoJson.Bytes(connections, SystemJson.Write);
            foreach (string subject in ConnectionSubjects(account))
            {
                await publisher.PublishAsync(subject, payload).ConfigureAwait(false);
            }
        }
    }

    private async Task PublishStatszAsync(CancellationToken stopping)
    {
        TimeSpan interval = FirstStatsz;
        while (await WaitAsync(interval, stopping).ConfigureAwait(false))
        {
            interval = interval * 2 < StatszInterval ? interval * 2 : StatszInterval;
            if (IsWanted($"{_server}.STATSZ"))
            {
                TryDo(publisher => publisher.PublishAsync($"{_server}.STATSZ", _envelope.Data("statsz", _reports.Statsz(), SystemJson.Write)));
            }
        }
    }

    private async Task PublishConnectionsAsync(CancellationToken stopping)
    {
        while (await WaitAsync(ConnectionsInterval, stopping).ConfigureAwait(false))
        {
            foreach (string account in _accounts.All.Select(account => account.Name).Where(AreConnectionsWanted))
            {
                TryDo(publisher => PublishConnectionsAsync(publisher, account, orNone: false));
            }
        }
    }

    private async Task<bool> WaitAsync(TimeSpan interval, CancellationToken stopping)
    {
        await Task.Delay(interval, _time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !stopping.IsCancellationRequested;
    }

    private void PublishServer(string name) => Publish($"{_server}.{name}", _describer.Next, SystemJson.Write);

    private void Publish<T>(string subject, Func<T> make, Action<Utf8JsonWriter, T> write) =>
        TryDo(publisher => publisher.PublishAsync(subject, GoJson.Bytes(make(), write)));

    private bool TryDo(Func<SystemPublisher, ValueTask> work)
    {
        if (_worker.TryAdd(work))
        {
            return true;
        }

        if (_leftOut.TryPass(out long count))
        {
            _logger.EventsLeftOut(count);
        }

        return false;
    }

    private bool AreConnectionsWanted(string account) => account != AccountDirectory.GlobalName && ConnectionSubjects(account).Any(IsWanted);

    // The second is what nats-server called it first.
    private static string[] ConnectionSubjects(string account) => [$"$SYS.SERVER.ACCOUNT.{account}.CONNS", $"$SYS.ACCOUNT.{account}.SERVER.CONNS"];

    // An account may have a name with blanks or wildcards, which no line of the protocol could carry.
    private bool IsWanted(string subject) => IsWanted(subject, _accounts.System);

    private static bool IsWanted(string subject, Account account)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(subject);
        return SubjectRules.IsSafePublish(bytes) && (!account.Observers.IsEmpty || account.Sublist.HasMatch(bytes));
    }

    private ClientEvent Event(string type, DateTime timestamp, RequestInfo client) =>
        new($"io.nats.server.advisory.v1.{type}", EventId.Next(), timestamp, _describer.Next(), client);

    private static RequestInfo Describe(ConnectionSnapshot connection) => new()
    {
        Start = connection.Start.UtcDateTime,
        Host = connection.Remote?.Address.ToString(),
        Id = connection.Id,
        Acc = connection.AccountName,
        User = NullIfEmpty(connection.AuthorizedUser),
        Name = NullIfEmpty(connection.Name),
        Lang = NullIfEmpty(connection.Lang),
        Version = NullIfEmpty(connection.Version),
        Stop = connection.Stop?.UtcDateTime ?? default,
        IssuerKey = connection.IssuerKey,
        NameTag = connection.AccountName,
        Kind = "Client",
        ClientType = connection.Type,
    };

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private static long Nanoseconds(TimeSpan span) => span.Ticks * TimeSpan.NanosecondsPerTick;

    private DateTime Now => _time.GetUtcNow().UtcDateTime;
}
