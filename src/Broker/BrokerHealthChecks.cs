using Microsoft.Extensions.DependencyInjection;
using NatsKestrel.Broker.Monitoring;

namespace NatsKestrel.Broker;

/// <summary>Makes the broker one of an application's own health checks.</summary>
public static class BrokerHealthChecks
{
    /// <summary>Adds the broker: healthy while clients can connect.</summary>
    /// <param name="checks">The application's health checks.</param>
    /// <param name="name">Name of the check; its tag is <c>ready</c>.</param>
    public static IHealthChecksBuilder AddNatsBroker(this IHealthChecksBuilder checks, string name = "nats")
    {
        ArgumentNullException.ThrowIfNull(checks);
        return checks.Add(BrokerHealthCheck.Register(name));
    }
}
