namespace NatsKestrel.LoadGenerator;

/// <summary>Plays every scenario to every server, round after round.</summary>
internal static class Comparison
{
    // A hub takes each message for a call of its own: as many would last for minutes.
    private const int HubScale = 10;

    // Nats:Hub:MaxMessage is 32 KiB, with all that stands around the payload.
    private const int MaxHubMessage = 30_000;

    private static readonly Scenario WarmUp = new("warm", "", ScenarioKind.Stream, 400_000, Publishers: 2, Subscribers: 2);
    private static readonly Scenario WarmUpRequests = new("warm", "", ScenarioKind.Request, 2000);

    public static ResultTable Run(Options options, TextWriter progress)
    {
        foreach (Server server in options.Servers)
        {
            progress.WriteLine($"Warming up {server.Name}, so that no just-in-time compiler is measured.");
            for (int i = 0; i < 3; i++)
            {
                Play(server, server.IsTls ? WarmUp with { Publishers = 1, Subscribers = 1 } : WarmUp, WarmUp.Count);
                Play(server, WarmUpRequests, WarmUpRequests.Count);
            }
        }

        var table = new ResultTable(options.Servers, options.Rounds);
        foreach (Scenario scenario in options.Scenarios)
        {
            // Memory of idle connections is measured once: a second time the server has it already.
            int rounds = scenario.Kind == ScenarioKind.Idle ? 1 : options.Rounds;
            var runs = options.Servers.ToDictionary(server => server, _ => new List<Figures>());
            for (int round = 1; round <= rounds; round++)
            {
                // In turn, so that a machine whose speed drifts harms all of them alike.
                foreach (Server server in options.Servers)
                {
                    progress.WriteLine($"{scenario.Name}: round {round} of {rounds}, {server.Name}");
                    double scale = scenario.Kind == ScenarioKind.Idle ? 1 : options.Scale;
                    runs[server].Add(Play(server, scenario, Math.Max(1, (int)(scenario.Count * scale))));
                }
            }

            table.Add(scenario, runs);
        }

        return table;
    }

    private static Figures Play(Server server, Scenario scenario, int count)
    {
        switch (scenario.Kind)
        {
            case var kind when server.IsHub && (kind == ScenarioKind.Request || scenario.Size > MaxHubMessage):
                return new Figures(); // its requests are calls, and go another way
            case ScenarioKind.Request:
                return RequestRun.Play(server, count, scenario.Size);
            case ScenarioKind.Idle:
                return IdleRun.Play(server, count);
            default:
                using (var run = new StreamRun(server, scenario, server.IsHub ? count / HubScale : count))
                {
                    return run.Play();
                }
        }
    }
}
