using System.Diagnostics.CodeAnalysis;
using Xunit;

namespace NatsKestrel.Browser.Tests;

/// <summary>All tests share one broker and one browser, and run one after the other: two of each would be slower than one.</summary>
[CollectionDefinition(nameof(ConsoleCollection))]
[SuppressMessage("Naming", "CA1711", Justification = "The test framework's word.")]
public sealed class ConsoleCollection : ICollectionFixture<BusyBroker>;
