using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace NatsKestrel.Testing;

/// <summary>A broker in a process of its own: our host as it is built, or a nats-server to compare it with.</summary>
/// <remarks>Its output is kept and shown by every failure. Disposing kills the process, by its id, if it still runs.</remarks>
public sealed partial class BrokerProcess : IAsyncDisposable
{
    // Hosts that run at the same time cannot all have the default port.
    private const string WebSocketPort = "Nats__WebSocket__Port";

    private const int SignalHangup = 1;
    private const int SignalInterrupt = 2;
    private const int SignalUser1 = 10;
    private const int SignalUser2 = 12;
    private const int SignalTerminate = 15;

    /// <summary>Time to start: far more than it takes, because a machine that tests in parallel is slow.</summary>
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Lock _lock = new();    // guards the two lists, the two addresses and who waits for lines
    private readonly List<string> _output = [];
    private readonly List<string> _errors = [];
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _readOutput;
    private readonly Task _readErrors;
    private Action<string>? _waiting;
    private Uri? _clientUri;
    private Uri? _httpUri;
    private Uri? _webSocketUri;

    // The build copies the host and its runtimeconfig.json beside whatever references it.
    private static string HostAssembly => Path.Combine(AppContext.BaseDirectory, "NatsKestrel.dll");

    /// <summary>The drop-in executable, compiled ahead of time, where the variable names one; else null, and the build output is taken.</summary>
    public static string? NativeServer => Environment.GetEnvironmentVariable("NATSKESTREL_SERVER_EXE") is { Length: > 0 } path ? path : null;

    private static string ServerAssembly => Path.Combine(AppContext.BaseDirectory, "nats-server.dll");

    private static string Dotnet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    private BrokerProcess(ProcessStartInfo start, bool isReference)
    {
        start.UseShellExecute = false;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        IsReference = isReference;
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start.");
        _readOutput = ReadAsync(_process.StandardOutput, _output);
        _readErrors = ReadAsync(_process.StandardError, _errors);
    }

    /// <summary>True when this is a nats-server, or our drop-in for it, and not our host: its log looks otherwise.</summary>
    public bool IsReference { get; }

    /// <summary>Where NATS clients connect.</summary>
    public Uri ClientUri => _clientUri ?? throw new InvalidOperationException($"The broker does not listen. {Describe()}");

    /// <summary>Where HTTP is served. </summary>
    public Uri HttpUri => _httpUri ?? throw new InvalidOperationException($"The broker serves no HTTP. {Describe()}");

    /// <summary>Where WebSocket clients connect.</summary>
    public Uri WebSocketUri => _webSocketUri ?? throw new InvalidOperationException($"The broker has no WebSocket port. {Describe()}");

    /// <summary>Its id, for what <c>/proc</c> tells about it.</summary>
    public int ProcessId => _process.Id;

    /// <summary>The lines of standard output so far.</summary>
    public IReadOnlyList<string> Output => Copy(_output);

    /// <summary>The lines of standard error so far.</summary>
    public IReadOnlyList<string> Errors => Copy(_errors);

    /// <summary>Starts our host from the build output beside the tests, and waits until it listens.</summary>
    /// <param name="port">TCP port for NATS clients; 0 takes a free one.</param>
    /// <param name="arguments">Further settings, for example <c>--Nats:Limits:MaxPayload=1000</c>.</param>
    public static Task<BrokerProcess> StartHostAsync(int port = 0, params IEnumerable<string> arguments) =>
        ListeningAsync(LaunchHost([$"--Nats:Port={port}", "--Urls=http://127.0.0.1:0", .. arguments]));

    /// <summary>Starts our host in a process that may open only so many descriptors, and waits until it listens.</summary>
    /// <param name="descriptors">What <c>ulimit -n</c> is set to.</param>
    /// <param name="arguments">Further settings.</param>
    public static Task<BrokerProcess> StartHostWithDescriptorsAsync(int descriptors, params IEnumerable<string> arguments)
    {
        // The shell replaces itself by the host, so that the process id is the host's.
        string script = $"ulimit -n {descriptors}; exec \"$0\" exec \"$@\"";
        var start = new ProcessStartInfo(
            "bash", ["-c", script, Dotnet, HostAssembly, "--Nats:Port=0", "--Urls=http://127.0.0.1:0", .. arguments])
        {
            WorkingDirectory = AppContext.BaseDirectory,
        };
        start.Environment[WebSocketPort] = "0";
        return ListeningAsync(new BrokerProcess(start, isReference: false));
    }

