using Xunit;

namespace NatsKestrel.Broker.Tests.Delivery;

/// <summary>Tests that look at how many shared bodies the whole process holds, and so run while no others do: whatever is mapped, imported or large makes some.</summary>
[CollectionDefinition(nameof(SharedBodies), DisableParallelization = true)]
public class SharedBodies;
