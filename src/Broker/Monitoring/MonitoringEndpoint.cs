using Microsoft.AspNetCore.Http;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>One path of monitoring: what answers it, and what an API description says of it.</summary>
/// <param name="Path">Path below the base path; letter case and the absence of a slash at the end matter.</param>
/// <param name="Handler">Reads the query and answers.</param>
/// <param name="Answer">Type of the JSON it answers with; null where it has none.</param>
/// <param name="Summary">What it shows, in a few words.</param>
/// <param name="Description">What it shows, in a sentence.</param>
/// <param name="Parameters">Its query parameters; it ignores all others.</param>
/// <param name="CountedAs">Its key in <c>http_req_stats</c>; null where it is not counted.</param>
internal sealed record MonitoringEndpoint(
    string Path,
    RequestDelegate Handler,
    Type? Answer,
    string Summary,
    string Description,
    MonitoringParameter[] Parameters,
    string? CountedAs);
