using System.Runtime.CompilerServices;
using NatsKestrel.Broker.Transport;

namespace NatsKestrel.Broker.Connections;

/// <summary>What a read loop awaits to let others have a turn: it goes on in its socket's event loop, and where there is none, in the pool.</summary>
/// <remarks>One for a connection, awaited by its read loop alone, so that a turn allocates nothing.</remarks>
internal sealed class NextTurn(ITurnTaker turns) : ICriticalNotifyCompletion, IThreadPoolWorkItem
{
    private Action? _continuation;

    /// <summary>Always false: whoever awaits it lets go of its thread.</summary>
    public bool IsCompleted => false;

    public NextTurn GetAwaiter() => this;

    public void GetResult()
    {
    }

    /// <inheritdoc/>
    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    /// <inheritdoc/>
    public void UnsafeOnCompleted(Action continuation)
    {
        _continuation = continuation;
        turns.TakeTurn(this);
    }

    void IThreadPoolWorkItem.Execute() => _continuation!();
}
