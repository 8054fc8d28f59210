using System.Diagnostics;

namespace NatsKestrel.Broker.Accounts.Authentication;

/// <summary>Threads that do nothing but hash passwords: half of the processors at most, so that messages keep moving.</summary>
/// <remarks>Whoever asks waits in a queue of its own address, and the addresses take turns: a thousand guesses from one do not
/// hold up the login from another. What could not be answered in time is not queued at all, for whoever waits holds a connection.</remarks>
internal sealed class BcryptWorkers : IDisposable
{
    /// <summary>Checks that may wait.</summary>
    public const int MaxWaiting = 8192;

    /// <summary>How long an answer may take.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new(); // guards all fields but _available
    private readonly Dictionary<string, Queue<Action>> _waiting = [];
    private readonly Queue<string> _turns = new();
    private readonly Semaphore _available = new(0, int.MaxValue);
    private int _count;
    private TimeSpan _usual;
    private bool _isStarted;
    private bool _isStopped;

    /// <summary>Threads there are once the first check was asked for.</summary>
    public static int Count => Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>Lets a worker do something, in its source's turn.</summary>
    /// <returns>False where too much waits already, of all or of this source.</returns>
    public bool TryQueue(string source, Action work)
    {
        lock (_gate)
        {
            Queue<Action>? queue = _waiting.GetValueOrDefault(source);
            if (_count >= MaxWaiting || _isStopped || (queue is not null && _usual * queue.Count * _waiting.Count / Count > MaxWait))
            {
                return false;
            }

            _count++;
            if (queue is null)
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
            long start = Stopwatch.GetTimestamp();
            work!();
            Note(Stopwatch.GetElapsedTime(start));
        }
    }

    private void Note(TimeSpan took)
    {
        lock (_gate)
        {
            _usual = _usual == default ? took : (_usual * 7 + took) / 8;
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
