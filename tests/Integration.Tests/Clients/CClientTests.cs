using Xunit;

namespace NatsKestrel.Integration.Tests.Clients;

/// <summary>The scenarios against our host.</summary>
[Trait("Client", "c")]
public sealed class CClientTests(ServerUnderTest server, CProgram program) : CScenarios(server, program), IClassFixture<ServerUnderTest>, IClassFixture<CProgram>;
