namespace NatsKestrel.Admin.Feed;

/// <summary>A connection's state in a word.</summary>
internal enum ConnectionState
{
    /// <summary>Has not said anything for a minute.</summary>
    Idle,

    /// <summary>All is well.</summary>
    Active,

    /// <summary>More than a tenth of what may wait for it waits.</summary>
    Slow,
}
