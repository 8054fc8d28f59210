namespace NatsKestrel.Admin.Feed;

/// <summary>What a page needs of the feed beside the server's totals: the rest is not gathered while no page needs it.</summary>
[Flags]
internal enum FeedParts
{
    /// <summary>The totals alone.</summary>
    Totals = 0,

    /// <summary>All open connections with their rates.</summary>
    Connections = 1,

    /// <summary>What is published, by subject: the one part that costs publishers anything.</summary>
    Traffic = 2,
}
