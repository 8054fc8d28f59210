using System.Globalization;

namespace NatsKestrel.Load.Tests;

/// <summary>Durations that were measured, and how they are spread.</summary>
internal sealed class Percentiles
{
    private readonly TimeSpan[] _sorted;

    public Percentiles(IEnumerable<TimeSpan> durations) => _sorted = [.. durations.Order()];

    public int Count => _sorted.Length;

    public TimeSpan Max => At(1);

    /// <summary>The duration that a part of all measurements (0 to 1) does not exceed; zero where there are none.</summary>
    public TimeSpan At(double part) =>
        _sorted.Length == 0 ? TimeSpan.Zero : _sorted[Math.Clamp((int)Math.Ceiling(part * _sorted.Length) - 1, 0, _sorted.Length - 1)];

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"p50 {At(0.5).TotalMilliseconds:F2} ms, p99 {At(0.99).TotalMilliseconds:F2} ms, max {Max.TotalMilliseconds:F2} ms of {Count}");
}
