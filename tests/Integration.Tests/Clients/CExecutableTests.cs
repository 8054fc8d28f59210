using Xunit;

namespace NatsKestrel.Integration.Tests.Clients;

/// <summary>The same scenarios against the drop-in executable.</summary>
[Trait("Client", "c")]
public sealed class CExecutableTests(ExecutableUnderTest server, CProgram program) : CScenarios(server, program), IClassFixture<ExecutableUnderTest>, IClassFixture<CProgram>;
