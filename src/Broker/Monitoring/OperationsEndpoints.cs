using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using NatsKestrel.Broker.Connections;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>What orchestrators and Prometheus ask for, which nats-server leaves to others: <c>/livez</c>, <c>/readyz</c>, <c>/metrics</c>.</summary>
internal static class OperationsEndpoints
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Maps <c>/livez</c> and <c>/readyz</c>.</summary>
    public static void MapHealth(IEndpointRouteBuilder routes)
    {
        ServerHealth health = routes.ServiceProvider.GetRequiredService<ServerHealth>();
        HealthReport report = routes.ServiceProvider.GetRequiredService<HealthReport>();

        // A server that leaves is alive, and must not be restarted for it; one whose own messages get lost must.
        Map(routes, "/livez", "Alive", "200 unless the server's messages to itself get lost: then it should be restarted.",
            context => AnswerAsync(context, health.MissedSelfTests < ServerHealth.MaxMissedSelfTests, "self-test failed"));
        Map(routes, "/readyz", "Ready", "200 while clients can connect, 503 while the server starts or leaves.",
            context => AnswerAsync(context, report.Check("", "", "", withDetails: false) is null, "not ready for clients"));
    }

    /// <summary>Maps <c>/metrics</c>.</summary>
    public static IEndpointConventionBuilder MapMetrics(IEndpointRouteBuilder routes, string path)
    {
        PrometheusText text = routes.ServiceProvider.GetRequiredService<PrometheusText>();
        ExpensiveRequests expensive = routes.ServiceProvider.GetRequiredService<ExpensiveRequests>();
        return Map(routes, path, "Metrics", "The figures of this server for Prometheus.", context => expensive.RunAsync(context, () =>
        {
            context.Response.ContentType = PrometheusText.ContentType;
            return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.WriteAsync(text.Build(""), context.RequestAborted);
        }));
    }

    private static IEndpointConventionBuilder Map(IEndpointRouteBuilder routes, string path, string summary, string description, RequestDelegate handler) =>
        routes.MapMethods(path, Methods, handler).WithTags("Operations").WithSummary(summary).WithDescription(description).WithMetadata(handler.Method);

    private static Task AnswerAsync(HttpContext context, bool isWell, string problem) => MonitoringAnswer.TextAsync(
        context, isWell ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, isWell ? "ok" : problem);
}
