namespace NatsKestrel.Admin.Feed;

/// <summary>Messages and bytes a second, in both directions as the server sees them.</summary>
/// <param name="InMessages">Messages a second that came in.</param>
/// <param name="OutMessages">Messages a second that went out, one for each receiver.</param>
/// <param name="InBytes">Bytes a second that came in: headers and payload.</param>
/// <param name="OutBytes">Bytes a second that went out.</param>
internal readonly record struct TrafficRate(double InMessages, double OutMessages, double InBytes, double OutBytes);
