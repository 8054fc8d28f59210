namespace NatsKestrel.Broker.Delivery;

/// <summary>One thing that happened to a traced message. What does not concern it is null.</summary>
/// <param name="Type"><c>in</c>: it came; <c>sm</c>: its subject was mapped; <c>se</c>, <c>si</c>: it went into another account as stream or
/// service; <c>eg</c>: it went to a receiver, or did not.</param>
/// <param name="Ts">When.</param>
internal sealed record TraceEvent(string Type, DateTime Ts)
{
    /// <summary>The client it came from or went to.</summary>
    public ulong? Cid { get; init; }

    public string? Acc { get; init; }

    public string? Subj { get; init; }

    public string? From { get; init; }

    public string? To { get; init; }

    public string? Sub { get; init; }

    public string? Queue { get; init; }

    public string? Error { get; init; }
}
