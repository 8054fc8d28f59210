using System.Diagnostics;
using Xunit;

namespace NatsKestrel.Load.Tests;

/// <summary>Connections that do nothing, in great number.</summary>
public sealed class IdleConnectionTests
{
    [Fact]
    [Trait("Safety", "F-1")]
    [Trait("Safety", "MEM-1")]
    [Trait("Safety", "MEM-5")]
    public async Task Idle_connections_cost_little_memory_and_no_processor_time()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        int count = LoadSize.Pick(10_000, 2_000);
        DescriptorLimit.SkipBelow(count);
        await using LoadServer server = await LoadServer.StartAsync();
        Close(await LoadClient.ConnectManyAsync(500, server.Port, Lines, cancellationToken: cancellationToken)); // compiles what it takes
        await server.WaitForVarzAsync(varz => varz.GetProperty("connections").GetInt64() == 0, TimeSpan.FromSeconds(10), cancellationToken);
        long before = server.Resident;

        long start = Stopwatch.GetTimestamp();
        LoadClient[] clients = await LoadClient.ConnectManyAsync(count, server.Port, Lines, cancellationToken: cancellationToken);
        TimeSpan connecting = Stopwatch.GetElapsedTime(start);
        await Task.Delay(LoadSize.Pick(15, 3) * 1000, cancellationToken); // past the first PING, two seconds after each CONNECT
        double cpu = await server.MeasureCpuAsync(TimeSpan.FromSeconds(LoadSize.Pick(10, 3)), cancellationToken);
        long each = (server.Resident - before) / count;

        Report.Line("F-1", $"{count} idle connections with a subscription: {each} bytes RSS each (bar 16,384)");
        Report.Line("F-1", $"connected at {count / connecting.TotalSeconds:F0} connections/s, CONNECT, SUB and PING answered");
        Report.Line("F-1", $"idle CPU {cpu:P2} of a core (bar 2 %, asserted 10 %)");
        Assert.Equal(count, await server.VarzAsync("connections", cancellationToken));
        Assert.InRange(each, 0, 16 * 1024);
        Assert.InRange(cpu, 0, 0.10);
        server.AssertUnharmed();
        Close(clients);
    }

    private static string Lines(int client) => $"SUB idle.{client} 1\r\n";

    private static void Close(LoadClient[] clients)
    {
        foreach (LoadClient client in clients)
        {
            client.Dispose();
        }
    }
}
