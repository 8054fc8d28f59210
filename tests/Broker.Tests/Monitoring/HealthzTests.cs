using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Monitoring;
using Xunit;

namespace NatsKestrel.Broker.Tests.Monitoring;

public sealed class HealthzTests
{
    [Theory]
    [InlineData("")]
    [InlineData("?details=1")]
    [InlineData("?js-enabled-only=1")]
    [InlineData("?account=$G&stream=x&consumer=y")]
    public async Task A_server_that_listens_is_well(string query)
    {
        await using var host = await MonitoringHost.StartAsync();

        Assert.Equal((200, "{\"status\":\"ok\"}"), await host.GetAsync("/healthz" + query));
    }

    [Theory]
    [InlineData("?stream=x", "{\"status\":\"error\",\"error\":\"\\\"account\\\" must not be empty when checking stream health\"}")]
    [InlineData("?consumer=y&details=1", "{\"status\":\"error\",\"errors\":[{\"type\":\"BAD_REQUEST\",\"error\":\"\\\"stream\\\" must not be empty when checking consumer health\"}]}")]
    [InlineData("?details=x", "Error decoding boolean for 'details': strconv.ParseBool: parsing \"x\": invalid syntax")]
    public async Task A_question_that_makes_no_sense_is_refused(string query, string text)
    {
        await using var host = await MonitoringHost.StartAsync();

        Assert.Equal((400, text), await host.GetAsync("/healthz" + query));
    }

    [Theory]
    [InlineData(false, false, 0, "failed to be ready for connections after 1ms: server")]
    [InlineData(true, true, 0, "failed to be ready for connections after 1ms: server")]
    [InlineData(true, false, 3, "the server's test message to itself failed 3 times in a row")]
    public async Task A_server_that_clients_cannot_use_says_so(bool isListening, bool isLameDuck, int missed, string error)
    {
        await using var host = await MonitoringHost.StartAsync();
        host.Health.IsListening = isListening;
        host.Health.IsLameDuck = isLameDuck;
        host.Health.MissedSelfTests = missed;

        Assert.Equal((500, $"{{\"status\":\"error\",\"error\":\"{error}\"}}"), await host.GetAsync("/healthz"));
        Assert.Equal((500, $"{{\"status\":\"error\",\"errors\":[{{\"type\":\"CONNECTION\",\"error\":\"{error}\"}}]}}"), await host.GetAsync("/healthz?details=1"));
    }

    [Fact]
    [Trait("Safety", "MON-7")]
    public async Task It_reads_no_connections_so_it_answers_whatever_their_number()
    {
        await using var host = await MonitoringHost.StartAsync();
        host.Broker.OnOpen = () => throw new InvalidOperationException("connections were copied");

        Assert.Equal(200, (await host.GetAsync("/healthz")).Status);
        Assert.Equal(500, (await host.GetAsync("/connz")).Status);
    }

    [Fact]
    [Trait("Safety", "MON-7")]
    public void Looking_at_the_health_of_a_well_server_allocates_nothing()
    {
        var report = new HealthReport(new ServerHealth { IsListening = true });
        Assert.Null(report.Check("", "", "", false));

        long before = GC.GetAllocatedBytesForCurrentThread();
        report.Check("", "", "", false);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
