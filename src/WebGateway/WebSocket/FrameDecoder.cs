using System.Buffers;
using System.Buffers.Binary;
using NatsKestrel.Broker.Transport;

namespace NatsKestrel.WebGateway.WebSocket;

/// <summary>Takes a client's WebSocket frames apart: payloads become one stream of bytes, whatever frame or message they came in.</summary>
/// <remarks>
/// Nothing is held but a header, and the payload of a control frame: a data frame of any length flows through as its bytes
/// arrive, a compressed one through a <see cref="MessageInflater"/>.
/// </remarks>
/// <param name="expectsMask">False for a client that asked not to mask (<c>Nats-No-Masking</c>).</param>
/// <param name="inflater">Reads compressed messages; null where compression was not negotiated.</param>
internal sealed class FrameDecoder(bool expectsMask, MessageInflater? inflater) : IReceiveFilter
{
    private const int MaxHeaderLength = 14;
    private const int MaxControlLength = 125;

    // What one call inflates, about, before whoever reads it gets to see it: a few bytes may become very many.
    private const int MaxInflated = 64 * 1024;

    private readonly byte[] _header = new byte[MaxHeaderLength];
    private byte[]? _control;
    private int _headerLength;
    private FrameKind _kind;
    private bool _isFinal;
    private bool _isInMessage;
    private bool _isCompressed;
    private bool _isInPayload;
    private long _length;
    private long _done;

    /// <summary>True once the client has sent its Close frame: nothing after it counts.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Status of the client's Close frame; 0 where it had none.</summary>
    public int CloseStatus { get; private set; }

    /// <summary>Reason of the client's Close frame.</summary>
    public byte[] CloseReason { get; private set; } = [];

    /// <summary>Called with the payload of each ping.</summary>
    public required Action<byte[]> Pinged { get; init; }

    /// <summary>The rule that the client broke; null while it keeps to all of them.</summary>
    public FrameException? Violation { get; private set; }

    /// <inheritdoc/>
    public bool IsEnded => IsClosed || Violation is not null;

    /// <summary>True where frames can be taken apart where they lie: what is inflated needs more room than it came in.</summary>
    public bool WorksInPlace => inflater is null;

    /// <summary>True while there is more to decode without anything that arrives.</summary>
    public bool HasMore => !IsEnded && inflater is { HasMore: true };

    /// <summary>Decodes what has arrived, or of what is compressed so much as may be inflated at once.</summary>
    /// <returns>Up to where.</returns>
    public SequencePosition Decode(in ReadOnlySequence<byte> input, IBufferWriter<byte> output)
    {
        var target = new Target { Writer = output };
        long decoded = 0;
        foreach (ReadOnlyMemory<byte> memory in input)
        {
            int count = Decode(memory.Span, ref target);
            decoded += count;
            if (count < memory.Length)
            {
                break;
            }
        }

        return input.GetPosition(IsEnded ? input.Length : decoded);
    }

    /// <summary>Inflates more of what has arrived.</summary>
    public void GoOn(IBufferWriter<byte> output)
    {
        var target = new Target { Writer = output };
        Decode([], ref target);
    }

    /// <inheritdoc/>
    public int Apply(Span<byte> received)
    {
        // Headers make every frame longer than its payload: what is written never reaches what is still to be read.
        var target = new Target { Place = received };
        Decode(received, ref target);
        return target.Length;
    }

    // Returns how much was decoded.
    private int Decode(ReadOnlySpan<byte> input, scoped ref Target target)
    {
        int length = input.Length;
        try
        {
            while (!IsEnded && target.Inflated < MaxInflated && (HasMore || !input.IsEmpty || (_isInPayload && _done == _length)))
            {
                if (HasMore)
                {
                    target.Inflated += inflater!.Inflate(target.Writer!);
                    continue;
                }

                if (!_isInPayload)
                {
                    input = ReadHeader(input);
                }
                else if (_done < _length)
                {
                    input = ReadPayload(input, ref target);
                }

                if (_isInPayload && _done == _length && !HasMore)
                {
                    EndFrame();
                }
            }
        }
        catch (FrameException violation)
        {
            Violation = violation;
        }

        return length - input.Length;
    }

    private ReadOnlySpan<byte> ReadHeader(ReadOnlySpan<byte> input)
    {
        while (!input.IsEmpty)
        {
            _header[_headerLength++] = input[0];
            input = input[1..];
            if (_headerLength == 1)
            {
                CheckFirst(_header[0]);
            }
            else if (_headerLength == 2)
            {
                CheckSecond(_header[1]);
            }

            if (_headerLength >= 2 && _headerLength == HeaderLength())
            {
                BeginPayload();
                break;
            }
        }

        return input;
    }

