namespace NatsKestrel.Broker.Configuration;

/// <summary>Traces of messages that carry a sampled W3C <c>traceparent</c> header.</summary>
public sealed class MessageTraceOptions
{
    /// <summary>Subject in the account that traces go to.</summary>
    public string Destination { get; set; } = "";

    /// <summary>Part of those messages that is traced, in per cent.</summary>
    /// <value>Default 100.</value>
    public int Sampling { get; set; } = 100;
}
