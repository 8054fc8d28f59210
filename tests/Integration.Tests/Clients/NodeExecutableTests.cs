using Xunit;

namespace NatsKestrel.Integration.Tests.Clients;

/// <summary>The same scenarios against the drop-in executable.</summary>
[Trait("Client", "node")]
public sealed class NodeExecutableTests(ExecutableUnderTest server) : NodeScenarios(server), IClassFixture<ExecutableUnderTest>;
