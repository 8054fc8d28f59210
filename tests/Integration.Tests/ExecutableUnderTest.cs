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

    protected override ServerUnderTest Create(string[] hostArguments, string[] referenceArguments) => new ExecutableUnderTest(referenceArguments);

    /// <inheritdoc/>
    public override bool HasWebSocket => false;

    /// <inheritdoc/>
    protected override Task<BrokerProcess> StartOursAsync(int port) => BrokerProcess.StartServerAsync(port, _arguments);
}
