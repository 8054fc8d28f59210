using Microsoft.Extensions.Logging;

namespace NatsKestrel.Admin.Feed;

/// <summary>A line of the log.</summary>
/// <param name="Time">When it was written.</param>
/// <param name="Level">Its level.</param>
/// <param name="Category">Who wrote it, shortened.</param>
/// <param name="Event">What kind of line it is.</param>
/// <param name="Text">The line.</param>
internal sealed record LogLine(DateTimeOffset Time, LogLevel Level, string Category, string Event, string Text)
{
    private static readonly string[] SecurityWords = ["Violation", "Authent", "Login", "Tls", "Handshake", "Certificate", "Parser", "Audit", "Refused", "OpenToOthers", "MaxConnections"];

    /// <summary>True for lines about who may do what, and about those who tried otherwise.</summary>
    public bool IsSecurity => SecurityWords.Any(word => Event.Contains(word, StringComparison.OrdinalIgnoreCase));
}
