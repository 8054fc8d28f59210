using NatsKestrel.Testing;

namespace NatsKestrel.Integration.Tests;

/// <summary>The drop-in executable in place of our host, started as a nats-server is.</summary>
public sealed class ExecutableUnderTest : ServerUnderTest
{
    public ExecutableUnderTest()
    {
    }

    private ExecutableUnderTest(string configuration)
        : base([], configuration)
    {
    }

    protected override ServerUnderTest Create(string[] hostArguments, string configuration) => new ExecutableUnderTest(configuration);

    /// <inheritdoc/>
    protected override Task<BrokerProcess> StartOursAsync(int port) =>
        WithConfigurationAsync(arguments => BrokerProcess.StartServerAsync(port, arguments));
}
