using NatsKestrel.Broker.Monitoring;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace NatsKestrel;

/// <summary>Sends the broker's metrics and spans to an OpenTelemetry collector, where one is named.</summary>
public static class TelemetryHosting
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Exports by OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set; all other <c>OTEL_…</c> variables hold too.</summary>
    public static WebApplicationBuilder AddNatsTelemetry(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (!string.IsNullOrEmpty(builder.Configuration[Endpoint]))
        {
            builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
                .AddMeter(BrokerInstruments.MeterName, "System.Runtime", "Microsoft.AspNetCore.Server.Kestrel")
                .AddOtlpExporter())
                .WithTracing(traces => traces.AddSource(BrokerInstruments.ActivitySourceName).AddOtlpExporter());
        }

        return builder;
    }
}
