using System.Globalization;

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

    /// <summary>The header by which W3C Trace Context says which trace a message belongs to.</summary>
    public static ReadOnlySpan<byte> Parent => "traceparent"u8;

    /// <summary>True where the value of such a header says that the trace is kept.</summary>
    public static bool IsSampled(ReadOnlySpan<byte> parent)
    {
        ReadOnlySpan<byte> flags = parent[(parent.LastIndexOf((byte)'-') + 1)..];
        return byte.TryParse(flags, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out byte bits) && (bits & 1) == 1;
    }
}
