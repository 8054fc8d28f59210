namespace NatsKestrel.Broker.Monitoring;

/// <summary>What the accounts have done: <c>/accstatz</c>.</summary>
/// <param name="ServerId">Id of this server.</param>
/// <param name="Now">When this answer was made.</param>
/// <param name="Accounts">The accounts that have connections, or all of them with <c>unused</c>.</param>
internal sealed record AccountStatz(
    string ServerId,
    DateTime Now,
    [property: System.Text.Json.Serialization.JsonPropertyName("account_statz")] IReadOnlyList<AccountStatzEntry> Accounts);

/// <summary>One account in <c>/accstatz</c>.</summary>
/// <param name="Acc">Its name.</param>
/// <param name="Name">Display name.</param>
/// <param name="Conns">Its client connections.</param>
/// <param name="Leafnodes">Its leaf node connections.</param>
/// <param name="TotalConns">Its client and leaf node connections.</param>
/// <param name="NumSubscriptions">Its subscriptions.</param>
/// <param name="Sent">What was delivered to its connections.</param>
/// <param name="Received">What its connections published.</param>
/// <param name="SlowConsumers">Its connections found too slow since the start.</param>
internal sealed record AccountStatzEntry(
    string Acc,
    string Name,
    int Conns,
    int Leafnodes,
    int TotalConns,
    long NumSubscriptions,
    AccountTraffic Sent,
    AccountTraffic Received,
    long SlowConsumers);

/// <summary>The traffic of one account in one direction.</summary>
/// <param name="Msgs">Messages in all.</param>
/// <param name="Bytes">Bytes of those messages: headers and payload.</param>
/// <param name="Gateways">The part that went over gateways.</param>
/// <param name="Routes">The part that went over routes.</param>
/// <param name="Leafs">The part that went over leaf nodes.</param>
internal sealed record AccountTraffic(long Msgs, long Bytes, MessageCount Gateways, MessageCount Routes, MessageCount Leafs);

/// <summary>A number of messages.</summary>
/// <param name="Msgs">Messages.</param>
/// <param name="Bytes">Their bytes: headers and payload.</param>
internal sealed record MessageCount(long Msgs = 0, long Bytes = 0);
