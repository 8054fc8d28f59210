namespace NatsKestrel.Broker.Connections;

/// <summary>Whether a read loop that has more to do should let go of its thread first.</summary>
internal static class Turn
{
    /// <summary>
    /// True where other work waits for a thread of the pool; and on the threads that watch the sockets, which must never be kept
    /// for more than one read. A yield costs a trip through the pool's queue, about as much as reading a hundred small messages.
    /// </summary>
    /// <param name="isBusy">True where the loop has read before without waiting, since it was last woken.</param>
    public static bool IsOver(bool isBusy) =>
        Thread.CurrentThread.IsThreadPoolThread ? ThreadPool.PendingWorkItemCount > 0 : isBusy;
}
