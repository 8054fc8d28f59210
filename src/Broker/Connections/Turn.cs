namespace NatsKestrel.Broker.Connections;

/// <summary>Whether a busy read loop should let go of its thread.</summary>
internal static class Turn
{
    /// <summary>
    /// True where other work waits for a thread, or the thread is the one that watches all sockets: that one must never be kept.
    /// A yield costs a trip through the pool's queue, about as much as reading a hundred small messages.
    /// </summary>
    public static bool IsWantedByOthers => !Thread.CurrentThread.IsThreadPoolThread || ThreadPool.PendingWorkItemCount > 0;
}
