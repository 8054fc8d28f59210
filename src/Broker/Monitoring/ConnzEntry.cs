using System.Text.Json.Serialization;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>One connection in <c>/connz</c>.</summary>
/// <param name="Cid">Its number, unique on this server since the start.</param>
/// <param name="Kind"><c>Client</c> or <c>Leafnode</c>.</param>
/// <param name="Type"><c>nats</c> for plain TCP, <c>websocket</c>.</param>
/// <param name="Ip">Address of the remote end.</param>
/// <param name="Port">Port of the remote end.</param>
/// <param name="Start">When it was accepted.</param>
/// <param name="LastActivity">When the server last heard of it: a message, a subscription, a PING.</param>
/// <param name="Stop">When it ended; absent while it is open.</param>
/// <param name="Reason">Why it ended; absent while it is open.</param>
/// <param name="Rtt">Round trip time, for example <c>512µs</c>; <c>0s</c> while not measured.</param>
/// <param name="Uptime">How long it is, or was, open.</param>
/// <param name="Idle">Time since its last activity.</param>
/// <param name="PendingBytes">Bytes queued for it that the socket has not yet taken.</param>
/// <param name="InMsgs">Messages it published.</param>
/// <param name="OutMsgs">Messages delivered to it.</param>
/// <param name="InBytes">Bytes of the messages it published: headers and payload.</param>
/// <param name="OutBytes">Bytes of the messages delivered to it: headers and payload.</param>
/// <param name="Stalls">Times a publisher was held back because of it; absent for none.</param>
/// <param name="Subscriptions">Its subscriptions now.</param>
/// <param name="Name">Name the client gave itself; absent without one.</param>
/// <param name="Lang">Language of the client library; absent where not given.</param>
/// <param name="Version">Version of the client library; absent where not given.</param>
/// <param name="TlsVersion"><c>1.2</c> or <c>1.3</c>; absent without TLS.</param>
/// <param name="TlsCipherSuite">IANA name of the cipher suite; absent without TLS.</param>
/// <param name="TlsFirst">True where the handshake came before INFO; absent otherwise.</param>
/// <param name="TlsPeerCerts">The certificates the client showed; only with <c>auth</c>.</param>
/// <param name="AuthorizedUser">User it logged in as; only with <c>auth</c>.</param>
/// <param name="Account">Its account; only with <c>auth</c>, and absent for the global account <c>$G</c>.</param>
/// <param name="SubscriptionsList">Subjects it listens to; only with <c>subs</c>.</param>
/// <param name="SubscriptionsListDetail">Its subscriptions; only with <c>subs=detail</c>.</param>
/// <param name="NameTag">Display name of its account; only with <c>auth</c>.</param>
internal sealed record ConnzEntry(
    ulong Cid,
    string? Kind,
    string? Type,
    string Ip,
    int Port,
    DateTime Start,
    DateTime LastActivity,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] DateTime Stop,
    string? Reason,
    string Rtt,
    string Uptime,
    string Idle,
    long PendingBytes,
    long InMsgs,
    long OutMsgs,
    long InBytes,
    long OutBytes,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long Stalls,
    int Subscriptions,
    string? Name,
    string? Lang,
    string? Version,
    string? TlsVersion,
    string? TlsCipherSuite,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool TlsFirst,
    IReadOnlyList<PeerCertificate>? TlsPeerCerts,
    string? AuthorizedUser,
    string? Account,
    IReadOnlyList<string>? SubscriptionsList,
    IReadOnlyList<SubscriptionDetail>? SubscriptionsListDetail,
    string? NameTag);
