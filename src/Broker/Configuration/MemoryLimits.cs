namespace NatsKestrel.Broker.Configuration;

/// <summary>What the server may keep in memory for clients that do not read.</summary>
/// <param name="AvailableBytes">What the garbage collector may use: in a container with a memory limit it stops at 75 % of that limit by itself,
/// elsewhere it is the machine's memory.</param>
/// <param name="PendingBytes">Bytes that may wait for all clients together.</param>
internal sealed record MemoryLimits(long AvailableBytes, long PendingBytes)
{
    /// <summary>The limits of this process.</summary>
    public static MemoryLimits Read(LimitOptions options) =>
        Compute(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, options);

    /// <summary>The arithmetic alone: the configured budget, or a quarter of what is available, but room for one message at least.</summary>
    public static MemoryLimits Compute(long availableBytes, LimitOptions options) =>
        new(availableBytes, options.MaxPendingTotal > 0 ? options.MaxPendingTotal : Math.Max(availableBytes / 4, options.MaxPayload));

    /// <summary>Where cutting may stop, once it had to begin: 90 % of <see cref="PendingBytes"/>.</summary>
    public long RelievedBytes => PendingBytes / 10 * 9;
}
