namespace NatsKestrel.Broker.Accounts.Authentication;

/// <summary>Threads that do nothing but hash passwords: half of the processors at most, so that messages keep moving.</summary>
/// <remarks>Whoever asks waits in a queue of its own address, and the addresses take turns: a thousand guesses from one do not
/// hold up the login from another.</remarks>
internal sealed class BcryptWorkers : IDisposable
{
    /// <summary>Checks that may wait.</summary>
    public const int MaxWaiting = 8192;

    private readonly Lock _gate = new(); // guards all fields but _available
    private readonly Dictionary<string, Queue<Action>> _waiting = [];
    private readonly Queue<string> _turns = new();
    private readonly Semaphore _available = new(0, int.MaxValue);
    private int _count;
    private bool _isStarted;
    private bool _isStopped;

    /// <summary>Threads there are once the first check was asked for.</summary>
    public static int Count => Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>Lets a worker do something, in its source's turn.</summary>
    /// <returns>False where too much waits already.</returns>
    public bool TryQueue(string source, Action work)
    {
        lock (_gate)
        {
            if (_count >= MaxWaiting || _isStopped)
            {
                return false;
            }

            _count++;
            if (!_waiting.TryGetValue(source, out Queue<Action>? queue))
            {
                _waiting.Add(source, queue = new Queue<Action>());
                _turns.Enqueue(source);
            }

            queue.Enqueue(work);
            StartOnce();
        }

        _available.Release();
        return true;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_isStopped)
            {
                return;
            }

            _isStopped = true;
        }

        _available.Release(Count);
    }

    private void StartOnce()
    {
        if (_isStarted)
        {
            return;
        }

        _isStarted = true;
        for (int i = 0; i < Count; i++)
        {
            new Thread(Work) { IsBackground = true, Name = "NATS password check", Priority = ThreadPriority.BelowNormal }.Start();
        }
    }

    private void Work()
    {
        while (_available.WaitOne() && TryTake(out Action? work))
        {
            work!();
        }
    }

    private bool TryTake(out Action? work)
    {
        lock (_gate)
        {
            work = null;
            if (_isStopped)
            {
                return false;
            }

            string source = _turns.Dequeue();
            Queue<Action> queue = _waiting[source];
            work = queue.Dequeue();
            _count--;
            if (queue.Count > 0)
            {
                _turns.Enqueue(source);
            }
            else
            {
                _waiting.Remove(source);
            }

            return true;
        }
    }
}
