using System.Numerics;

namespace NatsKestrel.WebGateway.WebSocket;

/// <summary>The mask that browsers lay over what they send.</summary>
internal static class Mask
{
    /// <summary>Copies bytes and takes the mask off (or puts it on).</summary>
    /// <param name="input">The bytes.</param>
    /// <param name="output">Has room for as many; may be the same memory, or begin before it.</param>
    /// <param name="mask">Four bytes.</param>
    /// <param name="offset">Which of them is due for the first byte.</param>
    public static void Apply(ReadOnlySpan<byte> input, Span<byte> output, ReadOnlySpan<byte> mask, int offset)
    {
        int at = 0;
        if (input.Length >= Vector<byte>.Count)
        {
            // The mask's period divides the length of a vector, so that one pattern does for all of them.
            Span<byte> pattern = stackalloc byte[Vector<byte>.Count];
            for (int i = 0; i < pattern.Length; i++)
            {
                pattern[i] = mask[(i + offset) & 3];
            }

            var vector = new Vector<byte>(pattern);
            for (; at <= input.Length - Vector<byte>.Count; at += Vector<byte>.Count)
            {
                (new Vector<byte>(input[at..]) ^ vector).CopyTo(output[at..]);
            }
        }

        for (; at < input.Length; at++)
        {
            output[at] = (byte)(input[at] ^ mask[(at + offset) & 3]);
        }
    }
}
