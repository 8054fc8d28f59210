using Xunit;

namespace NatsKestrel.Broker.Tests.Subjects;

/// <summary>Tests that measure the memory of the process, and so run while no others do.</summary>
[CollectionDefinition(nameof(Measurements), DisableParallelization = true)]
public class Measurements;
