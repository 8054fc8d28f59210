using System.Text.Json.Serialization;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>Whether the server can be used: <c>/healthz</c>.</summary>
/// <param name="Status"><c>ok</c> or <c>error</c>.</param>
/// <param name="StatusCode">The HTTP status that says the same; only in answers to requests of the system account.</param>
/// <param name="Error">What is wrong; absent when nothing is, and with <c>details</c>.</param>
/// <param name="Errors">What is wrong, with its kind; only with <c>details</c>.</param>
internal sealed record Healthz(
    string Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int StatusCode = 0,
    string? Error = null,
    IReadOnlyList<HealthzError>? Errors = null);

/// <summary>One thing that is wrong.</summary>
/// <param name="Type"><c>CONNECTION</c> or <c>BAD_REQUEST</c>.</param>
/// <param name="Error">What is wrong.</param>
internal sealed record HealthzError(string Type, string Error);
