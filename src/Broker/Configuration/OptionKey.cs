using System.Globalization;

namespace NatsKestrel.Broker.Configuration;

/// <summary>One option as configuration names it.</summary>
/// <param name="Path">Its full key, for example <c>Nats:Limits:MaxPayload</c>.</param>
/// <param name="Type">What its text is read as.</param>
/// <param name="Read">Its value in an options object.</param>
internal sealed record OptionKey(string Path, Type Type, Func<NatsBrokerOptions, object?> Read)
{
    /// <summary>True for what must not be shown to anybody: a password, a token, a JWT.</summary>
    public bool IsSecret => Path[(Path.LastIndexOf(':') + 1)..].ToUpperInvariant() is "PASSWORD" or "TOKEN" or "JWT" or "ADMINTOKEN" or "OPERATORTOKEN" or "VIEWERTOKEN";

    /// <summary>What its text must look like, to end the sentence "it must be …".</summary>
    public string Form => Type switch
    {
        _ when Type == typeof(int) => $"a whole number of at most {int.MaxValue}",
        _ when Type == typeof(long) => $"a whole number of at most {long.MaxValue}",
        _ when Type == typeof(bool) => "true or false",
        _ when Type == typeof(TimeSpan) => "a time written hours:minutes:seconds, such as 00:02:00",
        _ => "text",
    };

    /// <summary>Reads the text as the configuration binder does; null where it would fail, or mean something else than it says.</summary>
    public object? Parse(string text) => Type switch
    {
        _ when Type == typeof(int) => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out int number) ? number : null,
        _ when Type == typeof(long) => long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out long number) ? number : null,
        _ when Type == typeof(bool) => bool.TryParse(text, out bool flag) ? flag : null,
        // To .NET a bare "30" is thirty days, which nobody means who writes it here.
        _ when Type == typeof(TimeSpan) => text.Contains(':') && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) ? time : null,
        _ => text,
    };
}
