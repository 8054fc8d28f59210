using System.Buffers;
using System.IO.Compression;

namespace NatsKestrel.WebGateway.WebSocket;

/// <summary>Reads compressed messages (permessage-deflate without context takeover) as they arrive, step by step, and only so large.</summary>
/// <param name="maxPayload">The server's limit on messages: a message may be inflated to eight times that, and to a hundred times its own size.</param>
internal sealed class MessageInflater(int maxPayload) : IDisposable
{
    /// <summary>Bytes that one <see cref="Inflate"/> makes at most.</summary>
    public const int Step = 16 * 1024;

    private const int MaxRatio = 100;

    // Below this size the ratio says nothing: a kilobyte of blanks is no attack.
    private const int MinSuspect = 1024 * 1024;

    private readonly long _maxCompressed = Math.Min(8L * maxPayload, 64 * 1024 * 1024);
    private Source? _source;
    private DeflateStream? _deflate;
    private long _compressed;
    private long _inflated;
    private bool _isWhole;

    /// <summary>True while <see cref="Inflate"/> has something to do; until then there is no room for more.</summary>
    public bool HasMore { get; private set; }

    /// <summary>Room for the next part of the compressed message.</summary>
    public Span<byte> Room
    {
        get
        {
            if (_source is null)
            {
                _source = new Source();
                _deflate = new DeflateStream(_source, CompressionMode.Decompress);
                _compressed = _inflated = 0;
            }

            return _source.Room;
        }
    }

    /// <summary>So much of the room was filled.</summary>
    /// <exception cref="FrameException">The compressed message is too large.</exception>
    public void Advance(int count)
    {
        _source!.Fill(count);
        _compressed += count;
        if (_compressed > _maxCompressed)
        {
            throw new FrameException(CloseStatuses.MessageTooBig, "compressed message too large");
        }

        HasMore = true;
    }

    /// <summary>The message is whole.</summary>
    public void End()
    {
        _ = Room; // a message may be empty
        _source!.FillWithBlockEnd();
        _isWhole = true;
        HasMore = true;
    }

    /// <summary>Inflates the next step of what has arrived.</summary>
    /// <returns>The bytes made; 0 where more must arrive first.</returns>
    /// <exception cref="FrameException">It is no deflate stream, or becomes too large.</exception>
    public int Inflate(IBufferWriter<byte> output)
    {
        int count;
        try
        {
            count = _deflate!.Read(output.GetSpan(Step)[..Step]);
        }
        catch (InvalidDataException)
        {
            throw new FrameException(CloseStatuses.InvalidPayload, "invalid compressed message");
        }

        _inflated += count;
        if (_inflated > 8L * maxPayload || (_inflated > MinSuspect && _inflated > MaxRatio * _compressed))
        {
            throw new FrameException(CloseStatuses.MessageTooBig, "message inflates to too much");
        }

        output.Advance(count);
        HasMore = count > 0;
        if (!HasMore && _isWhole)
        {
            Dispose();
        }

        return count;
    }

    /// <summary>Gives back what a message holds.</summary>
    public void Dispose()
    {
        _deflate?.Dispose();
        _source?.Dispose();
        _deflate = null;
        _source = null;
        _isWhole = HasMore = false;
    }

    /// <summary>The part of a compressed message that has arrived and was not read yet; it ends for now where that ends.</summary>
    private sealed class Source : Stream
    {
        // The end of a block, which the sender leaves out.
        private static readonly byte[] BlockEnd = [0x00, 0x00, 0xFF, 0xFF];

        private readonly byte[] _part = ArrayPool<byte>.Shared.Rent(Step);
        private ReadOnlyMemory<byte> _left;

        public Span<byte> Room => _part;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public void Fill(int count) => _left = _part.AsMemory(0, count);

        public void FillWithBlockEnd() => _left = BlockEnd;

        public override int Read(Span<byte> buffer)
        {
            int count = Math.Min(buffer.Length, _left.Length);
            _left.Span[..count].CopyTo(buffer);
            _left = _left[count..];
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            ArrayPool<byte>.Shared.Return(_part);
            base.Dispose(disposing);
        }
    }
}
