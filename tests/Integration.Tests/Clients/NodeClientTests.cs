using Xunit;

namespace NatsKestrel.Integration.Tests.Clients;

/// <summary>The scenarios against our host.</summary>
[Trait("Client", "node")]
public sealed class NodeClientTests(ServerUnderTest server) : NodeScenarios(server), IClassFixture<ServerUnderTest>;
