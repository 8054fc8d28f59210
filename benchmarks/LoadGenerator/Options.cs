using System.Globalization;

namespace NatsKestrel.LoadGenerator;

/// <summary>What the command line asks for.</summary>
internal sealed record Options(IReadOnlyList<Server> Servers, int Rounds, IReadOnlyList<Scenario> Scenarios, double Scale)
{
    private static readonly string[] Schemes = ["nats", "tls", "ws", "signalr"];

    public static string Help => $"""
        Plays the same work to one or several NATS servers in turn, and prints a Markdown table of what it measured.

          --server NAME=nats://[USER:PASS@]HOST:PORT   a server; repeat it to compare: ratios are to the last one;
                                                       tls:// for one that asks for TLS (whatever its certificate),
                                                       ws:// for one that is reached by WebSocket, signalr:// for the
                                                       hub of ours at /hubs/nats (a tenth of the messages, no requests)
          --pid NAME=PID                               the server's process on this machine (Linux): adds its CPU time and memory
          --rounds N                                   times each scenario is played to each server; figures are medians (5)
          --only A,B                                   these scenarios alone
          --scale X                                    X times as many messages (1); less than 1 for a quick look

        Scenarios:
        {string.Join('\n', Scenario.All.Select(scenario => $"  {scenario.Name,-9} {scenario.Description}"))}
        """;

    /// <summary>Reads the command line.</summary>
    /// <exception cref="OptionException">It makes no sense.</exception>
    public static Options Parse(IReadOnlyList<string> args)
    {
        var servers = new List<(string Name, Uri Address)>();
        var pids = new Dictionary<string, int>();
        IReadOnlyList<Scenario> scenarios = Scenario.All;
        int rounds = 5;
        double scale = 1;
        for (int i = 0; i < args.Count; i += 2)
        {
            string value = i + 1 < args.Count ? args[i + 1] : throw new OptionException($"{args[i]} needs a value.");
            switch (args[i])
            {
                case "--server":
                    servers.Add(ReadServer(value));
                    break;
                case "--pid":
                    (string name, string pid) = Pair(value, "--pid NAME=PID");
                    pids[name] = (int)Number(pid, "--pid");
                    break;
                case "--rounds":
                    rounds = (int)Number(value, "--rounds");
                    break;
                case "--scale":
                    scale = Number(value, "--scale");
                    break;
                case "--only":
                    scenarios = [.. value.Split(',').Select(Find)];
                    break;
                default:
                    throw new OptionException($"There is no option {args[i]}; --help lists them.");
            }
        }

        if (servers.Count == 0)
        {
            throw new OptionException("Name a server: --server NAME=nats://127.0.0.1:4222");
        }

        if (pids.Keys.FirstOrDefault(name => servers.All(server => server.Name != name)) is { } stranger)
        {
            throw new OptionException($"--pid {stranger}=…: no --server has that name.");
        }

        if (servers.Exists(server => server.Address.Scheme == "tls") && scenarios.FirstOrDefault(scenario => !scenario.IsOneToOne) is { } other)
        {
            throw new OptionException($"Over tls:// there are scenarios with one publisher and one subscriber only, not {other.Name}: name them with --only.");
        }

        return new Options([.. servers.Select(server => new Server(server.Name, server.Address, pids.TryGetValue(server.Name, out int pid) ? pid : null))], rounds, scenarios, scale);
    }

    private static (string Name, Uri Address) ReadServer(string value)
    {
        (string name, string text) = Schemes.Any(scheme => value.StartsWith(scheme + "://", StringComparison.Ordinal)) ? ("server", value) : Pair(value, "--server NAME=nats://HOST:PORT");
        return Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && Schemes.Contains(address.Scheme)
            ? (name, address)
            : throw new OptionException($"{text} is no address like nats://127.0.0.1:4222.");
    }

    private static (string Name, string Value) Pair(string text, string form) =>
        text.Split('=', 2) is [{ Length: > 0 } name, { Length: > 0 } value] ? (name, value) : throw new OptionException($"Write {form}, not {text}.");

    private static double Number(string text, string option) =>
        double.TryParse(text, CultureInfo.InvariantCulture, out double number) && number > 0 && number <= int.MaxValue
            ? number
            : throw new OptionException($"{option} takes a number above 0, not {text}.");

    private static Scenario Find(string name) =>
        Scenario.All.FirstOrDefault(scenario => scenario.Name == name) ?? throw new OptionException($"There is no scenario {name}; --help lists them.");
}
