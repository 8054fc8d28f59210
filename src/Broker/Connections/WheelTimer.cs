namespace NatsKestrel.Broker.Connections;

/// <summary>Something that comes due by a <see cref="TimerWheel"/>.</summary>
internal abstract class WheelTimer
{
    internal WheelTimer? Next;
    internal WheelTimer? Previous;
    internal long DueTick;

    /// <summary>Called once when it is due, on the wheel's thread: must not block.</summary>
    public abstract void OnDue();
}
