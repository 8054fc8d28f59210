namespace NatsKestrel.Broker.Configuration;

/// <summary>How a user may answer requests delivered to it.</summary>
public sealed class ResponsePermissionOptions
{
    /// <summary>Messages that may be published to one reply subject.</summary>
    /// <value>Default 1; negative for any number; 0 means the default.</value>
    public int Max { get; set; } = 1;

    /// <summary>Time after the request in which they may be.</summary>
    /// <value>Default 2 minutes; negative for ever; 0 means the default.</value>
    public TimeSpan Expires { get; set; } = TimeSpan.FromMinutes(2);
}
