using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Integration.Tests;

/// <summary>The server that real clients are tested against, in a process of its own: it can be stopped and started on the same port.</summary>
/// <remarks>
/// It is our host, unless the variable <c>TEST_AGAINST_REFERENCE</c> is set: then the same tests run against the nats-server that
/// <c>NATS_SERVER_EXE</c> names, which shows whether a failing test is wrong or the broker is.
/// </remarks>
public class ServerUnderTest : IAsyncLifetime
{
    /// <summary>Why a test of our host alone is skipped where <see cref="IsReference"/>.</summary>
    public const string NotOurHost = "The tests run against a nats-server, and this is about our own host.";

    private readonly string[] _hostArguments;
    private readonly string _configuration;
    private BrokerProcess? _process;
    private int _webSocketPort;

    public ServerUnderTest()
        : this([], "")
    {
    }

    protected ServerUnderTest(string[] hostArguments, string configuration)
    {
        _hostArguments = hostArguments;
        _configuration = configuration;
    }

    /// <summary>True when the tests run against a nats-server.</summary>
    public static bool IsReference { get; } = Environment.GetEnvironmentVariable("TEST_AGAINST_REFERENCE") is not null;

    /// <summary>The running process.</summary>
    public BrokerProcess Process => _process ?? throw new InvalidOperationException("The server was never started.");

    /// <summary>Where clients connect; the same after a restart.</summary>
    public Uri ClientUri => Process.ClientUri;

    /// <summary>Where clients connect that come as WebSockets; the same after a restart.</summary>
    public Uri WebSocketUri => Process.WebSocketUri;

    /// <summary>Starts another server of this kind, for one test alone.</summary>
    public Task<ServerUnderTest> StartAnotherAsync() => StartAnotherAsync([], "");

    /// <summary>Starts a server whose lame duck mode is short: after the grace period each client is closed within a second of the last.</summary>
    /// <param name="gracePeriod">Time clients are left alone after the notice; zero if left out.</param>
    public async Task<ServerUnderTest> StartWithShortLameDuckModeAsync(TimeSpan gracePeriod = default)
    {
        // 30 seconds is the least that may be set, but also more than a few clients take. A nats-server reads 0 as its default.
        double milliseconds = Math.Max(1, gracePeriod.TotalMilliseconds);
        return await StartAnotherAsync(
            ["--Nats:LameDuck:Duration=00:00:30", $"--Nats:LameDuck:GracePeriod={gracePeriod:c}"],
            $"lame_duck_duration: \"30s\"\nlame_duck_grace_period: \"{milliseconds}ms\"\n");
    }

    /// <summary>Starts a server whose system account has the user <c>sys</c> with the password <c>p</c>.</summary>
    public Task<ServerUnderTest> StartWithSystemUserAsync() => StartAnotherAsync(
        ["--Nats:SystemAccount=SYS", "--Nats:Accounts:0:Name=SYS", "--Nats:Accounts:0:Users:0:User=sys", "--Nats:Accounts:0:Users:0:Password=p"],
        "system_account: SYS\naccounts { SYS { users: [{ user: sys, password: p }] } }\n");

    /// <summary>Stops the server with SIGTERM and waits for its end.</summary>
    public async Task StopAsync()
    {
        Process.Terminate();
        int exitCode = await Process.WaitForExitAsync(TimeSpan.FromSeconds(15));
        Assert.True(exitCode == 0, Process.Describe());
    }

    /// <summary>Starts the stopped server again, on the port it had.</summary>
    public async Task StartAgainAsync()
    {
        int port = ClientUri.Port;
        _webSocketPort = WebSocketUri.Port;
        await Process.DisposeAsync();
        await LaunchAsync(port);
    }

    public async ValueTask InitializeAsync() => await LaunchAsync(port: 0);

    /// <summary>Starts our host with settings of its own, for one test alone.</summary>
    public static async Task<ServerUnderTest> StartWithAsync(params string[] hostArguments)
    {
        var server = new ServerUnderTest(hostArguments, "");
        await server.LaunchAsync(port: 0);
        return server;
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _process?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    /// <summary>One of this kind that was not started.</summary>
    protected virtual ServerUnderTest Create(string[] hostArguments, string configuration) => new(hostArguments, configuration);

    /// <summary>Starts our program.</summary>
    protected virtual Task<BrokerProcess> StartOursAsync(int port) =>
        BrokerProcess.StartHostAsync(port, [$"--Nats:WebSocket:Port={_webSocketPort}", .. _hostArguments]);

    /// <summary>Starts a server that reads a nats.conf, which also opens a WebSocket port.</summary>
    protected async Task<BrokerProcess> WithConfigurationAsync(Func<string[], Task<BrokerProcess>> start)
    {
        int port = _webSocketPort == 0 ? -1 : _webSocketPort;
        string path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, $"{_configuration}websocket {{ host: 127.0.0.1, port: {port}, no_tls: true }}\n");
        try
        {
            BrokerProcess process = await start(["-c", path]);
            await process.WaitForLineAsync(line => line.Contains("Listening for websocket clients", StringComparison.Ordinal));
            return process;
        }
        finally
        {
            File.Delete(path);
        }
    }

    private async Task<ServerUnderTest> StartAnotherAsync(string[] hostArguments, string configuration)
    {
        var server = Create(hostArguments, configuration);
        await server.LaunchAsync(port: 0);
        return server;
    }

    private async Task LaunchAsync(int port)
    {
        if (!IsReference)
        {
            _process = await StartOursAsync(port);
            return;
        }

        string executable = ReferenceServer.Executable
            ?? throw new InvalidOperationException("NATS_SERVER_EXE does not name the nats-server to test against.");
        _process = await WithConfigurationAsync(arguments => BrokerProcess.StartReferenceAsync(executable, port, arguments));
    }
}
