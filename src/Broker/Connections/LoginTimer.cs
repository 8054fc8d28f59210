using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Connections;

/// <summary>Ends a connection that does not log in in time, and one whose user's time is over.</summary>
internal sealed class LoginTimer(ClientConnection connection, TimerWheel wheel, TimeProvider time) : WheelTimer
{
    private DateTimeOffset? _expires;
    private bool _isOfAccount;

    /// <summary>Waits for the login.</summary>
    public void Start(TimeSpan timeout) => wheel.Set(this, timeout);

    /// <summary>There is nothing to wait for any more.</summary>
    public void Stop() => wheel.Cancel(this);

    /// <summary>The login holds until then; null for always.</summary>
    /// <param name="user">When its user has to go.</param>
    /// <param name="account">When everybody in its account has to go.</param>
    public void Expire(DateTimeOffset? user, DateTimeOffset? account)
    {
        _isOfAccount = account is not null && (user is null || account < user);
        _expires = _isOfAccount ? account : user;
        if (_expires is null)
        {
            wheel.Cancel(this);
        }
        else
        {
            SetAgain();
        }
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
            connection.CloseExpired(_isOfAccount ? ProtocolError.AccountAuthenticationExpired : ProtocolError.UserAuthenticationExpired);
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
