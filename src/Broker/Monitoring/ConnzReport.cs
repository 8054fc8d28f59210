using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Connections;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>Builds the answer to <c>/connz</c>.</summary>
internal sealed class ConnzReport(ServerIdentity identity, MonitoringSnapshots snapshots, TimeProvider time)
{
    public Connz Build(ConnzRequest request)
    {
        var now = time.GetUtcNow();
        var page = request.Page;
        if (request.Account.Length > 0 && !snapshots.HasAccount(request.Account))
        {
            // The reference answers 200 with an envelope it has not filled.
            return new Connz("", now.UtcDateTime, 0, 0, page.Offset, page.Limit, null);
        }

        var found = Gather(request);
        int total = found.Count;
        found.RemoveAll(connection => !IsWanted(connection, request));
        if (request.FilterSubject.Length > 0)
        {
            var listeners = snapshots.Listeners(request.Account, request.FilterSubject);
            found.RemoveAll(connection => !listeners.Contains(connection.Id));
        }

        request.Sort.Apply(found, now);
        var entries = page.Of(found).ConvertAll(connection => Entry(connection, request, now));
        return new Connz(identity.ServerId, now.UtcDateTime, entries.Count, total, page.Offset, page.Limit, entries);
    }

    // State and account decide the total; the filters below do not, as in the reference.
    private List<ConnectionSnapshot> Gather(ConnzRequest request)
    {
        var found = new List<ConnectionSnapshot>();
        if (request.State is ConnectionState.Open or ConnectionState.All)
        {
            found.AddRange(snapshots.Open(request.Account));
        }

        if (request.State is ConnectionState.Closed or ConnectionState.All)
        {
            found.AddRange(snapshots.Closed());
        }

        found.RemoveAll(connection => request.Account.Length > 0 && connection.AccountName != request.Account);
        return found;
    }

    private static bool IsWanted(ConnectionSnapshot connection, ConnzRequest request) =>
        (request.ConnectionId == 0 || connection.Id == request.ConnectionId)
        && (request.User.Length == 0 || connection.AuthorizedUser == request.User)
        && request.MqttClient.Length == 0; // There is no MQTT here, so nobody has such an id.

    private ConnzEntry Entry(ConnectionSnapshot connection, ConnzRequest request, DateTimeOffset now)
    {
        bool isOpen = connection.Stop is null;
        if (isOpen && connection.RoundTrip == TimeSpan.Zero && connection.Lang.Length > 0)
        {
            snapshots.Ping(connection.Id);
        }

        var subscriptions = Subscriptions(connection, request.Subscriptions);
        return new ConnzEntry(
            Cid: connection.Id,
            Kind: "Client",
            Type: connection.Type,
            Ip: connection.Remote?.Address.ToString() ?? "",
            Port: connection.Remote?.Port ?? 0,
            Start: connection.Start.UtcDateTime,
            LastActivity: connection.LastActivity.UtcDateTime,
            Stop: connection.Stop?.UtcDateTime ?? default,
            Reason: isOpen ? null : connection.Reason.Text(),
            Rtt: GoText.RoundTrip(connection.RoundTrip),
            Uptime: GoText.Uptime(ConnectionSort.Uptime(connection, now)),
            Idle: GoText.Uptime(ConnectionSort.Idle(connection, now)),
            PendingBytes: connection.PendingBytes,
            InMsgs: connection.InMessages,
            OutMsgs: connection.OutMessages,
            InBytes: connection.InBytes,
            OutBytes: connection.OutBytes,
            Stalls: connection.Stalls,
            Subscriptions: connection.SubscriptionCount,
            Name: NullIfEmpty(connection.Name),
            Lang: NullIfEmpty(connection.Lang),
            Version: NullIfEmpty(connection.Version),
            TlsVersion: connection.TlsVersion,
            TlsCipherSuite: connection.TlsCipherSuite,
            TlsFirst: connection.TlsFirst,
            TlsPeerCerts: request.WithUsers && connection.Certificate is { } certificate ? [PeerCertificate.From(certificate)] : null,
            AuthorizedUser: request.WithUsers ? NullIfEmpty(connection.AuthorizedUser) : null,
            Account: request.WithUsers && !IsGlobal(connection) ? connection.AccountName : null,
            SubscriptionsList: request.Subscriptions == SubscriptionList.Subjects ? subscriptions?.Select(s => s.Subject).ToList() : null,
            SubscriptionsListDetail: request.Subscriptions == SubscriptionList.Details ? subscriptions?.Select(Detail).ToList() : null,
            // The reference forgets the display name of the global account when a connection ends.
            NameTag: request.WithUsers && (isOpen || !IsGlobal(connection)) ? connection.AccountName : null);
    }

    // Fetched one connection at a time, and for this page only: 100,000 connections may hold millions of subscriptions.
    private IReadOnlyList<SubscriptionSnapshot>? Subscriptions(ConnectionSnapshot connection, SubscriptionList wanted)
    {
        if (wanted == SubscriptionList.None || connection.SubscriptionCount == 0)
        {
            return null;
        }

        var holder = connection.Stop is null ? snapshots.FindOpen(connection.Id, withSubscriptions: true) : connection;
        return holder is { Subscriptions.Count: > 0 } ? holder.Subscriptions : null;
    }

    private static SubscriptionDetail Detail(SubscriptionSnapshot subscription) => new(
        Account: null,
        AccountTag: null,
        Subject: subscription.Subject,
        Qgroup: NullIfEmpty(subscription.Queue),
        Sid: subscription.Sid,
        Msgs: subscription.Delivered,
        Max: subscription.Max,
        Cid: subscription.ConnectionId);

    private static bool IsGlobal(ConnectionSnapshot connection) => connection.AccountName == AccountDirectory.GlobalName;

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