    /// <summary>Starts our host with just these settings, and does not wait for it: for starts that are to fail.</summary>
    /// <param name="arguments">Command line.</param>
    /// <param name="environment">Variables set for the process, besides the inherited ones.</param>
    public static BrokerProcess LaunchHost(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(Dotnet, ["exec", HostAssembly, .. arguments]) { WorkingDirectory = AppContext.BaseDirectory };
        start.Environment[WebSocketPort] = "0";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return new BrokerProcess(start, isReference: false);
    }

    /// <summary>Starts a nats-server, and waits until it listens.</summary>
    /// <param name="executable">Path of nats-server.</param>
    /// <param name="port">TCP port for NATS clients; 0 takes a free one.</param>
    /// <param name="arguments">Further flags.</param>
    public static Task<BrokerProcess> StartReferenceAsync(string executable, int port = 0, params IEnumerable<string> arguments)
    {
        string portFlag = port == 0 ? "-1" : $"{port}";
        var start = new ProcessStartInfo(executable, ["-a", "127.0.0.1", "-p", portFlag, .. arguments]);
        return ListeningAsync(new BrokerProcess(start, isReference: true));
    }

    /// <summary>Starts our drop-in executable on 127.0.0.1, and waits until it listens.</summary>
    /// <param name="port">TCP port for NATS clients; 0 takes a free one.</param>
    /// <param name="arguments">Further flags of nats-server.</param>
    public static Task<BrokerProcess> StartServerAsync(int port = 0, params IEnumerable<string> arguments) =>
        ListeningAsync(LaunchServer(["-a", "127.0.0.1", "-p", port == 0 ? "-1" : $"{port}", .. arguments]));

    /// <summary>Starts our drop-in executable with just these arguments, and does not wait for it.</summary>
    public static BrokerProcess LaunchServer(params IEnumerable<string> arguments) => new(ServerCommand(arguments), isReference: true);

    /// <summary>The same with variables set for the process, besides the inherited ones.</summary>
    public static BrokerProcess LaunchServer(IReadOnlyDictionary<string, string> environment, params IEnumerable<string> arguments)
    {
        ProcessStartInfo start = ServerCommand(arguments);
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new BrokerProcess(start, isReference: true);
    }

    /// <summary>How our drop-in executable is started.</summary>
    internal static ProcessStartInfo ServerCommand(IEnumerable<string> arguments) => NativeServer is { } native
        ? new ProcessStartInfo(native, arguments)
        : new ProcessStartInfo(Dotnet, ["exec", ServerAssembly, .. arguments]);

    /// <summary>Starts a nats-server with just these arguments, and does not wait for it.</summary>
    public static BrokerProcess LaunchReference(string executable, params IEnumerable<string> arguments) =>
        new(new ProcessStartInfo(executable, arguments), isReference: true);

    /// <summary>Waits until a line of standard error matches, those before the call included.</summary>
    /// <returns>The line.</returns>
    public async Task<string> WaitForLineAsync(Func<string, bool> matches)
    {
        var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_errors.Find(line => matches(line)) is { } line)
            {
                return line;
            }

