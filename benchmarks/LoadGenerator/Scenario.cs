namespace NatsKestrel.LoadGenerator;

internal enum ScenarioKind
{
    /// <summary>Publishers at full rate, and subscribers that take all there is.</summary>
    Stream,

    /// <summary>One request after the other, each answered by the generator itself.</summary>
    Request,

    /// <summary>Connections with one subscription each, that do nothing.</summary>
    Idle,
}

/// <summary>One shape of work.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Description">One line for the help.</param>
/// <param name="Kind">What is done.</param>
/// <param name="Count">Messages published, requests made, or connections opened.</param>
/// <param name="Size">Bytes of a payload.</param>
/// <param name="Publishers">Connections that publish.</param>
/// <param name="Subscribers">Connections that subscribe.</param>
/// <param name="Subjects">Subjects published to in turn; with more than one, subscribers have a wildcard.</param>
/// <param name="Queue">The subscribers' queue group; empty where each gets every message.</param>
internal sealed record Scenario(
    string Name, string Description, ScenarioKind Kind, int Count, int Size = 16, int Publishers = 1, int Subscribers = 0, int Subjects = 1, string Queue = "")
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        // First: what a server has once taken for a burst of messages would hide what connections cost.
        new("idle2k", "2,000 idle connections, one subscription each", ScenarioKind.Idle, 2_000),
        new("pub16", "1 publisher, nobody listens, 16 bytes", ScenarioKind.Stream, 4_000_000),
        new("pub16x8", "8 publishers, nobody listens, 16 bytes", ScenarioKind.Stream, 4_000_000, Publishers: 8),
        new("one16", "1 publisher, 1 subscriber, 16 bytes", ScenarioKind.Stream, 2_000_000, Subscribers: 1),
        new("one128", "1 publisher, 1 subscriber, 128 bytes", ScenarioKind.Stream, 1_000_000, 128, Subscribers: 1),
        new("one1k", "1 publisher, 1 subscriber, 1 KiB", ScenarioKind.Stream, 400_000, 1024, Subscribers: 1),
        new("one8k", "1 publisher, 1 subscriber, 8 KiB", ScenarioKind.Stream, 80_000, 8192, Subscribers: 1),
        new("one256k", "1 publisher, 1 subscriber, 256 KiB", ScenarioKind.Stream, 3_000, 262_144, Subscribers: 1),
        new("4to4", "4 publishers, 4 subscribers to all, 128 bytes", ScenarioKind.Stream, 300_000, 128, 4, 4),
        new("fan64", "1 publisher, 64 subscribers, 128 bytes", ScenarioKind.Stream, 30_000, 128, 1, 64),
        new("queue8", "2 publishers, a queue group of 8, 128 bytes", ScenarioKind.Stream, 600_000, 128, 2, 8, Queue: "workers"),
        new("wild1k", "2 publishers on 1,000 subjects, 2 subscribers with a wildcard, 64 bytes", ScenarioKind.Stream, 400_000, 64, 2, 2, 1000),
        new("reqrep", "one request after the other, 16 bytes", ScenarioKind.Request, 8_000),
    ];

    /// <summary>True where no thread has to wait for several connections at once.</summary>
    public bool IsOneToOne => Publishers == 1 && Subscribers <= 1;

    public string Subject(int index) => Subjects == 1 ? "bench.subject" : $"bench.subject.{index}";

    public string SubscribedSubject => Subjects == 1 ? "bench.subject" : "bench.subject.*";
}