    private void CheckFirst(byte first)
    {
        _isFinal = (first & 0x80) != 0;
        _kind = (FrameKind)(first & 0x0F);
        bool isCompressed = (first & 0x40) != 0;
        if ((first & 0x30) != 0 || (isCompressed && (inflater is null || _kind is not (FrameKind.Text or FrameKind.Binary))))
        {
            throw new FrameException(CloseStatuses.ProtocolError, "reserved bits are set");
        }

        switch (_kind)
        {
            case FrameKind.Text or FrameKind.Binary when _isInMessage:
                throw new FrameException(CloseStatuses.ProtocolError, "new message started before final frame for previous message was received");
            case FrameKind.Text or FrameKind.Binary:
                _isInMessage = true;
                _isCompressed = isCompressed;
                break;
            case FrameKind.Continuation when !_isInMessage:
                throw new FrameException(CloseStatuses.ProtocolError, "invalid continuation frame");
            case FrameKind.Continuation:
                break;
            case FrameKind.Close or FrameKind.Ping or FrameKind.Pong when !_isFinal:
                throw new FrameException(CloseStatuses.ProtocolError, "control frame does not have final bit set");
            case FrameKind.Close or FrameKind.Ping or FrameKind.Pong:
                break;
            default:
                throw new FrameException(CloseStatuses.ProtocolError, $"unknown opcode {(int)_kind}");
        }
    }

    private void CheckSecond(byte second)
    {
        bool isMasked = (second & 0x80) != 0;
        if (isMasked != expectsMask)
        {
            throw new FrameException(CloseStatuses.ProtocolError, expectsMask ? "mask bit missing" : "mask bit set");
        }

        if (IsControl && (second & 0x7F) > MaxControlLength)
        {
            throw new FrameException(CloseStatuses.ProtocolError, $"control frame length bigger than maximum allowed of {MaxControlLength} bytes");
        }
    }

    private bool IsControl => _kind >= FrameKind.Close;

    private int HeaderLength() => 2 + LengthBytes() + (expectsMask ? 4 : 0);

    private int LengthBytes() => (_header[1] & 0x7F) switch { 126 => 2, 127 => 8, _ => 0 };

    private void BeginPayload()
    {
        _length = LengthBytes() switch
        {
            2 => BinaryPrimitives.ReadUInt16BigEndian(_header.AsSpan(2)),
            8 => BinaryPrimitives.ReadInt64BigEndian(_header.AsSpan(2)),
            _ => _header[1] & 0x7F,
        };
        if (_length < 0)
        {
            throw new FrameException(CloseStatuses.ProtocolError, "frame length has its highest bit set");
        }

        _done = 0;
        _isInPayload = true;
        if (IsControl)
        {
            _control = new byte[_length];
        }
    }

    private ReadOnlySpan<byte> ReadPayload(ReadOnlySpan<byte> input, scoped ref Target target)
    {
        int count = (int)Math.Min(input.Length, _length - _done);
        if (IsControl)
        {
            Unmask(input[..count], _control.AsSpan((int)_done));
        }
        else if (target.Writer is null)
        {
            Unmask(input[..count], target.Place[target.Length..]);
            target.Length += count;
        }
        else if (_isCompressed)
        {
            Span<byte> room = inflater!.Room;
            count = Math.Min(count, room.Length);
            Unmask(input[..count], room);
            inflater.Advance(count);
        }
        else
        {
            Span<byte> room = target.Writer.GetSpan(Math.Min(count, MaxPiece));
            count = Math.Min(count, room.Length);
            Unmask(input[..count], room);
            target.Writer.Advance(count);
        }

        _done += count;
        return input[count..];
    }

    // What is asked for at once of a writer whose blocks are no larger.
    private const int MaxPiece = 64 * 1024;

    private void Unmask(ReadOnlySpan<byte> input, Span<byte> output)
    {
        if (expectsMask)
        {
            Mask.Apply(input, output, _header.AsSpan(_headerLength - 4, 4), (int)(_done & 3));
        }
        else
        {
            input.CopyTo(output);
        }
    }

    private void EndFrame()
    {
        _isInPayload = false;
        _headerLength = 0;
        switch (_kind)
        {
            case FrameKind.Close:
                EndStream(_control!);
                break;
            case FrameKind.Ping:
                Pinged(_control!);
                break;
            case FrameKind.Pong:
                break;
            default:
                if (_isFinal && _isCompressed)
                {
                    inflater!.End();
                }

                _isInMessage = !_isFinal;
                _isCompressed &= !_isFinal;
                break;
        }

        _control = null;
    }

    private void EndStream(byte[] payload)
    {
        if (payload.Length == 1)
        {
            throw new FrameException(CloseStatuses.ProtocolError, "close frame of one byte");
        }

        if (payload.Length >= 2)
        {
            CloseStatus = BinaryPrimitives.ReadUInt16BigEndian(payload);
            CloseReason = payload[2..];
            if (!CloseStatuses.IsValid(CloseStatus))
            {
                throw new FrameException(CloseStatuses.ProtocolError, $"invalid close status {CloseStatus}");
            }

            if (!System.Text.Unicode.Utf8.IsValid(CloseReason))
            {
                throw new FrameException(CloseStatuses.InvalidPayload, "invalid utf8 body in close frame");
            }
        }

        IsClosed = true;
    }

    // Where payloads go: to a writer, or to the front of the bytes they came in.
    private ref struct Target
    {
        public IBufferWriter<byte>? Writer;
        public Span<byte> Place;
        public int Length;
        public int Inflated;
    }

    private enum FrameKind
    {
        Continuation = 0,
        Text = 1,
        Binary = 2,
        Close = 8,
        Ping = 9,
        Pong = 10,
    }
}
