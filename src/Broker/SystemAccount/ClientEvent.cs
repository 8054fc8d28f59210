using NatsKestrel.Broker.Accounts.Imports;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Monitoring;

namespace NatsKestrel.Broker.SystemAccount;

/// <summary>A client has logged in or gone.</summary>
/// <param name="Type">What kind of event it is.</param>
/// <param name="Id">Number of the event: 22 letters and digits.</param>
/// <param name="Timestamp">When it was.</param>
/// <param name="Server">Where.</param>
/// <param name="Client">Who.</param>
/// <param name="Sent">What the client had published; only when it has gone.</param>
/// <param name="Received">What was delivered to it; only when it has gone.</param>
/// <param name="Reason">Why it went; only then.</param>
internal sealed record ClientEvent(
    string Type, string Id, DateTime Timestamp, ServerDescription Server, RequestInfo Client, MessageCount? Sent = null, MessageCount? Received = null, string? Reason = null);
