namespace NatsKestrel.Admin.Components.Controls;

/// <summary>What a chart shows.</summary>
/// <param name="Label">Its name.</param>
/// <param name="Values">A value for each second, the newest last.</param>
/// <param name="Show">Writes a value with its unit.</param>
public sealed record ChartSeries(string Label, IReadOnlyList<double> Values, Func<double, string>? Show = null);
