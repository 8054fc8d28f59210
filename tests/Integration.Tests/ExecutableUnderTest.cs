using NatsKestrel.Testing;

namespace NatsKestrel.Integration.Tests;

/// <summary>The drop-in executable in place of our host, started as a nats-server is.</summary>
public sealed class ExecutableUnderTest : ServerUnderTest
{
    private readonly string[] _arguments;

    public ExecutableUnderTest()
        : this([])
    {
    }

    private ExecutableUnderTest(string[] arguments)
        : base([], arguments) => _arguments = arguments;

    protected override ServerUnderTest New(string[] hostArguments, string[] referenceArguments) => new ExecutableUnderTest(referenceArguments);

    protected override Task<BrokerProcess> StartOursAsync(int port) => BrokerProcess.StartServerAsync(port, _arguments);
}
