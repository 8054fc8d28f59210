namespace NatsKestrel.Admin.Feed;

/// <summary>A message as the tap saw it: the beginning of it, copied.</summary>
/// <param name="Number">Its number in this tap, from 1.</param>
/// <param name="Time">When it was seen.</param>
/// <param name="Subject">Its subject.</param>
/// <param name="Reply">Its reply subject, or empty.</param>
/// <param name="Publisher">Connection that published it.</param>
/// <param name="Headers">Its header block as text, without the version line; empty where it has none.</param>
/// <param name="Length">Bytes of headers and payload.</param>
/// <param name="Payload">The first bytes of its payload.</param>
/// <param name="PayloadLength">Bytes of the whole payload.</param>
/// <param name="IsTaken">False where nobody received it.</param>
internal sealed record TappedMessage(
    long Number,
    DateTimeOffset Time,
    string Subject,
    string Reply,
    ulong Publisher,
    string Headers,
    int Length,
    byte[] Payload,
    int PayloadLength,
    bool IsTaken)
{
    /// <summary>Number of the request that it answers; 0 for none that this tap has shown.</summary>
    public long AnswerTo { get; init; }

    /// <summary>Time from that request to it.</summary>
    public TimeSpan After { get; init; }

    /// <summary>True where all of the payload was copied.</summary>
    public bool IsWhole => Payload.Length == PayloadLength;

    /// <summary>The payload's first characters in one line, where it is text; else its first bytes in hex.</summary>
    public string Preview => PayloadText.Preview(Payload, 120);
}
