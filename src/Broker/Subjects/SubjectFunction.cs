namespace NatsKestrel.Broker.Subjects;

/// <summary>What a token of a transformed subject is made of.</summary>
internal enum SubjectFunction
{
    /// <summary>Plain text.</summary>
    None,

    /// <summary>All that is left of the source: <c>&gt;</c>.</summary>
    Rest,

    Wildcard,
    Partition,
    Random,
    SplitFromLeft,
    SplitFromRight,
    SliceFromLeft,
    SliceFromRight,
    Split,
    Left,
    Right,
}
