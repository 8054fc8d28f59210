namespace NatsKestrel.Broker.Connections;

/// <summary>Ends a connection that does not log in in time, and one whose user's time is over.</summary>
internal sealed class LoginTimer(ClientConnection connection, TimerWheel wheel, TimeProvider time) : WheelTimer
{
    private DateTimeOffset? _expires;

    /// <summary>Waits for the login.</summary>
    public void Start(TimeSpan timeout) => wheel.Set(this, timeout);

    /// <summary>There is nothing to wait for any more.</summary>
    public void Stop() => wheel.Cancel(this);

    /// <summary>The login holds until then.</summary>
    public void Expire(DateTimeOffset expires)
    {
        _expires = expires;
        SetAgain();
    }

    /// <inheritdoc/>
    public override void OnDue()
    {
        if (_expires is null)
        {
            connection.CloseUnidentified();
        }
        else if (time.GetUtcNow() >= _expires)
        {
            connection.CloseExpired();
        }
        else
        {
            SetAgain();
        }
    }

    // A day at most: the clock may be set meanwhile, and the wheel counts time, not hours.
    private void SetAgain()
    {
        TimeSpan left = _expires!.Value - time.GetUtcNow();
        wheel.Set(this, left < TimeSpan.Zero ? TimeSpan.Zero : left > TimeSpan.FromDays(1) ? TimeSpan.FromDays(1) : left);
        if (connection.IsClosing)
        {
            wheel.Cancel(this);
        }
    }
}
