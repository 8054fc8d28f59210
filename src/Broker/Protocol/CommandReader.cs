using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.Intrinsics;
using static NatsKestrel.Broker.Protocol.Arguments;
using static NatsKestrel.Broker.Protocol.ControlLine;

namespace NatsKestrel.Broker.Protocol;

/// <summary>Takes commands off the front of what was received.</summary>
/// <remarks>
/// All spans handed out are borrowed from the input, or from the reader itself: they are good until the next
/// <see cref="TryRead"/> or <see cref="Dispose"/>. Not disposing costs a pooled array, nothing else.
/// </remarks>
internal ref struct CommandReader
{
    private const ushort LineEnd = '\r' | ('\n' << 8);
    private const uint FoldThreeLetters = 0x00202020;
    private const uint FoldFourLetters = 0x20202020;
    private const uint PubBlank = 'p' | ('u' << 8) | ('b' << 16) | (' ' << 24);
    private const uint HPub = 'h' | ('p' << 8) | ('u' << 16) | ('b' << 24);

    private readonly ReadOnlySequence<byte> _input;
    private readonly int _maxControlLine;
    private readonly int _maxPayload;
    private Place _at;
    private PlainLine _plain;
    private byte[]? _scratch;

    /// <summary>Reads from the start of <paramref name="input"/>.</summary>
    public CommandReader(in ReadOnlySequence<byte> input, ParserLimits limits, bool acceptsHeaders)
    {
        _input = input;
        _maxControlLine = limits.MaxControlLine;
        _maxPayload = limits.MaxPayload;
        AcceptsHeaders = acceptsHeaders;
        _at.Next = input.Start;
        EnterNextSegment();
    }

    /// <summary>False where HPUB ends the connection. A CONNECT may change it between two reads.</summary>
    public bool AcceptsHeaders;

    /// <summary>What was read; it says which of the other fields mean something. After a <see cref="TryRead"/> that was false none does.</summary>
    public CommandKind Kind;

    /// <summary>The message of PUB and HPUB.</summary>
    public Message Message;

    /// <summary>The subject of SUB, not validated.</summary>
    public ReadOnlySpan<byte> Subject;

    /// <summary>The queue group of SUB, or empty.</summary>
    public ReadOnlySpan<byte> Queue;

    /// <summary>The sid of SUB and UNSUB.</summary>
    public ReadOnlySpan<byte> Sid;

    /// <summary>Deliveries in total, counted from SUB, after which UNSUB takes effect; 0 for at once.</summary>
    public int Max;

    /// <summary>The argument of CONNECT, for <see cref="ConnectReader"/>.</summary>
    public ReadOnlySpan<byte> Json;

    /// <summary>Bytes of the input taken by the commands read so far; after an exception the malformed one begins there.</summary>
    public readonly long Consumed => _at.Passed + _at.Offset;

    /// <summary>Takes exactly one whole command off the front; false, with nothing taken, where more bytes are needed.</summary>
    /// <exception cref="ProtocolException">The input is malformed: thrown as early as that can be known.</exception>
    public bool TryRead()
    {
        var rest = _at.Span[_at.Offset..];
        if (TryReadPlainPublish(rest))
        {
            return true;
        }

        int lineEnd = rest.IndexOf((byte)'\n');
        return lineEnd >= 0 ? TryReadLine(rest[..(lineEnd + 1)], lineEnd + 1) : TryReadSplitLine(rest);
    }

    /// <summary>Gives back what the reader rented.</summary>
    public void Dispose()
    {
        if (_scratch is not null)
        {
            // A CONNECT may have lain there.
            ArrayPool<byte>.Shared.Return(_scratch, clearArray: true);
            _scratch = null;
        }
    }

    /// <summary>
    /// Reads a PUB as client libraries write it, and all of it in this segment: single spaces, CR LF, a line of at most 64 bytes.
    /// Whatever is not quite so, or wrong, is left to the general path.
    /// </summary>
    /// <remarks>
    /// One look at 64 bytes finds every gap of the line at once, where the general path searches twice; and whether it is byte for byte
    /// the line before, for most publishers stay with a subject, and many with a size.
    /// </remarks>
    private bool TryReadPlainPublish(ReadOnlySpan<byte> rest)
    {
        if (!Vector128.IsHardwareAccelerated || rest.Length < 64 || (!IsLineBefore(rest) && !TryReadPlainLine(rest)))
        {
            return false;
        }

        int body = _plain.Length;
        int size = _plain.Size;
        if (rest.Length - body < size + 2 || BinaryPrimitives.ReadUInt16LittleEndian(rest[(body + size)..]) != LineEnd)
        {
            return false;
        }

        Message.Subject = rest[4.._plain.SubjectEnd];
        Message.Reply = _plain.HasReply ? rest[(_plain.SubjectEnd + 1)..(_plain.Number - 1)] : default;
        Message.SizeText = rest[_plain.Number..(body - 2)];
        Message.HeaderSizeText = default;
        Message.Body = rest.Slice(body, size + 2);
        Message.HeaderLength = 0;
        Message.Length = size;
        Kind = CommandKind.Publish;
        _at.Offset += body + size + 2;
        return true;
    }

    /// <summary>True where the line that begins here is the same as the plain one read last.</summary>
    private readonly bool IsLineBefore(ReadOnlySpan<byte> rest)
    {
        if (_plain.Length == 0)
        {
            return false;
        }

        return BitOperations.TrailingZeroCount(~Equal(rest, _plain.Line)) >= _plain.Length;
    }

    /// <summary>Finds the parts of the line that begins here.</summary>
    private bool TryReadPlainLine(ReadOnlySpan<byte> rest)
    {
        if ((BinaryPrimitives.ReadUInt32LittleEndian(rest) | FoldThreeLetters) != PubBlank)
        {
            return false;
        }

        ulong gaps = Gaps(rest) >> 4;
        int subjectEnd = 4 + BitOperations.TrailingZeroCount(gaps);
        gaps &= gaps - 1;
        int numberEnd = 4 + BitOperations.TrailingZeroCount(gaps);
        int number = subjectEnd + 1;
        if (numberEnd < 63 && rest[numberEnd] == ' ')
        {
            gaps &= gaps - 1;
            number = numberEnd + 1;
            numberEnd = 4 + BitOperations.TrailingZeroCount(gaps);
        }

        // 63 and beyond: the line end, or a gap before it, is not among the bytes looked at.
        if (numberEnd >= 63 || subjectEnd == 4 || rest[subjectEnd] != ' '
            || BinaryPrimitives.ReadUInt16LittleEndian(rest[numberEnd..]) != LineEnd)
        {
            return false;
        }

        int digits = numberEnd - number;
        if (digits is < 1 or > 9)
        {
            return false;
        }

        int size = 0;
        for (int i = number; i < numberEnd; i++)
        {
            int digit = rest[i] - '0';
            if ((uint)digit > 9)
            {
                return false;
            }

            size = (size * 10) + digit;
        }

        if (size > _maxPayload || numberEnd + 2 > _maxControlLine)
        {
            return false;
        }

        _plain.Line = rest[..64];
        _plain.SubjectEnd = subjectEnd;
        _plain.Number = number;
        _plain.Length = numberEnd + 2;
        _plain.Size = size;
        return true;
    }

    /// <summary>One bit for each of the first 64 bytes that is a blank, part of a line end, or another control character.</summary>
    private static ulong Gaps(ReadOnlySpan<byte> text)
    {
        return Vector256.IsHardwareAccelerated
            ? Half(text) | ((ulong)Half(text[32..]) << 32)
            : Quarter(text) | ((ulong)Quarter(text[16..]) << 16) | ((ulong)Quarter(text[32..]) << 32) | ((ulong)Quarter(text[48..]) << 48);

        static uint Half(ReadOnlySpan<byte> text) => Vector256.LessThanOrEqual(Vector256.Create(text), Vector256.Create((byte)' ')).ExtractMostSignificantBits();
        static uint Quarter(ReadOnlySpan<byte> text) => Vector128.LessThanOrEqual(Vector128.Create(text), Vector128.Create((byte)' ')).ExtractMostSignificantBits();
    }

    /// <summary>One bit for each of the first 64 bytes that both have.</summary>
    private static ulong Equal(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        return Vector256.IsHardwareAccelerated
            ? Half(one, other) | ((ulong)Half(one[32..], other[32..]) << 32)
            : Quarter(one, other) | ((ulong)Quarter(one[16..], other[16..]) << 16)
                | ((ulong)Quarter(one[32..], other[32..]) << 32) | ((ulong)Quarter(one[48..], other[48..]) << 48);

        static uint Half(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) => Vector256.Equals(Vector256.Create(one), Vector256.Create(other)).ExtractMostSignificantBits();
        static uint Quarter(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) => Vector128.Equals(Vector128.Create(one), Vector128.Create(other)).ExtractMostSignificantBits();
    }

    /// <summary>Reads the command of one whole line.</summary>
    /// <param name="line">The line with its LF.</param>
    /// <param name="length">How far from here its payload begins: its length, or 0 where a split line was already stepped over.</param>
    private bool TryReadLine(ReadOnlySpan<byte> line, int length)
    {
        // One load decides for the two commands that make up nearly all traffic; the rest goes through the table. Their
        // one blank behind the verb makes the cheap length check below exact enough: it may only refuse too early.
        if (line.Length > 5 && line.Length <= _maxControlLine)
        {
            uint verb = BinaryPrimitives.ReadUInt32LittleEndian(line);
            if ((verb | FoldThreeLetters) == PubBlank)
            {
                return Publish(WithoutLineEnd(line[4..]), length);
            }

            if ((verb | FoldFourLetters) == HPub && IsBlank(line[4]))
            {
                return HeaderPublish(WithoutLineEnd(line[5..]), length);
            }
        }

        return TryReadOther(line, length);
    }

    /// <summary>Reads what the load above does not know: the other verbs, TABs, lines close to the limit or over it, and no verb at all.</summary>
    private bool TryReadOther(ReadOnlySpan<byte> line, int length)
    {
        var kind = Read(line, _maxControlLine, out var argument);
        switch (kind)
        {
            case CommandKind.Publish:
                return Publish(argument, length);
            case CommandKind.HeaderPublish:
                return HeaderPublish(argument, length);
            case CommandKind.Subscribe:
                Subscribe(argument);
                break;
            case CommandKind.Unsubscribe:
                Unsubscribe(argument);
                break;
            case CommandKind.Connect:
                Json = argument;
                break;
            case CommandKind.Info:
                ConnectReader.CheckInfo(argument);
                break;
            case CommandKind.Error:
                Throw(ProtocolError.ClientReportedError);
                break;
        }

        Kind = kind;
        _at.Offset += length;
        return true;
    }

    /// <summary><c>PUB subject [reply] size</c>, read from its end: what stands before the number needs one search only.</summary>
    private bool Publish(ReadOnlySpan<byte> argument, int length)
    {
        int size = TakeLastNumber(ref argument, out Message.SizeText);
        TakeSubjects(argument);
        if (size > _maxPayload)
        {
            Throw(ProtocolError.MaxPayloadExceeded);
        }

        Message.HeaderSizeText = default;
        Message.HeaderLength = 0;
        Message.Length = size;
        Kind = CommandKind.Publish;
        return TakeBody(length, size);
    }

    /// <summary><c>HPUB subject [reply] header-size total-size</c>.</summary>
    private bool HeaderPublish(ReadOnlySpan<byte> argument, int length)
    {
        if (!AcceptsHeaders)
        {
            Throw(ProtocolError.Violation);
        }

        int size = TakeLastNumber(ref argument, out Message.SizeText);
        int headerSize = TakeLastNumber(ref argument, out Message.HeaderSizeText);
        TakeSubjects(argument);
        if (headerSize > size)
        {
            Throw(ProtocolError.Violation);
        }

        if (size > _maxPayload)
        {
            Throw(ProtocolError.MaxPayloadExceeded);
        }

        Message.HeaderLength = headerSize;
        Message.Length = size;
        Kind = CommandKind.HeaderPublish;
        return TakeBody(length, size);
    }

    /// <summary><c>SUB subject [queue] sid</c>.</summary>
    private void Subscribe(ReadOnlySpan<byte> argument)
    {
        Subject = TakeToken(ref argument);
        Queue = TakeToken(ref argument);
        Sid = TakeToken(ref argument);
        if (Sid.IsEmpty)
        {
            Sid = Queue;
            Queue = default;
        }

        if (Sid.IsEmpty || !argument.IsEmpty)
        {
            Throw(ProtocolError.Violation);
        }
    }

    /// <summary><c>UNSUB sid [max]</c>; a max that is no number counts as none, as in nats-server.</summary>
    private void Unsubscribe(ReadOnlySpan<byte> argument)
    {
        Sid = TakeToken(ref argument);
        var max = TakeToken(ref argument);
        if (Sid.IsEmpty || !argument.IsEmpty)
        {
            Throw(ProtocolError.Violation);
        }

        Max = Math.Max(0, TakeDigits(max, out int digits));
        if (digits != max.Length)
        {
            Max = 0;
        }
    }

    /// <summary><c>subject [reply]</c>: all that is left of PUB and HPUB once the numbers are taken.</summary>
    private void TakeSubjects(ReadOnlySpan<byte> argument)
    {
        argument = TrimStart(TrimEnd(argument));
        int blank = argument.IndexOfAny((byte)' ', (byte)'\t');
        if (blank < 0)
        {
            Message.Subject = argument;
            Message.Reply = default;
            if (argument.IsEmpty)
            {
                Throw(ProtocolError.Violation);
            }

            return;
        }

        Message.Subject = argument[..blank];
        Message.Reply = TrimStart(argument[blank..]);
        if (Message.Reply.ContainsAny((byte)' ', (byte)'\t'))
        {
            Throw(ProtocolError.Violation);
        }
    }

    /// <summary>Takes the payload that begins <paramref name="offset"/> bytes from here, and with it the command; false where it is not all there.</summary>
    private bool TakeBody(int offset, int size)
    {
        var rest = _at.Span[(_at.Offset + offset)..];
        if (rest.Length < size + 2)
        {
            return TakeSplitBody(offset, size);
        }

        if (BinaryPrimitives.ReadUInt16LittleEndian(rest[size..]) != LineEnd)
        {
            Throw(ProtocolError.UnknownOperation);
        }

        Message.Body = rest[..(size + 2)];
        _at.Offset += offset + size + 2;
        return true;
    }

    /// <summary>The slow path of <see cref="TakeBody"/>: the payload goes on in further segments, or is still under way.</summary>
    private bool TakeSplitBody(int offset, int size)
    {
        var before = _at;
        try
        {
            Advance(offset);
            if (TakeBodyAcross(size))
            {
                return true;
            }
        }
        catch (ProtocolException)
        {
            _at = before;
            throw;
        }

        _at = before;
        return false;
    }

    /// <summary>Takes the payload that begins here; where it is not all there, the caller steps back.</summary>
    private bool TakeBodyAcross(int size)
    {
        if (_at.Span.Length - _at.Offset >= size + 2)
        {
            return TakeBody(0, size);
        }

        var body = _input.Slice(_input.GetPosition(_at.Offset, _at.Start));
        if (body.Length > size)
        {
            CheckPayloadEnd(body.Slice(size, Math.Min(2, body.Length - size)));
        }

        if (body.Length < size + 2)
        {
            return false;
        }

        Message.Body = default;
        Message.SplitBody = body.Slice(0, size + 2);
        Advance(size + 2);
        return true;
    }

    private static void CheckPayloadEnd(in ReadOnlySequence<byte> end)
    {
        Span<byte> bytes = stackalloc byte[2];
        end.CopyTo(bytes);
        if (bytes[0] != '\r' || (end.Length == 2 && bytes[1] != '\n'))
        {
            Throw(ProtocolError.UnknownOperation);
        }
    }

    /// <summary>The slow path of <see cref="TryRead"/>: the line goes on in further segments, or is still under way.</summary>
    private bool TryReadSplitLine(ReadOnlySpan<byte> rest)
    {
        if (_at.IsInLastSegment)
        {
            CheckUnfinished(rest, _maxControlLine);
            return false;
        }

        var line = CopyLine();
        if (line is not [.., (byte)'\n'])
        {
            CheckUnfinished(line, _maxControlLine);
            return false;
        }

        var before = _at;
        try
        {
            Advance(line.Length);
            if (TryReadLine(line, length: 0))
            {
                return true;
            }
        }
        catch (ProtocolException)
        {
            // Whoever logs what was wrong finds the line there, and not the payload behind it.
            _at = before;
            throw;
        }

        _at = before;
        return false;
    }

    /// <summary>Copies the next line together: up to its LF, or to the end of the input, or to where it is too long in any case.</summary>
    private ReadOnlySpan<byte> CopyLine()
    {
        var start = _input.Slice(_input.GetPosition(_at.Offset, _at.Start));
        long tooLong = "CONNECT"u8.Length + (2L * _maxControlLine) + "\r\n"u8.Length;
        start = start.Slice(0, Math.Min(start.Length, tooLong));
        if (start.PositionOf((byte)'\n') is SequencePosition end)
        {
            start = start.Slice(0, _input.GetPosition(1, end));
        }

        int length = (int)start.Length;
        if (_scratch is null || _scratch.Length < length)
        {
            Dispose();
            _scratch = ArrayPool<byte>.Shared.Rent(length);
        }

        start.CopyTo(_scratch);
        return _scratch.AsSpan(0, length);
    }

    /// <summary>Steps forward over segments; at the end of one it stands at the start of the next.</summary>
    private void Advance(long count)
    {
        count += _at.Offset;
        while (count >= _at.Span.Length && !_at.IsInLastSegment)
        {
            count -= _at.Span.Length;
            _at.Passed += _at.Span.Length;
            EnterNextSegment();
        }

        _at.Offset = (int)count;
    }

    private void EnterNextSegment()
    {
        _at.Start = _at.Next;
        _input.TryGet(ref _at.Next, out var segment);
        _at.Span = segment.Span;
        _at.Offset = 0;
    }

    private static ReadOnlySpan<byte> WithoutLineEnd(ReadOnlySpan<byte> line) =>
        line[..(line.Length >= 2 && line[^2] == '\r' ? line.Length - 2 : line.Length - 1)];

    /// <summary>The line of a PUB as client libraries write it: where its parts are.</summary>
    private ref struct PlainLine
    {
        /// <summary>64 bytes from where it begins.</summary>
        public ReadOnlySpan<byte> Line;

        /// <summary>Bytes up to the body; 0 where there was none yet.</summary>
        public int Length;

        public int SubjectEnd;

        /// <summary>Where the size begins, which ends with the line.</summary>
        public int Number;

        public int Size;

        public readonly bool HasReply => Number != SubjectEnd + 1;
    }

    /// <summary>Where the reader stands: a segment of the input, and how far into it.</summary>
    private ref struct Place
    {
        public ReadOnlySpan<byte> Span;
        public int Offset;

        /// <summary>Bytes of the segments before this one.</summary>
        public long Passed;

        public SequencePosition Start;
        public SequencePosition Next;

        public readonly bool IsInLastSegment => Next.GetObject() is null;
    }
}
