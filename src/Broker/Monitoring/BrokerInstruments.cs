using NatsKestrel.Broker.Delivery;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>Names by which an application finds the broker's instruments.</summary>
public static class BrokerInstruments
{
    /// <summary>The meter of all the broker's metrics, <c>nats.server.…</c>.</summary>
    public const string MeterName = "NatsKestrel";

    /// <summary>The source of spans: one for each message whose <c>traceparent</c> header says that its trace is kept.</summary>
    public const string ActivitySourceName = MessageSpans.SourceName;
}
