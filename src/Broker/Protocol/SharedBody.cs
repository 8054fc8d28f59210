using System.Buffers;

namespace NatsKestrel.Broker.Protocol;

/// <summary>One copy of a large message body, shared by everyone it waits for and returned when the last has sent it.</summary>
/// <remarks>The only type that counts references to shared bytes; whoever makes one owns the first reference.</remarks>
internal sealed class SharedBody
{
    /// <summary>From this size on, two receivers or more share a copy. Below it a copy each is cheaper than the bookkeeping.</summary>
    public const int MinLength = 16 * 1024;

    private static long _livingBytes;

    private readonly byte[] _bytes;
    private readonly int _length;
    private int _references = 1;

    private SharedBody(byte[] bytes, int length)
    {
        _bytes = bytes;
        _length = length;
    }

    /// <summary>Bytes of all shared bodies that somebody still holds.</summary>
    public static long LivingBytes => Interlocked.Read(ref _livingBytes);

    /// <summary>Header block, payload and CR LF.</summary>
    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, _length);

    /// <summary>Copies the body out of the read buffer.</summary>
    public static SharedBody Copy(ref readonly Message message)
    {
        int length = message.Length + 2;
        byte[] bytes = ArrayPool<byte>.Shared.Rent(length);
        message.CopyBodyTo(bytes.AsSpan(0, length));
        Interlocked.Add(ref _livingBytes, bytes.Length);
        return new SharedBody(bytes, length);
    }

    public void Retain() => Interlocked.Increment(ref _references);

    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            Interlocked.Add(ref _livingBytes, -_bytes.Length);
            ArrayPool<byte>.Shared.Return(_bytes);
        }
    }
}
