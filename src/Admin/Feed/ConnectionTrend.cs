namespace NatsKestrel.Admin.Feed;

/// <summary>How many messages a connection moved in each of the last ticks, both ways together.</summary>
/// <remarks>Written by the feed alone. Who reads meanwhile may see the newest value where the oldest was: in a picture of half a minute nobody does.</remarks>
internal sealed class ConnectionTrend
{
    /// <summary>Ticks kept.</summary>
    public const int Capacity = 30;

    private readonly float[] _values = new float[Capacity];
    private int _count;

    public void Add(double value) => _values[_count++ % Capacity] = (float)value;

    /// <summary>The values kept, oldest first.</summary>
    public IEnumerable<float> Values()
    {
        int count = _count;
        for (int i = Math.Max(count - Capacity, 0); i < count; i++)
        {
            yield return _values[i % Capacity];
        }
    }
}
