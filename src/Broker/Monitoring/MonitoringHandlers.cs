using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>Reads what was asked of a monitoring endpoint, has the answer built, and sends it.</summary>
/// <remarks>
/// Parameters are read in the reference server's order, because the first wrong one decides the text of the 400. Those of parts
/// this server does not have (routes, gateways, leaf nodes, JetStream) are read for that reason alone.
/// </remarks>
internal sealed class MonitoringHandlers(
    VarzReport varz,
    ConnzReport connz,
    SubszReport subsz,
    AccountReports accounts,
    HealthReport health,
    SlowzReport slow,
    MonitoringSnapshots snapshots,
    AbsentReports absent,
    ExpensiveRequests expensive,
    TimeProvider time,
    NatsBrokerOptions options,
    ILogger<MonitoringHandlers> logger)
{
    private static readonly byte[] Ok = "{\"status\":\"ok\"}"u8.ToArray();
    private static readonly IReadOnlyDictionary<string, IpQueuez> NoQueues = new Dictionary<string, IpQueuez>();

    private readonly LogLimiter _healthLog = new(time);
    private readonly MonitoringAnswer _answer = new(options.Monitoring.Cors);

    public Task VarzAsync(HttpContext context, string basePath) => _answer.JsonAsync(context, varz.Build(basePath), MonitoringJson.Write);

    public Task ConnzAsync(HttpContext context)
    {
        var query = Query(context);
        var request = ConnzRequest.Read(query);
        return query.Error is { } error
            ? BadRequestAsync(context, error)
            : expensive.RunAsync(context, () => ConnzAsync(context, connz.Build(request)));
    }

    public Task SubszAsync(HttpContext context)
    {
        var query = Query(context);
        var request = SubszRequest.Read(query);
        return query.Error is { } error
            ? BadRequestAsync(context, error)
            : expensive.RunAsync(context, () => SubszAsync(context, subsz.Build(request)));
    }

    public Task RoutezAsync(HttpContext context)
    {
        var query = Query(context);
        query.Subscriptions("subs");
        return query.Error is { } error
            ? BadRequestAsync(context, error)
            : _answer.JsonAsync(context, absent.Routes(), MonitoringJson.Write);
    }

    public Task GatewayzAsync(HttpContext context)
    {
        var query = Query(context);
        query.Subscriptions("subs");
        query.Boolean("accs");
        return query.Error is { } error
            ? BadRequestAsync(context, error)
            : _answer.JsonAsync(context, absent.Gateways(), MonitoringJson.Write);
    }

    public Task LeafzAsync(HttpContext context)
    {
        var query = Query(context);
        query.Boolean("subs");
        return query.Error is { } error
            ? BadRequestAsync(context, error)
            : _answer.JsonAsync(context, absent.LeafNodes(), MonitoringJson.Write);
    }

    public Task AccountzAsync(HttpContext context)
    {
        string name = Query(context).Text("acc");
        if (name.Length == 0)
        {
            return _answer.JsonAsync(context, accounts.BuildNames(), MonitoringJson.Write);
        }

        return snapshots.HasAccount(name)
            ? _answer.JsonAsync(context, accounts.BuildDetail(name), MonitoringJson.Write)
            : BadRequestAsync(context, $"Account {name} does not exist");
    }

    public Task AccountStatzAsync(HttpContext context)
    {
        var query = Query(context);
        bool withUnused = query.Boolean("unused");
        return query.Error is { } error
            ? BadRequestAsync(context, error)
            : _answer.JsonAsync(context, accounts.BuildStatistics(withUnused), MonitoringJson.Write);
    }

    public Task JszAsync(HttpContext context)
    {
        var query = Query(context);
        query.Boolean("accounts");
        query.Boolean("streams");
        query.Boolean("consumers");
        query.Boolean("direct-consumers");
        query.Boolean("config");
        query.Integer("offset");
        query.Integer("limit");
        bool isForLeader = query.Boolean("leader-only");
        query.Boolean("raft");
        query.Boolean("stream-leader-only");
        if (isForLeader)
        {
            query.Fail("filtered response: not leader");
        }

        return query.Error is { } error
            ? BadRequestAsync(context, error)
            : _answer.JsonAsync(context, absent.JetStream(), MonitoringJson.Write);
    }

    public Task HealthzAsync(HttpContext context)
    {
        var query = Query(context);
        query.Boolean("js-enabled");
        query.Boolean("js-enabled-only");
        query.Boolean("js-server-only");
        query.Boolean("js-meta-only");
        bool withDetails = query.Boolean("details");
        if (query.Error is { } error)
        {
            return BadRequestAsync(context, error);
        }

        if (health.Check(query.Text("account"), query.Text("stream"), query.Text("consumer"), withDetails) is not var (status, answer))
        {
            return _answer.JsonAsync(context, Ok);
        }

        // Anybody can ask, so not more than a line per second.
        if (_healthLog.TryPass(out _))
        {
            logger.HealthCheckFailed(answer.Error ?? answer.Errors![0].Error);
        }

        return _answer.JsonAsync(context, answer, MonitoringJson.Write, GoJson.Compact, status);
    }

    public Task IpQueueszAsync(HttpContext context)
    {
        var query = Query(context);
        query.Boolean("all");
        return query.Error is { } error
            ? BadRequestAsync(context, error)
            : _answer.JsonAsync(context, NoQueues, MonitoringJson.Write, GoJson.IndentedByThree);
    }

    public Task SlowzAsync(HttpContext context) => _answer.JsonAsync(context, slow.Build(), MonitoringJson.Write);

    public static Task RaftzAsync(HttpContext context) =>
        MonitoringAnswer.TextAsync(context, StatusCodes.Status404NotFound, "No Raft nodes registered");

    private Task ConnzAsync(HttpContext context, Connz answer) =>
        _answer.LongJsonAsync(context, answer, answer with { Connections = [] }, MonitoringJson.Write, answer.Connections, MonitoringJson.Write);

    private Task SubszAsync(HttpContext context, Subsz answer) =>
        _answer.LongJsonAsync(context, answer, answer with { SubscriptionsList = [] }, MonitoringJson.Write, answer.SubscriptionsList, MonitoringJson.Write);

    private static MonitoringQuery Query(HttpContext context) => new(context.Request.QueryString);

    private static Task BadRequestAsync(HttpContext context, string error) =>
        MonitoringAnswer.TextAsync(context, StatusCodes.Status400BadRequest, error);
}
