namespace NatsKestrel.Broker.Connections;

/// <summary>Sends the server's PINGs to one client, and closes it when they stay unanswered.</summary>
/// <remarks>
/// As nats-server: the first PING comes about two seconds after CONNECT whatever the client does (it measures the round
/// trip), the later ones only after an interval without a complete operation.
/// </remarks>
internal sealed class KeepAlive(ClientConnection connection, TimerWheel wheel, TimeProvider time) : WheelTimer
{
    private static readonly TimeSpan FirstPing = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan MaxRoundTripAge = TimeSpan.FromHours(1);

    private long _lastPing;
    private int _outstanding;
    private volatile bool _isAnswerDue; // true where it wakes to look for an answer, before the interval is over

    private TimeSpan? AnswerTime => connection.Door?.PingTimeout;

    private TimeSpan Interval => connection.Door?.PingInterval ?? connection.Settings.PingInterval;

    /// <summary>The round trip last measured; zero before the first.</summary>
    public TimeSpan RoundTrip { get; private set; }

    /// <summary>Starts with a full interval, at accept.</summary>
    public void Start() => wheel.Set(this, Interval);

    /// <summary>Takes the handshake for the first round trip, and brings the first PING forward.</summary>
    public void OnConnect(TimeSpan sinceAccept)
    {
        RoundTrip = sinceAccept;
        _isAnswerDue = false;
        TimeSpan interval = Interval;
        TimeSpan first = interval < FirstPing ? interval : FirstPing;
        wheel.Set(this, first + (first * (Random.Shared.NextDouble() / 5)));
    }

    public void OnPong()
    {
        Volatile.Write(ref _outstanding, 0);
        if (_lastPing != 0)
        {
            RoundTrip = time.GetElapsedTime(_lastPing);
        }
    }

    public void Stop() => wheel.Cancel(this);

    /// <inheritdoc/>
    public override void OnDue()
    {
        if (connection.IsClosing)
        {
            return;
        }

        if (_isAnswerDue && Volatile.Read(ref _outstanding) > 0)
        {
            connection.CloseStale();
            return;
        }

        if (_isAnswerDue || !IsPingNeeded())
        {
            SetAgain(_isAnswerDue ? Interval - AnswerTime!.Value : Interval);
            _isAnswerDue = false;
            return;
        }

        if (Interlocked.Increment(ref _outstanding) > connection.Settings.PingMax)
        {
            connection.CloseStale();
            return;
        }

        Ping();
        _isAnswerDue = AnswerTime < Interval;
        SetAgain(_isAnswerDue ? AnswerTime!.Value : Interval);
    }

    /// <summary>Asks for the round trip now.</summary>
    public void Ping()
    {
        _lastPing = time.GetTimestamp();
        connection.SendPing();
    }

    // The connection may have ended, and stopped this timer, since OnDue looked: it must not stay in the wheel then.
    private void SetAgain(TimeSpan delay)
    {
        wheel.Set(this, delay);
        if (connection.IsClosing)
        {
            wheel.Cancel(this);
        }
    }

    private bool IsPingNeeded() => _lastPing == 0
        || time.GetElapsedTime(_lastPing) >= MaxRoundTripAge
        || connection.IdleTime >= Interval;
}
