namespace NatsKestrel.Admin.Access;

/// <summary>A message that somebody wants to be published.</summary>
/// <param name="Account">The account it is published in.</param>
/// <param name="Subject">Its subject.</param>
/// <param name="Headers">Its headers, one <c>Name: value</c> a line; empty for none.</param>
/// <param name="Payload">Its payload.</param>
/// <param name="Count">How often it is published.</param>
/// <param name="Replies">Answers to wait for, at most; 0 for none.</param>
/// <param name="Timeout">How long to wait for them.</param>
/// <param name="Rate">Messages a second where there are several; 0 for as fast as it goes.</param>
internal sealed record PublishOrder(string Account, string Subject, string Headers, byte[] Payload, int Count, int Replies, TimeSpan Timeout, int Rate = 0)
{
    /// <summary>The highest rate that is kept to.</summary>
    public const int MaxRate = 1000;

    /// <summary>The longest that publishing with a rate may take.</summary>
    public static readonly TimeSpan MaxDuration = TimeSpan.FromMinutes(5);

    /// <summary>The largest count.</summary>
    public const int MaxCount = 10_000;

    /// <summary>The most answers.</summary>
    public const int MaxReplies = 100;

    /// <summary>The longest wait.</summary>
    public static readonly TimeSpan MaxTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The headers, line by line; one without a name is no header.</summary>
    public IEnumerable<(string Line, string Name, string Value)> HeaderLines() =>
        from line in Headers.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        let colon = line.IndexOf(':', StringComparison.Ordinal)
        select colon < 1 ? (line, "", "") : (line, line[..colon].Trim(), line[(colon + 1)..].Trim());

    /// <summary>True where the same is published to the same subject.</summary>
    public bool IsSameAs(PublishOrder other) =>
        (Account, Subject, Headers) == (other.Account, other.Subject, other.Headers) && Payload.AsSpan().SequenceEqual(other.Payload);
}

/// <summary>An answer to a published message.</summary>
/// <param name="After">Time from publishing to its arrival.</param>
/// <param name="Headers">Its headers, one a line.</param>
/// <param name="Payload">The beginning of its payload.</param>
/// <param name="Size">Bytes of headers and payload.</param>
internal sealed record PublishReply(TimeSpan After, string Headers, byte[] Payload, int Size);

/// <summary>What came of it.</summary>
/// <param name="IsDone">True where it was published.</param>
/// <param name="Text">What happened, for people.</param>
/// <param name="Replies">The answers, as they came.</param>
internal sealed record PublishOutcome(bool IsDone, string Text, IReadOnlyList<PublishReply> Replies);
