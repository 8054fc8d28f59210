using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace NatsKestrel.Broker.Transport;

/// <summary>One thread that watches many sockets and runs whoever waits for one of them (Linux: epoll).</summary>
/// <remarks>
/// The runtime's own sockets hand each event to the thread pool; here the thread that sees data arrive reads, delivers and sends
/// it. Each socket gets one read per round, so a flooding client delays a quiet one by a round at most; and of those who come or go only
/// a few get theirs, so that thousands who do so at once do not delay those who stay. Nothing that runs here may block: who must wait
/// awaits something else, and comes back with its next read.
/// </remarks>
internal sealed partial class SocketLoop : IDisposable
{
    private const int MaxEvents = 64;
    private const int MaxTurns = 64;
    private const int MaxBehind = 4;
    private const int NoTimeout = -1;

    // With waits as short as these there are a thousand events a second or more; to poll costs a twentieth of the time at most.
    private static readonly TimeSpan BriskWait = TimeSpan.FromMilliseconds(1);

    private readonly TimeSpan _busyPoll;
    private readonly ILogger _logger;
    private readonly int _epoll;
    private readonly int _wakeUp;
    private readonly Thread _thread;
    private readonly ConcurrentQueue<IThreadPoolWorkItem> _posted = new(); // by other threads
    private readonly Queue<IThreadPoolWorkItem> _turns = new(); // by the loop's own thread alone
    private readonly Queue<IThreadPoolWorkItem> _behind = new(); // by the loop's own thread alone
    private readonly Lock _gate = new(); // guards _sockets, _freeSlots, _isClosed: what is closed must not be written to
    private readonly Stack<int> _freeSlots = new();
    private volatile LoopSignals?[] _sockets = new LoopSignals?[64];
    private int _slotCount;
    private bool _isBrisk; // events come in quick succession
    private int _isAwake;
    private volatile bool _isStopping;
    private bool _isClosed;

    /// <param name="number">For the name of its thread.</param>
    /// <param name="busyPoll">How long to look for the next event before falling asleep, where events come in quick succession.</param>
    /// <param name="logger">Told of what should not happen.</param>
    public SocketLoop(int number, TimeSpan busyPoll, ILogger logger)
    {
        // On a single processor whoever polls keeps the others from sending what is looked for.
        _busyPoll = Environment.ProcessorCount > 1 ? busyPoll : TimeSpan.Zero;
        _logger = logger;
        _epoll = Check(Native.CreateEpoll(Native.CloseOnExec));
        _wakeUp = Check(Native.CreateEvent(0, Native.CloseOnExec | Native.NonBlocking));
        Watch(_wakeUp, Native.Readable, slot: -1);
        _thread = new Thread(Run) { IsBackground = true, Name = $"NATS sockets {number}" };
        _thread.Start();
    }

    /// <summary>True where this system has what the loop is made of.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux();

    /// <summary>Starts to watch a socket, in both directions, until it is closed.</summary>
    /// <returns>Its slot, for <see cref="Remove"/>.</returns>
    public int Add(Socket socket, LoopSignals signals)
    {
        int slot;
        lock (_gate)
        {
            slot = _freeSlots.TryPop(out int free) ? free : _slotCount++;
            if (slot == _sockets.Length)
            {
                LoopSignals?[] larger = new LoopSignals?[_sockets.Length * 2];
                _sockets.CopyTo(larger, 0);
                _sockets = larger;
            }

            _sockets[slot] = signals;
        }

        ObjectDisposedException.ThrowIf(_isStopping, this);
        Watch((int)socket.SafeHandle.DangerousGetHandle(), Native.Readable | Native.Writable | Native.PeerClosed | Native.OnChange, slot);
        return slot;
    }

    /// <summary>Forgets a socket that was closed: the kernel has forgotten it by itself. A late event may still reach the slot's next user, as a false alarm.</summary>
    public void Remove(int slot)
    {
        lock (_gate)
        {
            _sockets[slot] = null;
            _freeSlots.Push(slot);
        }
    }

    /// <summary>Has the loop's thread do this soon: after everybody who is in line already.</summary>
    public void Post(IThreadPoolWorkItem work)
    {
        if (Thread.CurrentThread == _thread)
        {
            _turns.Enqueue(work);
            return;
        }

        _posted.Enqueue(work);
        if (Interlocked.Exchange(ref _isAwake, 1) == 0)
        {
            WakeUp();
        }
    }

    /// <summary>Has the loop do this when it has looked after all others. On the loop's own thread.</summary>
    public void PutBehind(IThreadPoolWorkItem work) => _behind.Enqueue(work);

    /// <summary>Ends the loop; callable from its own thread too. Whoever still waits for a socket is not woken any more.</summary>
    public void Dispose()
    {
        _isStopping = true;
        WakeUp();
    }

    private unsafe void Run()
    {
        byte* events = stackalloc byte[MaxEvents * Native.EventSize];
        while (!_isStopping)
        {
            try
            {
                RunRound(events);
            }
            catch (Exception exception)
            {
                // Whoever is woken handles its own failures; this is the last line before the end of the process.
                _logger.LoopFailed(exception);
            }
        }

        lock (_gate)
        {
            _isClosed = true;
            _ = Native.Close(_wakeUp);
            _ = Native.Close(_epoll);
        }
    }

