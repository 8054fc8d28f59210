using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.InProcess;
using NatsKestrel.Broker.Monitoring;
using NatsKestrel.WebGateway.WebSocket;

namespace NatsKestrel.WebGateway.Http;

/// <summary>NATS for whoever has nothing but HTTP: publish, request, and subscriptions as server-sent events.</summary>
/// <remarks>Bodies are payloads as they are; headers whose names begin with <c>Nats-</c> go along, both ways.</remarks>
internal sealed class MessageEndpoints(HttpClients clients, OriginRules origins, NatsBrokerOptions options, IHostApplicationLifetime lifetime)
{
    private const string HeaderPrefix = "Nats-";

    private static readonly TimeSpan MaxTimeout = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Maps the endpoints below a path.</summary>
    public static IEndpointConventionBuilder Map(IEndpointRouteBuilder routes, string path)
    {
        var endpoints = routes.ServiceProvider.GetRequiredService<MessageEndpoints>();
        RouteGroupBuilder group = routes.MapGroup(path).WithTags("Messages");
        Describe(group.MapPost("/publish/{subject}", endpoints.Guard(endpoints.PublishAsync)), endpoints.PublishAsync, "Publish",
            "Publishes the body to the subject. Answers 204, whether anybody listens or not.", [StatusCodes.Status204NoContent],
            new MonitoringParameter("reply", typeof(string), "Where an answer is awaited."));
        Describe(group.MapPost("/request/{subject}", endpoints.Guard(endpoints.RequestAsync)), endpoints.RequestAsync, "Request",
            "Publishes the body and waits for the first answer, timeout milliseconds at most (5000 if left out). 503 where nobody listens, 504 where no answer came.",
            [StatusCodes.Status200OK, StatusCodes.Status503ServiceUnavailable, StatusCodes.Status504GatewayTimeout],
            new MonitoringParameter("timeout", typeof(int), "Milliseconds to wait for an answer.", Default: 5000));
        Describe(group.MapGet("/subscribe/{subject}", endpoints.Guard(endpoints.SubscribeAsync)), endpoints.SubscribeAsync, "Subscribe",
            "Server-sent events, one for each message, until the connection is closed. queue joins a queue group, max ends it after so many messages.",
            [StatusCodes.Status200OK],
            new MonitoringParameter("queue", typeof(string), "The queue group to join."),
            new MonitoringParameter("max", typeof(long), "Messages after which the stream ends; 0 for none.", Default: 0L));
        return group;
    }

    private static void Describe(IEndpointConventionBuilder endpoint, RequestDelegate handler, string summary, string description, int[] statuses, params MonitoringParameter[] parameters)
    {
        endpoint.WithSummary(summary).WithDescription(description)
            // Without it an API description passes over endpoints that are plain request delegates.
            .WithMetadata(handler.Method)
            .WithMetadata([.. parameters]);
        foreach (int status in statuses.Append(StatusCodes.Status400BadRequest).Append(StatusCodes.Status403Forbidden))
        {
            endpoint.WithMetadata(new ProducesResponseTypeMetadata(status));
        }
    }

    // A page of another site must not publish or listen in the name of whoever reads it. Browsers say where a request comes from.
    private RequestDelegate Guard(RequestDelegate handler) => async http =>
    {
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.Headers.CacheControl = "no-store";
        bool hasOrigin = http.Request.Headers.Origin.Count > 0;
        if (!origins.Allows(http, isEnforced: true) || (!hasOrigin && http.Request.Headers["Sec-Fetch-Site"] == "cross-site"))
        {
            await AnswerAsync(http, StatusCodes.Status403Forbidden, "The page this request comes from may not use this server.").ConfigureAwait(false);
            return;
        }

        try
        {
            await handler(http).ConfigureAwait(false);
        }
        catch (NoRespondersException exception)
        {
            await AnswerAsync(http, StatusCodes.Status503ServiceUnavailable, exception.Message).ConfigureAwait(false);
        }
        catch (NatsException exception) when (!http.Response.HasStarted)
        {
            // In the protocol's words, which tell what is not allowed from what makes no sense.
            bool isForbidden = exception.Message == "Authorization Violation" || exception.Message.StartsWith("Permissions Violation", StringComparison.Ordinal);
            await AnswerAsync(http, isForbidden ? StatusCodes.Status403Forbidden : StatusCodes.Status400BadRequest, exception.Message).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await AnswerAsync(http, StatusCodes.Status504GatewayTimeout, "No answer came in time.").ConfigureAwait(false);
        }
        catch (BadHttpRequestException exception)
        {
            await AnswerAsync(http, exception.StatusCode, "The body is too large, or did not come.").ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or SlowConsumerException or ObjectDisposedException)
        {
            http.Abort(); // gone, too slow, or the server is leaving
        }
    };

