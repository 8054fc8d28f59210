using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Server.Tests;

/// <summary>The executable as an operator meets it: log, signals, files, reload.</summary>
[UnsupportedOSPlatform("windows")]
public sealed partial class LifecycleTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task The_log_begins_as_that_of_nats_server()
    {
        await using BrokerProcess server = await BrokerProcess.StartServerAsync(0, "-n", "alpha", "-m", "-1");

        string[] lines = [.. server.Errors.Select(line => LinePrefix().Replace(line, ""))];

        Assert.All(server.Errors, line => Assert.Matches(LinePrefix(), line));
        string[] wanted = ["Starting nats-server", "  Version:  2.15.1", "  Git:      [not set]", "  Name:     alpha", "  ID:       N", "Starting http monitor on 127.0.0.1:", "Listening for client connections on 127.0.0.1:", "Server is ready"];
        Assert.Equal(wanted, wanted.OrderBy(text => Array.FindIndex(lines, line => line.StartsWith(text, StringComparison.Ordinal))));
        Assert.All(wanted, text => Assert.Contains(lines, line => line.StartsWith(text, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(2, "interrupt")]
    [InlineData(15, "terminated")]
    public async Task A_signal_to_stop_ends_it_with_code_0(int signal, string name)
    {
        await using BrokerProcess server = await BrokerProcess.StartServerAsync();

        await SendAsync(server, signal == 2 ? "quit" : "term");

        Assert.Equal(0, await server.WaitForExitAsync(Patience));
        Assert.Contains(server.Errors, line => line.EndsWith($"[INF] Trapped \"{name}\" signal", StringComparison.Ordinal));
        Assert.EndsWith("[INF] Server Exiting..", server.Errors[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lame_duck_mode_without_clients_ends_it_at_once()
    {
        await using BrokerProcess server = await BrokerProcess.StartServerAsync();

        await SendAsync(server, "ldm");

        Assert.Equal(0, await server.WaitForExitAsync(Patience));
        Assert.Contains(server.Errors, line => line.EndsWith("Entering lame duck mode, stop accepting new clients", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_pid_file_has_the_pid_and_nothing_else_and_serves_to_send_signals()
    {
        using var file = new TemporaryFile(name: "server.pid");
        await using BrokerProcess server = await BrokerProcess.StartServerAsync(0, "-P", file.Path);

        Assert.Equal($"{server.ProcessId}", await File.ReadAllTextAsync(file.Path, TestContext.Current.CancellationToken));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file.Path));
        await using BrokerProcess command = BrokerProcess.LaunchServer("--signal", $"term={file.Path}");

        Assert.Equal(0, await command.WaitForExitAsync(Patience));
        Assert.Equal(0, await server.WaitForExitAsync(Patience));
        Assert.True(File.Exists(file.Path));
    }

    [Fact]
    public async Task The_ports_file_names_the_ports_and_is_gone_after_a_normal_end()
    {
        using var folder = new TemporaryFile();
        await using BrokerProcess server = await BrokerProcess.StartServerAsync(0, "-m", "-1", "--ports_file_dir", folder.Folder);
        string path = Path.Combine(folder.Folder, $"nats-server_{server.ProcessId}.ports");
        await WaitForFileAsync(path);

        using (var ports = JsonDocument.Parse(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken)))
        {
            Assert.Equal($$"""{"nats":["nats://{{server.ClientUri.Authority}}"],"monitoring":["http://{{server.HttpUri.Authority}}"]}""", ports.RootElement.GetRawText());
        }

        server.Terminate();
        await server.WaitForExitAsync(Patience);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task The_log_file_is_opened_anew_when_it_was_renamed()
    {
        using var file = new TemporaryFile(name: "server.log");
        await using BrokerProcess server = BrokerProcess.LaunchServer("-a", "127.0.0.1", "-p", "-1", "-l", file.Path);
        await WaitForTextAsync(file.Path, "Server is ready");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(file.Path));
        File.Move(file.Path, file.Path + ".old");

        server.ReopenLog();

        await WaitForTextAsync(file.Path, "[INF] File log re-opened");
    }

    [Fact]
    [Trait("Safety", "CRASH-5")]
    public async Task A_reload_is_applied_whole_or_not_at_all()
    {
        using var file = new TemporaryFile("max_payload: 1000\n");
        await using BrokerProcess server = await BrokerProcess.StartServerAsync(0, "-c", file.Path, "-m", "-1");
        await using RawClient client = await RawClient.ConnectAsync("127.0.0.1", server.ClientUri.Port, TestContext.Current.CancellationToken);

        await File.WriteAllTextAsync(file.Path, "max_payload: 2000\nmax_pending: 1MB\n", TestContext.Current.CancellationToken);
        server.Reload();
        await server.WaitForLineAsync(line => line.EndsWith("[ERR] Failed to reload server configuration: config reload not supported for MaxPending: old=67108864, new=1048576", StringComparison.Ordinal));
        Assert.Equal(1000, await MaxPayloadAsync(server));

        await File.WriteAllTextAsync(file.Path, "max_payload: oops\n", TestContext.Current.CancellationToken);
        server.Reload();
        await server.WaitForLineAsync(line => line.Contains("[ERR] Failed to reload server configuration: ", StringComparison.Ordinal) && line.Contains("test.conf:1:", StringComparison.Ordinal));
        Assert.Equal(1000, await MaxPayloadAsync(server));

        await File.WriteAllTextAsync(file.Path, "max_payload: 2000\nping_interval: \"1m\"\n", TestContext.Current.CancellationToken);
        server.Reload();
        await server.WaitForLineAsync(line => line.Contains("[INF] Reloaded server configuration (sha256:", StringComparison.Ordinal));
        Assert.Contains(server.Errors, line => line.EndsWith("[INF] Reloaded: max_payload = 2000", StringComparison.Ordinal));
        Assert.Contains(server.Errors, line => line.EndsWith("[INF] Reloaded: ping_interval = 1m0s", StringComparison.Ordinal));
        Assert.Equal(2000, await MaxPayloadAsync(server));
    }

    [Fact]
    public async Task Without_a_file_there_is_nothing_to_reload()
    {
        await using BrokerProcess server = await BrokerProcess.StartServerAsync();

        server.Reload();

        await server.WaitForLineAsync(line => line.EndsWith(
            "[ERR] Failed to reload server configuration: can only reload config when a file is provided using -c or --config", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Fewer_connections_allowed_by_a_reload_close_those_too_many()
    {
        using var file = new TemporaryFile("max_connections: 10\n");
        await using BrokerProcess server = await BrokerProcess.StartServerAsync(0, "-c", file.Path);
        var clients = new List<RawClient>();
        for (int i = 0; i < 4; i++)
        {
            RawClient client = await RawClient.ConnectAsync("127.0.0.1", server.ClientUri.Port, TestContext.Current.CancellationToken);
            clients.Add(client);
            await client.ReadLineAsync(TestContext.Current.CancellationToken);
            await client.SendAsync("PING\r\n", TestContext.Current.CancellationToken); // only so many may be silent
            await client.ReadLineAsync(TestContext.Current.CancellationToken);
        }

        await File.WriteAllTextAsync(file.Path, "max_connections: 1\n", TestContext.Current.CancellationToken);
        server.Reload();

        await server.WaitForLineAsync(line => line.EndsWith("Closed 3 connections to fall within max_connections", StringComparison.Ordinal));
        foreach (RawClient client in clients)
        {
            await client.DisposeAsync();
        }
    }

    [Fact]
    public async Task Systemd_is_told_when_it_is_ready()
    {
        using var folder = new TemporaryFile();
        string path = Path.Combine(folder.Folder, "notify");
        using var systemd = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        systemd.Bind(new UnixDomainSocketEndPoint(path));
        await using BrokerProcess server = BrokerProcess.LaunchServer(
            new Dictionary<string, string> { ["NOTIFY_SOCKET"] = path }, "-a", "127.0.0.1", "-p", "-1");

        var buffer = new byte[256];
        int length = await systemd.ReceiveAsync(buffer, TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.Equal("READY=1", Encoding.UTF8.GetString(buffer, 0, length));
    }

    [Fact]
    public async Task Strict_closes_what_nats_server_leaves_open()
    {
        await using BrokerProcess open = await BrokerProcess.StartServerAsync();
        await using BrokerProcess strict = await BrokerProcess.StartServerAsync(0, "--strict");

        await open.WaitForLineAsync(line => line.Contains("Open as in nats-server, closed by --strict:", StringComparison.Ordinal));
        Assert.DoesNotContain(strict.Errors, line => line.Contains("Open as in", StringComparison.Ordinal));
    }

    private static async Task SendAsync(BrokerProcess server, string signal)
    {
        await using BrokerProcess command = BrokerProcess.LaunchServer("-sl", $"{signal}={server.ProcessId}");
        Assert.Equal(0, await command.WaitForExitAsync(Patience));
    }

    private static async Task<int> MaxPayloadAsync(BrokerProcess server) =>
        (await server.GetJsonAsync("/varz", TestContext.Current.CancellationToken)).GetProperty("max_payload").GetInt32();

    private static Task WaitForFileAsync(string path) => WaitForTextAsync(path, "");

    private static async Task WaitForTextAsync(string path, string text)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        using var limit = new CancellationTokenSource(Patience);
        while (!File.Exists(path) || !(await File.ReadAllTextAsync(path, limit.Token)).Contains(text, StringComparison.Ordinal))
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    [GeneratedRegex(@"^\[\d+\] \d{4}/\d\d/\d\d \d\d:\d\d:\d\d\.\d{6} \[(INF|WRN|DBG|ERR)\] ")]
    private static partial Regex LinePrefix();
}
