using System.IO.Compression;

namespace NatsKestrel.WebGateway.WebSocket;

/// <summary>Compresses messages (permessage-deflate without context takeover).</summary>
internal static class MessageDeflater
{
    /// <summary>Messages up to this size go as they are: they would hardly become smaller.</summary>
    public const int MinLength = 64;

    /// <summary>The compressed message.</summary>
    public static ReadOnlyMemory<byte> Deflate(ReadOnlySpan<byte> message)
    {
        var target = new MemoryStream(message.Length / 2);
        using (var deflate = new DeflateStream(target, CompressionLevel.Fastest, leaveOpen: true))
        {
            deflate.Write(message);
            deflate.Flush();

            // The flush ends with an empty block, the last four bytes of which the receiver adds by itself.
            return target.GetBuffer().AsMemory(0, (int)target.Length - 4);
        }
    }
}
