using System.Buffers.Binary;

namespace NatsKestrel.LoadGenerator;

/// <summary>WebSocket frames, as few instructions as will do: the server is what is measured.</summary>
internal sealed class Frames
{
    private const int MaxHeaderLength = 14;

    private readonly byte[] _header = new byte[MaxHeaderLength];
    private int _headerLength;
    private long _left;

    /// <summary>A binary message of a client. Its mask is zero, which is as much work for the server as any other.</summary>
    public static byte[] Frame(ReadOnlySpan<byte> payload)
    {
        Span<byte> header = stackalloc byte[MaxHeaderLength];
        header[0] = 0x82;
        int length;
        if (payload.Length < 126)
        {
            (header[1], length) = ((byte)(0x80 | payload.Length), 2);
        }
        else if (payload.Length <= ushort.MaxValue)
        {
            (header[1], length) = (0x80 | 126, 4);
            BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)payload.Length);
        }
        else
        {
            (header[1], length) = (0x80 | 127, 10);
            BinaryPrimitives.WriteInt64BigEndian(header[2..], payload.Length);
        }

        return [.. header[..(length + 4)], .. payload];
    }

    /// <summary>Takes the headers out of what a server sent, in place.</summary>
    /// <returns>The bytes that are left, at the front.</returns>
    public int Strip(Span<byte> received)
    {
        int from = 0, to = 0;
        while (from < received.Length)
        {
            if (_left == 0)
            {
                _header[_headerLength++] = received[from++];
                ReadHeader();
                continue;
            }

            int count = (int)Math.Min(_left, received.Length - from);
            received.Slice(from, count).CopyTo(received[to..]);
            from += count;
            to += count;
            _left -= count;
        }

        return to;
    }

    private void ReadHeader()
    {
        int lengthBytes = _headerLength < 2 ? 14 : _header[1] switch { 126 => 2, 127 => 8, _ => 0 };
        if (_headerLength < 2 + lengthBytes)
        {
            return;
        }

        _left = lengthBytes switch
        {
            2 => BinaryPrimitives.ReadUInt16BigEndian(_header.AsSpan(2)),
            8 => BinaryPrimitives.ReadInt64BigEndian(_header.AsSpan(2)),
            _ => _header[1],
        };
        if ((_header[0] & 0x0F) > 2)
        {
            throw new LoadException($"The server sent a frame of kind {_header[0]:x2}.");
        }

        _headerLength = 0;
    }
}
