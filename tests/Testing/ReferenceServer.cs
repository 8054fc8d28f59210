using System.Diagnostics;
using System.Text.RegularExpressions;

namespace NatsKestrel.Testing;

/// <summary>A real nats-server in a process of its own, on a free port of 127.0.0.1; disposing stops it.</summary>
/// <remarks>It is looked for in the environment variable <c>NATS_SERVER_EXE</c>, then on the PATH. Tests that need it say
/// <c>Assert.SkipWhen(ReferenceServer.IsMissing, ReferenceServer.MissingReason)</c>.</remarks>
public sealed partial class ReferenceServer : IAsyncDisposable
{
    /// <summary>Why tests that compare with nats-server were skipped.</summary>
    public const string MissingReason = "There is no nats-server here: set NATS_SERVER_EXE to its path, or put it on the PATH.";

    /// <summary>Where it listens.</summary>
    public const string Host = "127.0.0.1";

    /// <summary>Where it is; null where this machine has none.</summary>
    public static string? Executable { get; } = Find();

    private readonly Process _process;
    private readonly string _configurationFile;
    private Task _restOfLog = Task.CompletedTask;

    private ReferenceServer(Process process, string configurationFile)
    {
        _process = process;
        _configurationFile = configurationFile;
    }

    /// <summary>True when this machine has no nats-server.</summary>
    public static bool IsMissing => Executable is null;

    public int Port { get; private set; }

    /// <summary>Starts a server and waits until it says that it is ready.</summary>
    /// <param name="configuration">Text of its nats.conf, without address and port.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    public static Task<ReferenceServer> StartAsync(string configuration = "", CancellationToken cancellationToken = default) =>
        StartAsync(arguments => new ProcessStartInfo(Executable ?? throw new InvalidOperationException(MissingReason), arguments), configuration, cancellationToken);

    /// <summary>Starts our drop-in executable in the same way, with our own defaults.</summary>
    public static Task<ReferenceServer> StartDropInAsync(string configuration, CancellationToken cancellationToken = default) =>
        StartAsync(arguments => BrokerProcess.ServerCommand(["--strict", .. arguments]), configuration, cancellationToken);

    private static async Task<ReferenceServer> StartAsync(
        Func<string[], ProcessStartInfo> command, string configuration, CancellationToken cancellationToken)
    {
        string configurationFile = Path.Combine(Path.GetTempPath(), $"nats-reference-{Guid.NewGuid():N}.conf");
        await File.WriteAllTextAsync(configurationFile, configuration, cancellationToken);
        ProcessStartInfo start = command(["-c", configurationFile, "-a", Host, "-p", "-1"]);
        start.RedirectStandardError = true;
        var server = new ReferenceServer(Process.Start(start)!, configurationFile);
        AppDomain.CurrentDomain.ProcessExit += server.StopNow;
        try
        {
            await server.ReadUntilReadyAsync(cancellationToken).WaitAsync(TimeSpan.FromSeconds(20), cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs it for an answer, such as that of <c>-t</c>, until it ends by itself.</summary>
    /// <returns>What it wrote to its error stream.</returns>
    public static async Task<string> RunAsync(
        IEnumerable<string> arguments, string folder, IReadOnlyDictionary<string, string> variables, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Executable ?? throw new InvalidOperationException(MissingReason), arguments)
        {
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        foreach ((string name, string value) in variables)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        string answer = await process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return answer;
    }

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= StopNow;
        StopNow(this, EventArgs.Empty);
        await _process.WaitForExitAsync();
        await _restOfLog;
        _process.Dispose();
        File.Delete(_configurationFile);
    }

    private static string? Find()
    {
        string name = OperatingSystem.IsWindows() ? "nats-server.exe" : "nats-server";
        IEnumerable<string> folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return folders.Select(folder => Path.Combine(folder, name))
            .Prepend(Environment.GetEnvironmentVariable("NATS_SERVER_EXE") ?? "")
            .FirstOrDefault(File.Exists);
    }

    private async Task ReadUntilReadyAsync(CancellationToken cancellationToken)
    {
        var log = new List<string>();
        while (await _process.StandardError.ReadLineAsync(cancellationToken) is { } line)
        {
            log.Add(line);
            if (ListeningLine().Match(line) is { Success: true } listening)
            {
                Port = int.Parse(listening.Groups["port"].ValueSpan, provider: null);
            }

            if (line.Contains("Server is ready", StringComparison.Ordinal))
            {
                // Nobody wants the log from here on, but an unread pipe would stop the server once it is full.
                _restOfLog = _process.StandardError.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
                return;
            }
        }

        throw new InvalidOperationException($"nats-server did not start:\n{string.Join('\n', log)}");
    }

    private void StopNow(object? sender, EventArgs e)
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    [GeneratedRegex(@"Listening for client connections on .*:(?<port>\d+)$")]
    private static partial Regex ListeningLine();
}
