namespace NatsKestrel.Broker.Protocol;

/// <summary>The headers by which a publisher asks what becomes of its message.</summary>
internal static class TraceHeaders
{
    /// <summary>The header that names the subject traces go to.</summary>
    public static ReadOnlySpan<byte> Destination => "Nats-Trace-Dest"u8;

    /// <summary>The same between CR LF and colon, as <see cref="HeaderBlock.Find"/> takes it.</summary>
    public static ReadOnlySpan<byte> DestinationLine => "\r\nNats-Trace-Dest:"u8;

    /// <summary>The header that keeps the message from being delivered, as <see cref="HeaderBlock.Find"/> takes it.</summary>
    public static ReadOnlySpan<byte> OnlyLine => "\r\nNats-Trace-Only:"u8;

    /// <summary>A destination that forbids to trace any further.</summary>
    public static ReadOnlySpan<byte> Disabled => "trace disabled"u8;
}
