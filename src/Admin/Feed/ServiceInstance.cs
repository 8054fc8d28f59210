namespace NatsKestrel.Admin.Feed;

/// <summary>An instance of a service that answered <c>$SRV.STATS</c>.</summary>
/// <param name="Name">Name of the service.</param>
/// <param name="Id">Id of the instance.</param>
/// <param name="Version">Version of the service.</param>
/// <param name="After">Time until it answered.</param>
/// <param name="Endpoints">What it serves.</param>
internal sealed record ServiceInstance(string Name, string Id, string Version, TimeSpan After, IReadOnlyList<ServiceEndpoint> Endpoints);

/// <summary>An endpoint of a service, as the service itself counts it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Subject">The subject it listens to.</param>
/// <param name="Queue">Its queue group, or empty.</param>
/// <param name="Requests">Requests since it started.</param>
/// <param name="Errors">Errors among them.</param>
/// <param name="Average">Time it took for one, on average.</param>
internal sealed record ServiceEndpoint(string Name, string Subject, string Queue, long Requests, long Errors, TimeSpan Average);
