using System.Text.Json;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Server.Tests;

/// <summary>The same flags show in <c>/varz</c> as they do at the real server.</summary>
public sealed class ServerParityTests
{
    public static TheoryData<string, string> Flags => new()
    {
        { "-n alpha", "server_name" },
        { "--name alpha", "server_name" },
        { "--server_name=alpha", "server_name" },
        { "--client_advertise 10.1.2.3:99", "host,port" },
        { "-client_advertise=10.1.2.3", "host" },
        { "-a 127.0.0.1", "host,http_host" },
        { "--addr=127.0.0.1", "host,http_host" },
        { "--net 127.0.0.1", "host,http_host" },
        { "-js=false", "jetstream" },
        { "--cluster= --routes=", "cluster" },
        { "-c FILE", "max_payload,max_control_line,max_connections,ping_interval,ping_max,write_deadline,config_digest,max_pending,max_subscriptions" },
        { "-c FILE -n flag", "server_name,max_payload" },
    };

    [Theory]
    [MemberData(nameof(Flags))]
    public async Task A_flag_shows_in_varz_as_at_nats_server(string flags, string fields)
    {
        Assert.SkipWhen(ReferenceServer.IsMissing, ReferenceServer.MissingReason);
        using var file = new TemporaryFile("""
            server_name: file
            max_payload: 4096
            max_control_line: 2048
            max_connections: 77
            max_pending: 1MB
            max_subscriptions: 5
            ping_interval: "30s"
            ping_max: 4
            write_deadline: "3s"
            """);
        string[] args = [.. flags.Replace("FILE", file.Path, StringComparison.Ordinal).Split(' '), "-m", "-1"];
        await using BrokerProcess reference = await BrokerProcess.StartReferenceAsync(ReferenceServer.Executable!, 0, args);
        await using BrokerProcess ours = await BrokerProcess.StartServerAsync(0, args);

        JsonElement expected = await reference.GetJsonAsync("/varz", TestContext.Current.CancellationToken);
        JsonElement actual = await ours.GetJsonAsync("/varz", TestContext.Current.CancellationToken);

        foreach (string field in fields.Split(','))
        {
            Assert.NotEqual("absent", Text(expected, field));
            Assert.Equal(Text(expected, field), Text(actual, field));
        }
    }

    [Theory]
    [InlineData("-foo")]
    [InlineData("-p")]
    [InlineData("-p abc")]
    [InlineData("-D=x")]
    [InlineData("---p")]
    [InlineData("extra")]
    [InlineData("-t")]
    [InlineData("-c nope.conf")]
    [InlineData("-c nope.conf -t")]
    [InlineData("-sl foo=1")]
    [InlineData("-sl stop=abc")]
    [InlineData("-sl stop=99999999")]
    [InlineData("-P /nonexistent/x -p -1 -a 127.0.0.1")]
    [InlineData("-l /nonexistent/x -p -1 -a 127.0.0.1")]
    [InlineData("-a 1.2.3.4 -p 5555")]
    [InlineData("-m 1 -ms 2 -p -1 -a 127.0.0.1")]
    public async Task A_wrong_command_line_ends_as_at_nats_server(string flags)
    {
        Assert.SkipWhen(ReferenceServer.IsMissing, ReferenceServer.MissingReason);
        await using BrokerProcess reference = BrokerProcess.LaunchReference(ReferenceServer.Executable!, flags.Split(' '));
        await using BrokerProcess ours = BrokerProcess.LaunchServer(flags.Split(' '));

        int expected = await reference.WaitForExitAsync(TimeSpan.FromSeconds(30));
        int actual = await ours.WaitForExitAsync(TimeSpan.FromSeconds(30));

        Assert.True(expected == actual, ours.Describe());
        Assert.Equal(LastWords(reference), LastWords(ours));
        Assert.Equal(reference.Output.Count > 0, ours.Output.Count > 0);
    }

    // Without process id and time.
    private static string LastWords(BrokerProcess process)
    {
        string line = process.Errors.LastOrDefault(line => line.Length > 0) ?? "";
        int level = line.IndexOf("[FTL]", StringComparison.Ordinal);
        int error = line.IndexOf("error opening", StringComparison.Ordinal);
        return level >= 0 ? line[level..] : error >= 0 ? line[error..] : line;
    }

    private static string Text(JsonElement varz, string field) =>
        varz.TryGetProperty(field, out JsonElement value) ? value.GetRawText() : "absent";
}
