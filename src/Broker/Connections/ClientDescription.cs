using System.Text;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Accounts.Authentication;
using NatsKestrel.Broker.Accounts.Imports;
using NatsKestrel.Broker.Protocol;
using NatsKestrel.Broker.Transport.Tls;

namespace NatsKestrel.Broker.Connections;

/// <summary>What others get to know of a client: monitoring, the log, and services that it sends requests to.</summary>
internal static class ClientDescription
{
    // A record of a closed connection stays small, whatever the connection was: so many subscriptions, and bytes of text in them.
    private const int MaxSubscriptionsKept = 8;
    private const int MaxSubscriptionTextKept = 128;

    /// <summary>The connection as it is now.</summary>
    /// <param name="client">The connection.</param>
    /// <param name="maxSubscriptions">How many of its subscriptions are listed at most.</param>
    public static ConnectionSnapshot Snapshot(ClientConnection client, int maxSubscriptions)
    {
        ConnectOptions options = client.Options;
        TlsSession? session = client.Session ?? client.Door?.Tls;
        User? user = client.User;
        return new ConnectionSnapshot
        {
            Id = client.Id,
            Type = client.Type,
            Remote = client.Remote,
            Start = client.Start,
            LastActivity = client.LastActivity,
            Reason = client.CloseReason,
            RoundTrip = client.RoundTrip,
            PendingBytes = client.PendingBytes,
            InMessages = client.InMessages,
            InBytes = client.InBytes,
            OutMessages = client.OutMessages,
            OutBytes = client.OutBytes,
            Stalls = client.Stalls,
            SubscriptionCount = client.Subscriptions.Count,
            Name = options.Name,
            Lang = options.Lang,
            Version = options.Version,
            AccountName = client.Account.Name,
            TlsVersion = session?.Version ?? client.Door?.TlsVersion,
            TlsCipherSuite = session?.CipherSuite ?? client.Door?.TlsCipherSuite,
            TlsFirst = session?.IsFirst == true,
            Certificate = session?.RemoteCertificate,
            AuthorizedUser = client.Membership.ShownName(options),
            IssuerKey = user?.Jwt?.Issuer,
            Permissions = user?.Permissions?.Options,
            Expires = user?.Expires,
            Subscriptions = maxSubscriptions > 0 ? SubscriptionSnapshot.All(client.Subscriptions.ToArray(maxSubscriptions), client.Account.Name) : [],
        };
    }

    /// <summary>The connection as it ended, small enough to be kept.</summary>
    /// <param name="client">The connection.</param>
    /// <param name="stop">When it ended.</param>
    /// <param name="cutBytes">Bytes that were queued for it when it was cut, most of which are gone by now.</param>
    public static ConnectionSnapshot LastSnapshot(ClientConnection client, DateTimeOffset stop, long cutBytes)
    {
        Subscription[] some = client.Subscriptions.ToArray(MaxSubscriptionsKept);
        int kept = 0, text = 0;
        while (kept < some.Length && (text += some[kept].TextLength) <= MaxSubscriptionTextKept)
        {
            kept++;
        }

        return Snapshot(client, maxSubscriptions: 0) with
        {
            Stop = stop,
            PendingBytes = Math.Max(cutBytes, client.PendingBytes),
            Subscriptions = SubscriptionSnapshot.All(some.AsSpan(0, kept), client.Account.Name),
        };
    }

    /// <summary>What a service of another account gets to know.</summary>
    /// <param name="client">The connection.</param>
    /// <param name="isShared">True where the import lets all of it be known, not the account alone.</param>
    /// <param name="serverName">The name of this server.</param>
    public static RequestInfo RequestInfo(ClientConnection client, bool isShared, string serverName)
    {
        var info = new RequestInfo
        {
            Acc = client.Account.Name,
            Rtt = client.RoundTrip.Ticks * TimeSpan.NanosecondsPerTick,
        };
        if (!isShared)
        {
            return info;
        }

        ConnectOptions options = client.Options;
        return info with
        {
            Start = client.Start.UtcDateTime,
            Host = client.Remote?.Address.ToString(),
            Id = client.Id,
            User = NullIfEmpty(client.Membership.ShownName(options)),
            Name = NullIfEmpty(options.Name),
            Lang = NullIfEmpty(options.Lang),
            Version = NullIfEmpty(options.Version),
            Server = serverName,
            Kind = "Client",
            ClientType = client.Type,
        };
    }

    /// <summary>How the log names it: <c>address:port - cid:id</c> (<c>wid</c> over WebSocket), and after CONNECT version, language and name.</summary>
    public static string LogName(ClientConnection client)
    {
        ConnectOptions options = client.Options;
        var about = new StringBuilder();
        foreach (string part in (ReadOnlySpan<string>)[options.Version.Length > 0 ? "v" + options.Version : "", options.Lang, options.Name])
        {
            if (part.Length > 0)
            {
                about.Append(about.Length > 0 ? ":" : "").Append(part);
            }
        }

        string text = $"{client.Remote} - {client.Door?.LogId ?? "cid"}:{client.Id}";
        text = about.Length == 0 ? text : $"{text} - {Quoted(about.ToString())}";
        return client.User is { LogName.Length: > 0 } user ? $"{text} - {Quoted($"{user.Account.Name}/{user.LogName}")}" : text;
    }

    private static string Quoted(string text) => GoQuote.Text(Encoding.UTF8.GetBytes(text));

    private static string? NullIfEmpty(string text) => text.Length > 0 ? text : null;
}
