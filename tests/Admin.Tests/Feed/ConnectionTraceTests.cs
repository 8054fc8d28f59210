using Microsoft.Extensions.DependencyInjection;
using NatsKestrel.Admin.Feed;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Admin.Tests.Feed;

public sealed class ConnectionTraceTests
{
    [Theory]
    [InlineData("12:00:00.000 <<- [PUB a.b 2]", "PUB")]
    [InlineData("12:00:00.000 ->> [MSG a.b 1 2]", "MSG")]
    [InlineData("12:00:00.000 <<- [ping]", "PING")]
    [InlineData("12:00:00.000 <<- MSG_PAYLOAD: [\"PUB\"]", "")]
    [InlineData("", "")]
    public void A_line_is_known_by_its_verb(string line, string verb) => Assert.Equal(verb, ConnectionTrace.VerbOf(line));

    [Fact]
    [Trait("Safety", "LOG-1")]
    public async Task A_trace_shows_the_lines_of_one_connection_without_its_password()
    {
        await using var app = await ConsoleApplication.StartAsync(withLog: true);
        await using RawClient client = await app.ConnectAsync("CONNECT {\"name\":\"a - <b\",\"verbose\":false}\r\n");
        await using RawClient other = await app.ConnectAsync("CONNECT {\"name\":\"other\",\"verbose\":false}\r\n");
        var registry = app.Services.GetRequiredService<ConnectionRegistry>();
        ulong id = registry.SnapshotOpen().Single(connection => connection.Name == "a - <b").Id;
        using var trace = new ConnectionTrace(registry, app.Services.GetRequiredService<LogRing>(), id, TimeSpan.FromMinutes(1), TimeProvider.System);

        await SendAsync(other, "PUB elsewhere 1\r\nx\r\n");
        await SendAsync(client, "SUB a 1\r\nPUB a 5\r\nhello\r\nCONNECT {\"name\":\"a\",\"verbose\":false,\"pass\":\"canary\"}\r\n");

        string lines = string.Join('\n', trace.Lines);
        Assert.Contains("<<- [SUB a 1]", lines, StringComparison.Ordinal);
        Assert.Contains("->> [MSG a 1 5]", lines, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", lines, StringComparison.Ordinal);
        Assert.DoesNotContain("elsewhere", lines, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trace_that_has_ended_costs_its_connection_nothing()
    {
        await using var app = await ConsoleApplication.StartAsync(withLog: true);
        await using RawClient client = await app.ConnectAsync("CONNECT {\"verbose\":false}\r\n");
        var registry = app.Services.GetRequiredService<ConnectionRegistry>();
        ClientConnection connection = registry.Open.Single();
        var trace = new ConnectionTrace(registry, app.Services.GetRequiredService<LogRing>(), connection.Id, TimeSpan.FromMinutes(1), TimeProvider.System);
        Assert.True(connection.Settings.IsTraced);

        trace.Dispose();

        Assert.False(connection.Settings.IsTraced);
        Assert.False(trace.IsRunning);
    }

    private static async Task SendAsync(RawClient client, string lines)
    {
        await client.SendAsync(lines + "PING\r\n", TestContext.Current.CancellationToken);
        await client.ReadUntilAsync("PONG\r\n", TestContext.Current.CancellationToken);
    }
}
