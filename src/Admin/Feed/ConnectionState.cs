namespace NatsKestrel.Admin.Feed;

/// <summary>A connection's state in a word.</summary>
internal enum ConnectionState
{
    /// <summary>Has said nothing for a minute, and gets nothing.</summary>
    Idle,

    /// <summary>All is well.</summary>
    Active,

    /// <summary>More than a tenth of what may wait for it waits.</summary>
    Slow,
}
