using System.Buffers;

namespace NatsKestrel.Broker.Protocol;

/// <summary>A published message as it lies in the read buffer: borrowed bytes, good until the next read.</summary>
internal ref struct Message
{
    /// <summary>The subject it was published to.</summary>
    public ReadOnlySpan<byte> Subject;

    /// <summary>The reply subject, or empty.</summary>
    public ReadOnlySpan<byte> Reply;

    /// <summary>The total size as the publisher wrote it: forwarded verbatim, leading zeros included.</summary>
    public ReadOnlySpan<byte> SizeText;

    /// <summary>The header size as the publisher wrote it; empty for PUB.</summary>
    public ReadOnlySpan<byte> HeaderSizeText;

    /// <summary>Header block and payload and the CR LF behind them, where they lie in one piece; else empty.</summary>
    public ReadOnlySpan<byte> Body;

    /// <summary>The same bytes where they are split over several buffers; means nothing unless <see cref="Body"/> is empty.</summary>
    public ReadOnlySequence<byte> SplitBody;

    /// <summary>A shared copy of the body, where it is large and has several receivers; else null.</summary>
    public SharedBody? Shared;

    /// <summary>Bytes of the header block at the front of the body; 0 without headers.</summary>
    public int HeaderLength;

    /// <summary>Bytes of header block and payload together, without the CR LF.</summary>
    public int Length;

    /// <summary>True where receivers that know headers get HMSG.</summary>
    public readonly bool HasHeaders => HeaderLength > 0;

    /// <summary>The header block; copied where it lies in several pieces.</summary>
    public readonly ReadOnlySpan<byte> Header =>
        !Body.IsEmpty ? Body[..HeaderLength]
        : SplitBody.FirstSpan.Length >= HeaderLength ? SplitBody.FirstSpan[..HeaderLength]
        : SplitBody.Slice(0, HeaderLength).ToArray();

    /// <summary>Copies the body from <paramref name="from"/> on, its CR LF included; the target has room for exactly that.</summary>
    public readonly void CopyBodyTo(Span<byte> target, int from = 0)
    {
        if (!Body.IsEmpty)
        {
            Body[from..].CopyTo(target);
        }
        else
        {
            SplitBody.Slice(from).CopyTo(target);
        }
    }
}