    private async Task PublishAsync(HttpContext http)
    {
        var (subject, body, headers) = await ReadAsync(http).ConfigureAwait(false);
        string? reply = http.Request.Query["reply"] is { Count: > 0 } value ? value.ToString() : null;
        await clients.Shared(http).PublishAsync(subject, body, headers, reply, http.RequestAborted).ConfigureAwait(false);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task RequestAsync(HttpContext http)
    {
        var (subject, body, headers) = await ReadAsync(http).ConfigureAwait(false);
        NatsMessage answer = await clients.Shared(http).RequestAsync(subject, body, headers, Timeout(http), http.RequestAborted).ConfigureAwait(false);
        foreach (var (name, value) in answer.Headers ?? [])
        {
            if (name.StartsWith(HeaderPrefix, StringComparison.OrdinalIgnoreCase) && value.All(character => character is >= ' ' and < (char)0x7F))
            {
                http.Response.Headers.Append(name, value);
            }
        }

        http.Response.ContentType = "application/octet-stream";
        http.Response.ContentLength = answer.Data.Length;
        await http.Response.Body.WriteAsync(answer.Data, http.RequestAborted).ConfigureAwait(false);
    }

    private async Task SubscribeAsync(HttpContext http)
    {
        long max = Number(http, "max", 0, long.MaxValue);

        // A server that stops waits for its requests, and this one would never end.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
        await using InProcessClient client = clients.Open(http, "sse");
        using InProcessSubscription subscription = client.Subscribe(Subject(http), new SubscribeOptions
        {
            QueueGroup = http.Request.Query["queue"] is { Count: > 0 } queue ? queue.ToString() : null,
            MaxPendingMessages = options.Hub.MaxPendingMessages,
            MaxMessages = max,
        });
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        http.Response.ContentType = "text/event-stream";
        await http.Response.Body.FlushAsync(ending.Token).ConfigureAwait(false);
        await foreach (NatsMessage message in subscription.Reader.ReadAllAsync(ending.Token).ConfigureAwait(false))
        {
            await http.Response.Body.WriteAsync(ServerSentEvent.Of(message), ending.Token).ConfigureAwait(false);
            if (subscription.PendingMessages == 0)
            {
                await http.Response.Body.FlushAsync(ending.Token).ConfigureAwait(false);
            }
        }
    }

    private async Task<(string Subject, ReadOnlyMemory<byte> Body, MessageHeaders? Headers)> ReadAsync(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = options.Limits.MaxPayload;
        }

        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted).ConfigureAwait(false);
        MessageHeaders? headers = null;
        foreach (var (name, values) in http.Request.Headers)
        {
            if (name.StartsWith(HeaderPrefix, StringComparison.OrdinalIgnoreCase))
            {
                headers ??= new MessageHeaders();
                foreach (string? value in values)
                {
                    headers.Add(name, value ?? "");
                }
            }
        }

        return (Subject(http), body.GetBuffer().AsMemory(0, (int)body.Length), headers);
    }

    private static string Subject(HttpContext http) => (string)http.Request.RouteValues["subject"]!;

    private static TimeSpan Timeout(HttpContext http) => http.Request.Query.ContainsKey("timeout")
        ? TimeSpan.FromMilliseconds(Number(http, "timeout", 1, (long)MaxTimeout.TotalMilliseconds))
        : DefaultTimeout;

    private static long Number(HttpContext http, string name, long min, long max) =>
        http.Request.Query[name] is not { Count: > 0 } text ? 0
        : long.TryParse(text.ToString(), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out long number) && number >= min && number <= max
            ? number
            : throw new NatsException($"{name} must be a whole number from {min} to {max}.");

    private static async Task AnswerAsync(HttpContext http, int status, string text)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        byte[] bytes = Encoding.UTF8.GetBytes(text + "\n");
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        http.Response.ContentLength = bytes.Length;
        await http.Response.Body.WriteAsync(bytes, http.RequestAborted).ConfigureAwait(false);
    }
}
