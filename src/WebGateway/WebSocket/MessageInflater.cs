using System.Buffers;
using System.IO.Compression;
using System.Runtime.InteropServices;

namespace NatsKestrel.WebGateway.WebSocket;

/// <summary>Reads compressed messages (permessage-deflate without context takeover), one at a time, and only so large.</summary>
/// <param name="maxPayload">The server's limit on messages: a message may be inflated to eight times that, and to a hundred times its own size.</param>
internal sealed class MessageInflater(int maxPayload)
{
    private const int Step = 16 * 1024;
    private const int MaxRatio = 100;

    // Below this size the ratio says nothing: a kilobyte of blanks is no attack.
    private const int MinSuspect = 1024 * 1024;

    // The end of a block, which the sender leaves out.
    private static readonly byte[] BlockEnd = [0x00, 0x00, 0xFF, 0xFF];

    private readonly int _maxCompressed = (int)Math.Min(8L * maxPayload, 64 * 1024 * 1024);
    private ArrayBufferWriter<byte> _compressed = new();

    /// <summary>Where the next part of the compressed message goes.</summary>
    /// <exception cref="FrameException">It would be too large.</exception>
    public IBufferWriter<byte> Reserve(int count) => _compressed.WrittenCount + (long)count <= _maxCompressed
        ? _compressed
        : throw new FrameException(CloseStatuses.MessageTooBig, "compressed message too large");

    /// <summary>Inflates the message that is complete now, step by step.</summary>
    /// <exception cref="FrameException">It is no deflate stream, or would become too large.</exception>
    public void Inflate(IBufferWriter<byte> output)
    {
        int compressedLength = _compressed.WrittenCount;
        _compressed.Write(BlockEnd);
        MemoryMarshal.TryGetArray(_compressed.WrittenMemory, out ArraySegment<byte> bytes);
        using var input = new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false);
        using var deflate = new DeflateStream(input, CompressionMode.Decompress);
        try
        {
            long total = 0;
            int read;
            while ((read = deflate.Read(output.GetSpan(Step)[..Step])) > 0)
            {
                total += read;
                if (total > 8L * maxPayload || (total > MinSuspect && total > (long)MaxRatio * compressedLength))
                {
                    throw new FrameException(CloseStatuses.MessageTooBig, "message inflates to too much");
                }

                output.Advance(read);
            }
        }
        catch (InvalidDataException)
        {
            throw new FrameException(CloseStatuses.InvalidPayload, "invalid compressed message");
        }
        finally
        {
            _compressed = new ArrayBufferWriter<byte>();
        }
    }
}
