namespace NatsKestrel.Broker.Transport;

/// <summary>The turns of connections whose socket no thread watches: the pool's.</summary>
internal sealed class PoolTurns : ITurnTaker
{
    public static readonly PoolTurns Instance = new();

    /// <inheritdoc/>
    public void TakeTurn(IThreadPoolWorkItem work) => ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false);
}
