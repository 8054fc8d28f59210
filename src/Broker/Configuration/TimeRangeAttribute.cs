using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace NatsKestrel.Broker.Configuration;

/// <summary>The least and the most that a time may be.</summary>
/// <remarks>In place of <see cref="RangeAttribute"/>, whose form for other types than numbers needs reflection, and so cannot be compiled ahead of time.</remarks>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TimeRangeAttribute(string minimum, string maximum) : ValidationAttribute
{
    /// <summary>The least, as <c>hours:minutes:seconds</c>.</summary>
    public string Minimum { get; } = minimum;

    /// <summary>The most, as <c>days.hours:minutes:seconds</c>.</summary>
    public string Maximum { get; } = maximum;

    /// <inheritdoc/>
    public override bool IsValid(object? value) =>
        value is not TimeSpan time || (time >= Parse(Minimum) && time <= Parse(Maximum));

    /// <inheritdoc/>
    public override string FormatErrorMessage(string name) => $"The field {name} must be between {Minimum} and {Maximum}.";

    private static TimeSpan Parse(string text) => TimeSpan.Parse(text, CultureInfo.InvariantCulture);
}
