namespace NatsKestrel.Broker.Transport;

/// <summary>Lends the blocks that messages pass through: large ones for streams, small ones for what merely waits.</summary>
/// <remarks>
/// What is given back is kept for the next burst and let go by <see cref="Trim"/> once it has not been needed for a while. Blocks are
/// pinned arrays, because the collector does not copy those: with ordinary ones a flood took 640 MiB at its peak instead of 400. The
/// price: objects of the runtime that lie among them can keep some 30 MiB of what was let go from the system.
/// </remarks>
/// <param name="guards">True in tests: blocks are overwritten when they come back, and a double return throws.</param>
internal sealed class BlockPool(bool guards = false)
{
    /// <summary>Bytes of a large block: what one receive or send moves at most.</summary>
    public const int LargeSize = 256 * 1024;

    /// <summary>Bytes of a medium block: for all that does not flow in a stream.</summary>
    public const int MediumSize = 64 * 1024;

    /// <summary>Bytes of a small block: enough for an unfinished control line, a PONG, a few messages.</summary>
    public const int SmallSize = 4 * 1024;

    // Large blocks save system calls where much flows through few connections. Where it is many, what they would hold counts more.
    private const int MaxLargeLent = 96;

    private readonly Shelf _large = new(LargeSize, guards);
    private readonly Shelf _medium = new(MediumSize, guards);
    private readonly Shelf _small = new(SmallSize, guards);

    /// <summary>Bytes of the blocks that are lent at this moment.</summary>
    public long LentBytes => _large.LentBytes + _medium.LentBytes + _small.LentBytes;

    /// <summary>Bytes of the blocks that lie unused.</summary>
    public long KeptBytes => _large.KeptBytes + _medium.KeptBytes + _small.KeptBytes;

    /// <summary>Lends a block for so many bytes; for more than a medium block holds, a large one or, where many are lent, a medium one.</summary>
    public byte[] Rent(int length) =>
        (length <= SmallSize ? _small : length <= MediumSize || _large.LentBytes >= MaxLargeLent * (long)LargeSize ? _medium : _large).Rent();

    /// <summary>Takes a block back. Its former holder must not touch it again.</summary>
    public void Return(byte[] block) =>
        (block.Length switch { LargeSize => _large, MediumSize => _medium, _ => _small }).Return(block);

    /// <summary>Lets go of the blocks that were never needed since the last trim.</summary>
    /// <returns>The bytes let go.</returns>
    public long Trim() => _large.Trim() + _medium.Trim() + _small.Trim();

    private sealed class Shelf(int size, bool guards)
    {
        // Guards everything below. Held for a few instructions and never contended for long; a lock-free stack would allocate a
        // node for every block that comes back, 32 bytes per flush.
        private readonly Lock _lock = new();
        private readonly Stack<byte[]> _kept = new();
        private int _lowestSinceTrim;
        private int _lentCount;

        public long LentBytes => (long)Volatile.Read(ref _lentCount) * size;

        public long KeptBytes
        {
            get
            {
                lock (_lock)
                {
                    return (long)_kept.Count * size;
                }
            }
        }

        public byte[] Rent()
        {
            lock (_lock)
            {
                _lentCount++;
                if (_kept.TryPop(out byte[]? block))
                {
                    _lowestSinceTrim = Math.Min(_lowestSinceTrim, _kept.Count);
                    return block;
                }

                _lowestSinceTrim = 0;
            }

            return GC.AllocateUninitializedArray<byte>(size, pinned: true);
        }

        public void Return(byte[] block)
        {
            lock (_lock)
            {
                if (guards)
                {
                    Guard(block);
                }

                _lentCount--;
                _kept.Push(block);
            }
        }

        public long Trim()
        {
            lock (_lock)
            {
                int dropped = _lowestSinceTrim;
                for (int i = 0; i < dropped; i++)
                {
                    _kept.Pop();
                }

                _kept.TrimExcess();
                _lowestSinceTrim = _kept.Count;
                return (long)dropped * size;
            }
        }

        // What tests run with: whoever still reads a returned block reads this pattern, and a double return is found at once.
        private void Guard(byte[] block)
        {
            if (_kept.Contains(block))
            {
                throw new InvalidOperationException("A block was returned twice.");
            }

            block.AsSpan().Fill(0xDB);
        }
    }
}
