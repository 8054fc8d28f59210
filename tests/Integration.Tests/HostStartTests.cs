using System.Net;
using System.Net.Sockets;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Integration.Tests;

/// <summary>What the host says at start, above all when it cannot start: exit code 1, and one line that tells the operator what to change.</summary>
public sealed class HostStartTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task It_prints_where_it_listens()
    {
        Assert.SkipWhen(ServerUnderTest.IsReference, ServerUnderTest.NotOurHost);

        await using var host = await BrokerProcess.StartHostAsync();

        Assert.Contains(host.Output, line => line.Contains(host.ClientUri.ToString().TrimEnd('/'), StringComparison.Ordinal));
        Assert.Contains(host.Output, line => line.Contains(host.HttpUri.ToString().TrimEnd('/'), StringComparison.Ordinal));
        Assert.Empty(host.Errors);
    }

    [Theory]
    [InlineData("--Nats:Port=70000", "Nats:Port", "70000", "65535")]
    [InlineData("--Nats:Port=abc", "Nats:Port", "abc", "number")]
    [InlineData("--Nats:LameDuck:Duration=00:00:05", "Nats:LameDuck:Duration", "00:00:05", "00:00:30")]
    [InlineData("--Nats:LameDuck:GracePeriod=01:00:00", "Nats:LameDuck:GracePeriod", "01:00:00", "Nats:LameDuck:Duration")]
    [InlineData("--Nats:Limits:MaxPending=2048", "Nats:Limits:MaxPending", "2048", "Nats:Limits:MaxPayload")]
    public async Task A_wrong_setting_on_the_command_line_is_named_with_its_value_and_its_rule(string argument, string key, string value, string rule)
    {
        Assert.SkipWhen(ServerUnderTest.IsReference, ServerUnderTest.NotOurHost);

        string line = await FailToStartAsync([argument, "--Urls=http://127.0.0.1:0"]);

        Assert.Contains(key, line, StringComparison.Ordinal);
        Assert.Contains(value, line, StringComparison.Ordinal);
        Assert.Contains("command line", line, StringComparison.Ordinal);
        Assert.Contains(rule, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_setting_in_the_environment_is_named_with_its_variable()
    {
        Assert.SkipWhen(ServerUnderTest.IsReference, ServerUnderTest.NotOurHost);
        var environment = new Dictionary<string, string> { ["Nats__Limits__MaxPayload"] = "0" };

        string line = await FailToStartAsync(["--Nats:Port=0", "--Urls=http://127.0.0.1:0"], environment);

        Assert.Contains("Nats:Limits:MaxPayload", line, StringComparison.Ordinal);
        Assert.Contains("environment variable Nats__Limits__MaxPayload", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_port_in_use_is_named_with_its_key()
    {
        Assert.SkipWhen(ServerUnderTest.IsReference, ServerUnderTest.NotOurHost);
        using var other = Occupy(out int port);

        string line = await FailToStartAsync([$"--Nats:Port={port}", "--Urls=http://127.0.0.1:0"]);

        Assert.Contains($"{port}", line, StringComparison.Ordinal);
        Assert.Contains("Nats:Port", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_HTTP_port_in_use_is_named_with_its_key()
    {
        Assert.SkipWhen(ServerUnderTest.IsReference, ServerUnderTest.NotOurHost);
        using var other = Occupy(out int port);

        string line = await FailToStartAsync(["--Nats:Port=0", $"--Urls=http://127.0.0.1:{port}"]);

        Assert.Contains($"{port}", line, StringComparison.Ordinal);
        Assert.Contains("Urls", line, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Safety", "STOP-3")]
    public async Task A_signal_during_start_ends_it_without_an_unhandled_exception()
    {
        Assert.SkipWhen(ServerUnderTest.IsReference, ServerUnderTest.NotOurHost);
        await using var host = BrokerProcess.LaunchHost(["--Nats:Port=0", "--Urls=http://127.0.0.1:0"]);

        host.Terminate();
        int exitCode = await host.WaitForExitAsync(Timeout);

        // 143 is the default action of SIGTERM: it came before the runtime could handle it.
        Assert.True(exitCode is 0 or 143, host.Describe());
        Assert.Empty(host.Errors);
    }

    private static Socket Occupy(out int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        return socket;
    }

    private static async Task<string> FailToStartAsync(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        await using var host = BrokerProcess.LaunchHost(arguments, environment);
        int exitCode = await host.WaitForExitAsync(Timeout);
        Assert.True(exitCode == 1 && host.Errors.Count == 1, host.Describe());
        return host.Errors[0];
    }
}
