namespace NatsKestrel.LoadGenerator;

/// <summary>A kind of figure, with its unit.</summary>
/// <param name="Title">As the table shows it.</param>
internal sealed record Figure(string Title)
{
    public static readonly Figure MessagesPerSecond = new("messages in per second");
    public static readonly Figure CpuPerMessage = new("server CPU, ns per message in or out");
    public static readonly Figure RequestsPerSecond = new("requests per second");
    public static readonly Figure MedianLatency = new("latency p50, µs");
    public static readonly Figure HighLatency = new("latency p99, µs");
    public static readonly Figure CpuPerRequest = new("server CPU, µs per request");
    public static readonly Figure ConnectionsPerSecond = new("connections per second");
    public static readonly Figure MemoryPerConnection = new("memory per connection, KiB");
}

/// <summary>What one run measured.</summary>
internal sealed class Figures
{
    private readonly List<KeyValuePair<Figure, double>> _values = [];

    public IEnumerable<Figure> Kinds => _values.Select(value => value.Key);

    public void Add(Figure figure, double value) => _values.Add(new(figure, value));

    /// <summary>The value, or not a number where this run has none.</summary>
    public double Get(Figure figure) => _values.Where(value => value.Key == figure).Select(value => value.Value).DefaultIfEmpty(double.NaN).First();
}
