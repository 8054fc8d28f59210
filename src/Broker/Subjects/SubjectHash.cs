using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace NatsKestrel.Broker.Subjects;

/// <summary>The hash of tokens, subjects and queue names: eight bytes at a time, and different in each process.</summary>
/// <remarks>
/// Subjects are chosen by strangers, so the seeds are random: who cannot know them cannot pick subjects that collide.
/// The mixing step is that of wyhash: both halves of a 128-bit product, folded. What comes of one such step is nearly linear in the
/// text: with 3 of 100 seeds <c>device-1</c>, <c>device-2</c>, … crowded into too few places of a table, and <c>00000001</c>, … with 69.
/// Another product ends that (0 of 3,000) and takes 0.3 ns.
/// </remarks>
internal static class SubjectHash
{
    private static readonly ulong StateSeed = RandomSeed();
    private static readonly ulong DataSeed = RandomSeed();

    public static ulong Compute(ReadOnlySpan<byte> text)
    {
        ulong state = StateSeed ^ (uint)text.Length;
        if (text.Length < 8)
        {
            return Spread(Mix(state, Short(text)));
        }

        ReadOnlySpan<byte> rest = text;
        while (rest.Length > 8)
        {
            state = Mix(state, BinaryPrimitives.ReadUInt64LittleEndian(rest));
            rest = rest[8..];
        }

        // The last eight bytes, some of them for the second time: the length, mixed in above, keeps it unambiguous.
        return Spread(Mix(state, BinaryPrimitives.ReadUInt64LittleEndian(text[^8..])));
    }

    /// <summary>Half of the hash, which is all that one level of the trie needs.</summary>
    public static uint OfToken(ReadOnlySpan<byte> token) => (uint)Compute(token);

    private static ulong Short(ReadOnlySpan<byte> text)
    {
        if (text.Length >= 4)
        {
            return BinaryPrimitives.ReadUInt32LittleEndian(text) | ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(text[^4..]) << 32);
        }

        return text.IsEmpty ? 0 : text[0] | ((ulong)text[text.Length / 2] << 8) | ((ulong)text[^1] << 16);
    }

    // Left to itself the JIT makes it a call, which took an eighth of a match that the cache answers (2 of 14 ns).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong state, ulong data)
    {
        ulong high = Math.BigMul(state ^ 0x9E37_79B9_7F4A_7C15, data ^ DataSeed, out ulong low);
        return high ^ low;
    }

    // The upper half of the product depends on every bit: it becomes the lower one, which tables look at.
    private static ulong Spread(ulong hash) => BitOperations.RotateRight(hash * 0x9E37_79B9_7F4A_7C15, 32);

    private static ulong RandomSeed()
    {
        // From the system's generator all the same, without loading OpenSSL at start (NkeyText has the figures). The few
        // fixed bits of each half meet random ones of the other.
        Span<ulong> halves = stackalloc ulong[2];
        Guid.NewGuid().TryWriteBytes(MemoryMarshal.AsBytes(halves));
        return halves[0] ^ halves[1];
    }
}