            _waiting += Look;
        }

        try
        {
            return await found.Task.WaitAsync(StartTimeout);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"There was no such line. {Describe()}");
        }
        finally
        {
            lock (_lock)
            {
                _waiting -= Look;
            }
        }

        void Look(string line)
        {
            if (matches(line))
            {
                found.TrySetResult(line);
            }
        }
    }

    /// <summary>Sends SIGHUP: reload.</summary>
    public void Reload() => Signal(SignalHangup);

    /// <summary>Sends SIGUSR1: open the log file anew.</summary>
    public void ReopenLog() => Signal(SignalUser1);

    /// <summary>Sends SIGTERM: stop now.</summary>
    public void Terminate() => Signal(SignalTerminate);

    /// <summary>Sends SIGINT, as Ctrl+C does.</summary>
    public void Interrupt() => Signal(SignalInterrupt);

    /// <summary>Sends SIGUSR2: enter lame duck mode.</summary>
    public void EnterLameDuckMode() => Signal(SignalUser2);

    /// <summary>The exit code once the process has ended and its output is read to the end; fails when that takes longer.</summary>
    public async Task<int> WaitForExitAsync(TimeSpan timeout)
    {
        try
        {
            await Task.WhenAll(_process.WaitForExitAsync(), _readOutput, _readErrors).WaitAsync(timeout);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"The broker still runs after {timeout}. {Describe()}");
        }

        return _process.ExitCode;
    }

    /// <summary>An answer of its monitoring.</summary>
    public async Task<JsonElement> GetJsonAsync(string path, CancellationToken cancellationToken = default)
    {
        using var http = new HttpClient();
        await using Stream stream = await http.GetStreamAsync(new Uri(HttpUri, path), cancellationToken);
        using JsonDocument document = await JsonDocument.ParseAsync(stream, cancellationToken: cancellationToken);
        return document.RootElement.Clone();
    }

    /// <summary>What the process printed, for the message of a failure.</summary>
    public string Describe()
    {
        string state = _process.HasExited ? $"Exit code {_process.ExitCode}." : "It runs.";
        return $"{state}\nstdout:\n{string.Join('\n', Output)}\nstderr:\n{string.Join('\n', Errors)}";
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        await Task.WhenAll(_readOutput, _readErrors);
        _process.Dispose();
    }

    private static async Task<BrokerProcess> ListeningAsync(BrokerProcess broker)
    {
        try
        {
            await broker._listening.Task.WaitAsync(StartTimeout);
            return broker;
        }
        catch (Exception reason)
        {
            // Its output ends a moment before the process does.
            await broker._process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(reason is TimeoutException ? 0 : 5))
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            string description = broker.Describe();
            await broker.DisposeAsync();
            throw new InvalidOperationException($"The broker did not start. {description}", reason);
        }
    }

    private async Task ReadAsync(StreamReader reader, List<string> lines)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_lock)
            {
                lines.Add(line);
                FindAddresses(line);
                _waiting?.Invoke(line);
            }
        }

        // The stream ends with the process. Whoever still waits for it to listen waits in vain.
        _listening.TrySetException(new EndOfStreamException("The process ended, or closed its output."));
    }

    private void FindAddresses(string line)
    {
        if (IsReference)
        {
            _clientUri ??= ReferenceListens().Match(line) is { Success: true } match ? new Uri($"nats://{match.Groups[1]}") : null;
            _webSocketUri ??= ReferenceListensForWebSockets().Match(line) is { Success: true } socket ? new Uri(socket.Groups[1].Value) : null;
            _httpUri ??= ReferenceMonitors().Match(line) is { Success: true } monitor ? new Uri($"http://{monitor.Groups[1]}") : null;
        }
        else
        {
            _clientUri ??= AddressOf("nats", line);
            _httpUri ??= AddressOf("http", line);
            _webSocketUri ??= AddressOf("ws", line) ?? AddressOf("wss", line);
        }

        if (_clientUri is not null && (IsReference ? line.EndsWith("Server is ready", StringComparison.Ordinal) : _httpUri is not null))
        {
            _listening.TrySetResult();
        }
    }

    private static Uri? AddressOf(string scheme, string line) =>
        Address().Match(line) is { Success: true } match && match.Groups[1].Value == scheme ? new Uri(match.Value) : null;

    private string[] Copy(List<string> lines)
    {
        lock (_lock)
        {
            return [.. lines];
        }
    }

    private void Signal(int signal)
    {
        // An ended process is asked about first: its id may belong to another by now.
        if (_process.HasExited || SendSignal(_process.Id, signal) != 0)
        {
            throw new InvalidOperationException($"Signal {signal} was not sent. {Describe()}");
        }
    }

    [GeneratedRegex(@"\b(nats|http|wss?)://[^\s/]+:[1-9]\d*")]
    private static partial Regex Address();

    [GeneratedRegex(@"Listening for client connections on (\S+:\d+)")]
    private static partial Regex ReferenceListens();

    [GeneratedRegex(@"Listening for websocket clients on (wss?://\S+:\d+)")]
    private static partial Regex ReferenceListensForWebSockets();

    [GeneratedRegex(@"Starting http monitor on (\S+:\d+)")]
    private static partial Regex ReferenceMonitors();

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int SendSignal(int processId, int signal);
}
