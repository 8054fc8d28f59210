namespace NatsKestrel.Broker.Connections;

/// <summary>Whether there is room for one more connection.</summary>
internal enum Admission
{
    Accepted,

    /// <summary>As many as may be are open: it is told so.</summary>
    TooMany,

    /// <summary>As many as may be have not said anything yet: it is closed without a word.</summary>
    TooManySilent,
}
