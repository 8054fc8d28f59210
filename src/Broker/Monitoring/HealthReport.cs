using NatsKestrel.Broker.Connections;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>Answers <c>/healthz</c>: null where all is well.</summary>
internal sealed class HealthReport(ServerHealth health)
{
    // What the reference says while its client listener is down, which in lame-duck mode it is too.
    private const string NotListening = "failed to be ready for connections after 1ms: server";

    public static readonly MonitoringParameter[] Parameters =
    [
        new("js-enabled", typeof(bool), "Old name of js-enabled-only.", Default: false),
        new("js-enabled-only", typeof(bool), "Checks only that JetStream is on where it is configured; here it never is.", Default: false),
        new("js-server-only", typeof(bool), "Leaves out streams and consumers; there are none here.", Default: false),
        new("js-meta-only", typeof(bool), "Checks only the JetStream meta group; there is none here.", Default: false),
        new("account", typeof(string), "Account whose stream is checked; there are no streams here."),
        new("stream", typeof(string), "Stream that is checked; needs account."),
        new("consumer", typeof(string), "Consumer that is checked; needs stream."),
        new("details", typeof(bool), "Lists what is wrong with its kind.", Default: false),
    ];

    /// <summary>What is wrong with the request or the server, with the status that says so; null where nothing is.</summary>
    public (int Status, Healthz Answer)? Check(string account, string stream, string consumer, bool withDetails)
    {
        if (stream.Length > 0 && account.Length == 0)
        {
            return (400, Answer("BAD_REQUEST", "\"account\" must not be empty when checking stream health", withDetails));
        }

        if (consumer.Length > 0 && stream.Length == 0)
        {
            return (400, Answer("BAD_REQUEST", "\"stream\" must not be empty when checking consumer health", withDetails));
        }

        if (!health.IsListening || health.IsLameDuck)
        {
            return (500, Answer("CONNECTION", NotListening, withDetails));
        }

        int missed = health.MissedSelfTests;
        return missed < ServerHealth.MaxMissedSelfTests
            ? null
            : (500, Answer("CONNECTION", $"the server's test message to itself failed {missed} times in a row", withDetails));
    }

    private static Healthz Answer(string type, string error, bool withDetails) =>
        withDetails ? new Healthz("error", Errors: [new HealthzError(type, error)]) : new Healthz("error", Error: error);
}
