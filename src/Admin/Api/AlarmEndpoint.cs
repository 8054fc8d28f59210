using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NatsKestrel.Admin.Alarms;
using NatsKestrel.Broker.Connections;

namespace NatsKestrel.Admin.Api;

/// <summary><c>/alarmz</c>: the alarms that are on, for whoever may read monitoring.</summary>
internal sealed class AlarmEndpoint(AlarmWatch alarms, ServerIdentity identity, TimeProvider time)
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public IEndpointConventionBuilder Map(IEndpointRouteBuilder routes, string path) => routes.MapMethods(path, Methods, AnswerAsync)
        .WithTags("Operations")
        .WithSummary("Alarms")
        .WithDescription("What somebody should look at now; the thresholds are in Nats:Console:Alarms. nats-server has no such endpoint.")
        .WithMetadata(((Delegate)AnswerAsync).Method)
        .WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(Alarmz), ["application/json"]));

    private Task AnswerAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(
            new Alarmz(identity.ServerId, time.GetUtcNow(), alarms.Current.Select(static alarm => new ApiAlarm(alarm.Rule, alarm.Since, alarm.Text))), ApiJson.Default.Alarmz);
    }
}
