namespace NatsKestrel.Broker.Monitoring;

/// <summary>Names by which an application finds the broker's instruments.</summary>
public static class BrokerInstruments
{
    /// <summary>The meter of all the broker's metrics, <c>nats.server.…</c>.</summary>
    public const string MeterName = "NatsKestrel";
}
