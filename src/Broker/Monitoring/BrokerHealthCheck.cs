using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using NatsKestrel.Broker.Connections;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>The broker as one of an application's own health checks.</summary>
internal sealed class BrokerHealthCheck(HealthReport report, ServerHealth health) : IHealthCheck
{
    /// <summary>The check under a name, tagged <c>ready</c>.</summary>
    public static HealthCheckRegistration Register(string name) => new(
        name,
        static services => new BrokerHealthCheck(services.GetRequiredService<HealthReport>(), services.GetRequiredService<ServerHealth>()),
        failureStatus: null,
        tags: ["ready"]);

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        bool isWell = report.Check("", "", "", withDetails: false) is null;
        string state = health.IsLameDuck ? "The server is leaving." : isWell ? "Clients can connect." : "Clients cannot connect.";
        return Task.FromResult(isWell ? HealthCheckResult.Healthy(state) : new HealthCheckResult(context.Registration.FailureStatus, state));
    }
}
