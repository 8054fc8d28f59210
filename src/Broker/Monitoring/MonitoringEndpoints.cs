using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NatsKestrel.Broker.Configuration;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>The list of monitoring's paths, and their mapping. What is not in the list has no route.</summary>
internal static class MonitoringEndpoints
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    private static readonly MonitoringParameter Details =
        new("subs", typeof(string), "1 adds the subjects of the subscriptions, detail all that is known of them.", ["0", "1", "detail"], "0");

    private static readonly MonitoringParameter Account = new("acc", typeof(string), "Only this account.");

    /// <summary>Adds what the endpoints need beside the broker itself.</summary>
    public static void AddServices(IServiceCollection services)
    {
        services.AddSingleton<MonitoringSnapshots>();
        services.AddSingleton(provider => new ProcessUsage(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<HttpRequestCounts>();
        services.AddSingleton<ExpensiveRequests>();
        services.AddSingleton<VarzReport>();
        services.AddSingleton<ConnzReport>();
        services.AddSingleton<SubszReport>();
        services.AddSingleton<AccountReports>();
        services.AddSingleton<HealthReport>();
        services.AddSingleton<AbsentReports>();
        services.AddSingleton<SlowzReport>();
        services.AddSingleton<PrometheusText>();
        services.AddSingleton<MonitoringHandlers>();
    }

    /// <summary>Maps all paths below <paramref name="path"/>, or below the configured base path where it is null.</summary>
    public static IEndpointConventionBuilder Map(IEndpointRouteBuilder routes, string? path)
    {
        var services = routes.ServiceProvider;
        string basePath = path ?? services.GetRequiredService<NatsBrokerOptions>().Monitoring.BasePath;
        string prefix = basePath.Trim('/') is { Length: > 0 } trimmed ? "/" + trimmed : "";
        services.GetRequiredService<StartupLinks>().Add("monitoring", prefix.Length > 0 ? prefix : "/");
        var group = routes.MapGroup(prefix);
        var handlers = services.GetRequiredService<MonitoringHandlers>();
        var requests = services.GetRequiredService<HttpRequestCounts>();
        var logger = services.GetRequiredService<ILogger<MonitoringHandlers>>();
        foreach (var endpoint in List(handlers, basePath))
        {
            Map(group, endpoint, requests, logger);
        }

        MapIndex(group, requests);
        return group;
    }

    /// <summary>What answers to each whole path, for a server without routing.</summary>
    public static IReadOnlyDictionary<string, RequestDelegate> ByPath(IServiceProvider services)
    {
        string basePath = services.GetRequiredService<NatsBrokerOptions>().Monitoring.BasePath;
        string prefix = basePath.Trim('/') is { Length: > 0 } trimmed ? "/" + trimmed : "";
        var requests = services.GetRequiredService<HttpRequestCounts>();
        var logger = services.GetRequiredService<ILogger<MonitoringHandlers>>();
        var paths = new Dictionary<string, RequestDelegate>(StringComparer.Ordinal)
        {
            [prefix.Length > 0 ? prefix : "/"] = context => IndexAsync(context, requests),
        };
        foreach (MonitoringEndpoint endpoint in List(services.GetRequiredService<MonitoringHandlers>(), basePath))
        {
            paths[prefix + endpoint.Path] = context => RunAsync(context, endpoint, requests, logger);
        }

        return paths;
    }

    private static MonitoringEndpoint[] List(MonitoringHandlers handlers, string basePath) =>
    [
        new("/varz", context => handlers.VarzAsync(context, basePath), typeof(Varz), "The server",
            "Identity, settings, memory and processor use, and counters since the start.", [], "/varz"),
        new("/connz", handlers.ConnzAsync, typeof(Connz), "Connections",
            "One page of client connections: open ones, or those that ended lately.", ConnzRequest.Parameters, "/connz"),
        new("/subsz", handlers.SubszAsync, typeof(Subsz), "Subscriptions",
            "Subscriptions, and the cache of matches.", SubszRequest.Parameters, "/subsz"),
        new("/subscriptionsz", handlers.SubszAsync, typeof(Subsz), "Subscriptions, by the older name",
            "The same as /subsz.", SubszRequest.Parameters, "/subsz"),
        new("/accountz", handlers.AccountzAsync, typeof(Accountz), "Accounts",
            "The names of all accounts, or one account in detail.", [new("acc", typeof(string), "The account to show in detail.")], "/accountz"),
        new("/accstatz", handlers.AccountStatzAsync, typeof(AccountStatz), "Account statistics",
            "What each account has sent and received.", [new("unused", typeof(bool), "Lists accounts without connections too.", Default: false)], "/accstatz"),
        new("/routez", handlers.RoutezAsync, typeof(Routez), "Routes",
            "Connections to other servers of the cluster.", [Details], "/routez"),
        new("/gatewayz", handlers.GatewayzAsync, typeof(Gatewayz), "Gateways",
            "Connections to other clusters.", GatewayParameters(), "/gatewayz"),
        new("/leafz", handlers.LeafzAsync, typeof(Leafz), "Leaf nodes",
            "Leaf node connections.", [new("subs", typeof(bool), "Adds the subjects of the subscriptions.", Default: false), Account], "/leafz"),
        new("/jsz", handlers.JszAsync, typeof(Jsz), "JetStream",
            "Streams and consumers. This server has none, so all numbers are 0.", JetStreamParameters(), "/jsz"),
        new("/healthz", handlers.HealthzAsync, typeof(Healthz), "Health",
            "200 while clients can connect, 500 when they cannot (also in lame-duck mode).", HealthReport.Parameters, "/healthz"),
        new("/slowz", handlers.SlowzAsync, typeof(Slowz), "Slow consumers",
            "Who was cut for taking messages too slowly, and what filled its queue. nats-server has no such endpoint.", [], null),
        new("/ipqueuesz", handlers.IpQueueszAsync, typeof(IReadOnlyDictionary<string, IpQueuez>), "Internal queues",
            "Queues between parts of the server. This server has none.", QueueParameters(), null),
        new("/raftz", MonitoringHandlers.RaftzAsync, null, "Raft groups",
            "Always 404: there are no groups without JetStream.", [Account, new("group", typeof(string), "Only this group.")], null),
    ];

    private static MonitoringParameter[] GatewayParameters() =>
    [
        new("gw_name", typeof(string), "Only this cluster."),
        new("accs", typeof(bool), "Adds the accounts.", Default: false),
        new("acc_name", typeof(string), "Only this account."),
        Details,
    ];

    private static MonitoringParameter[] JetStreamParameters() =>
    [
        Account,
        new("accounts", typeof(bool), "Adds the accounts.", Default: false),
        new("streams", typeof(bool), "Adds the streams.", Default: false),
        new("consumers", typeof(bool), "Adds the consumers.", Default: false),
        new("direct-consumers", typeof(bool), "Adds consumers that serve mirrors and sources.", Default: false),
        new("config", typeof(bool), "Adds the configuration of streams and consumers.", Default: false),
        new("leader-only", typeof(bool), "Only the leader answers; others, and this server, with 400.", Default: false),
        .. Page.Parameters,
        new("raft", typeof(bool), "Adds the Raft groups.", Default: false),
        new("stream-leader-only", typeof(bool), "Only streams this server leads.", Default: false),
    ];

    private static MonitoringParameter[] QueueParameters() =>
    [
        new("all", typeof(bool), "Lists empty queues too.", Default: false),
        new("queues", typeof(string), "Only queues with this text in their names."),
    ];

    private static void Map(RouteGroupBuilder group, MonitoringEndpoint endpoint, HttpRequestCounts requests, ILogger logger)
    {
        var route = group.MapMethods(endpoint.Path, Methods, context => RunAsync(context, endpoint, requests, logger))
            .WithTags("Monitoring")
            .WithSummary(endpoint.Summary)
            .WithDescription(endpoint.Description)
            // Without it an API description passes over endpoints that are plain request delegates.
            .WithMetadata(endpoint.Handler.Method)
            .WithMetadata([.. endpoint.Parameters]);
        if (endpoint.Answer is not null)
        {
            route.WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, endpoint.Answer, ["application/json"]));
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever goes wrong in one answer is logged, and its text stays out of the answer.")]
    private static async Task RunAsync(HttpContext context, MonitoringEndpoint endpoint, HttpRequestCounts requests, ILogger logger)
    {
        // Routing would take /VARZ and /varz/ too; the reference does not.
        if (!context.Request.Path.Value!.EndsWith(endpoint.Path, StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        if (endpoint.CountedAs is not null)
        {
            requests.Count(endpoint.CountedAs);
        }

        try
        {
            await endpoint.Handler(context);
        }
        catch (Exception exception) when (!context.RequestAborted.IsCancellationRequested)
        {
            logger.RequestFailed(exception, endpoint.Path);
            if (context.Response.HasStarted)
            {
                // Too late for a status: a cut connection at least cannot be taken for a whole answer.
                context.Abort();
                return;
            }

            context.Response.Clear();
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
        catch (OperationCanceledException)
        {
            // The caller has gone.
        }
    }

    private static Task IndexAsync(HttpContext context, HttpRequestCounts requests)
    {
        requests.Count("/");
        return MonitoringAnswer.HtmlAsync(context, MonitoringIndex.Html(context.Request.Path));
    }

    // Last of all endpoints, so that an application's own page at this path wins.
    private static void MapIndex(RouteGroupBuilder group, HttpRequestCounts requests) =>
        group.MapMethods("/", Methods, context => IndexAsync(context, requests))
            .ExcludeFromDescription()
            .Add(builder => ((RouteEndpointBuilder)builder).Order = int.MaxValue);
}