    private unsafe void RunRound(byte* events)
    {
        int count = _isBrisk ? PollForEvents(events) : 0;
        if (count == 0)
        {
            count = WaitForEvents(events);
        }

        Volatile.Write(ref _isAwake, 1);
        for (int i = 0; i < count; i++)
        {
            byte* happened = events + (i * Native.EventSize);
            Dispatch(*(uint*)happened, *(int*)(happened + Native.EventDataOffset));
        }

        RunTurns();
    }

    // To fall asleep and be woken costs both ends more than a short look, most of all where the processors are virtual.
    private unsafe int PollForEvents(byte* events)
    {
        long start = Stopwatch.GetTimestamp();
        while (!HasWork && _posted.IsEmpty && Stopwatch.GetElapsedTime(start) < _busyPoll)
        {
            int count = Native.WaitForEvents(_epoll, events, MaxEvents, 0);
            if (count > 0)
            {
                return count;
            }

            Thread.Yield();
        }

        return 0;
    }

    private unsafe int WaitForEvents(byte* events)
    {
        long start = Stopwatch.GetTimestamp();
        int count = Native.WaitForEvents(_epoll, events, MaxEvents, Timeout());
        _isBrisk = _busyPoll > TimeSpan.Zero && Stopwatch.GetElapsedTime(start) < BriskWait;
        return count;
    }

    private bool HasWork => _turns.Count + _behind.Count > 0;

    // Whoever posts after the flag fell writes to the event; whoever posted before it is seen by the second look.
    private int Timeout()
    {
        if (HasWork)
        {
            return 0;
        }

        Interlocked.Exchange(ref _isAwake, 0);
        return _posted.IsEmpty ? NoTimeout : 0;
    }

    private void Dispatch(uint flags, int slot)
    {
        if (slot < 0)
        {
            Native.ClearEvent(_wakeUp);
            return;
        }

        LoopSignals?[] sockets = _sockets;
        if (slot < sockets.Length && sockets[slot] is { } socket)
        {
            // An error or a hang-up concerns both directions: whoever tries learns of it.
            bool isBroken = (flags & (Native.Error | Native.HangUp)) != 0;
            bool isEnding = isBroken || (flags & Native.PeerClosed) != 0;
            socket.OnEvents(isEnding || (flags & Native.Readable) != 0, isBroken || (flags & Native.Writable) != 0, isEnding);
        }
    }

    // Those in line now, or the first of them: who queues up again meanwhile waits until the sockets were looked at, and when
    // thousands of connections end at once, the others do not wait for all of them.
    private void RunTurns()
    {
        while (_posted.TryDequeue(out IThreadPoolWorkItem? posted))
        {
            _turns.Enqueue(posted);
        }

        for (int left = Math.Min(_turns.Count, MaxTurns); left > 0; left--)
        {
            _turns.Dequeue().Execute();
        }

        for (int left = Math.Min(_behind.Count, MaxBehind); left > 0; left--)
        {
            _behind.Dequeue().Execute();
        }
    }

    private unsafe void Watch(int descriptor, uint flags, int slot)
    {
        byte* wanted = stackalloc byte[Native.EventSize];
        *(uint*)wanted = flags;
        *(long*)(wanted + Native.EventDataOffset) = slot;
        Check(Native.Control(_epoll, Native.AddDescriptor, descriptor, wanted));
    }

    private unsafe void WakeUp()
    {
        lock (_gate)
        {
            if (!_isClosed)
            {
                ulong one = 1;
                _ = Native.Write(_wakeUp, &one, sizeof(ulong));
            }
        }
    }

    private static int Check(int result) =>
        result >= 0 ? result : throw new SocketException(Marshal.GetLastPInvokeError());

    /// <summary>The five calls of Linux that .NET has no name for. Numbers as in its headers, the same on all architectures.</summary>
    private static unsafe partial class Native
    {
        public const int CloseOnExec = 0x80000;
        public const int NonBlocking = 0x800;
        public const int AddDescriptor = 1;
        public const uint Readable = 0x001;
        public const uint Writable = 0x004;
        public const uint Error = 0x008;
        public const uint HangUp = 0x010;
        public const uint PeerClosed = 0x2000;
        public const uint OnChange = 1u << 31;

        // struct epoll_event is packed on x64, and nowhere else.
        public static readonly int EventDataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
        public static readonly int EventSize = EventDataOffset + 8;

        public static void ClearEvent(int descriptor)
        {
            ulong count;
            _ = Read(descriptor, &count, sizeof(ulong));
        }

        [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
        public static partial int CreateEpoll(int flags);

        [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
        public static partial int Control(int epoll, int operation, int descriptor, byte* wanted);

        [LibraryImport("libc", EntryPoint = "epoll_wait")]
        public static partial int WaitForEvents(int epoll, byte* events, int maxEvents, int milliseconds);

        [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
        public static partial int CreateEvent(uint initial, int flags);

        [LibraryImport("libc", EntryPoint = "read")]
        private static partial nint Read(int descriptor, void* target, nint length);

        [LibraryImport("libc", EntryPoint = "write")]
        public static partial nint Write(int descriptor, void* source, nint length);

        [LibraryImport("libc", EntryPoint = "close")]
        public static partial int Close(int descriptor);
    }
}
