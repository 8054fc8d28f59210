using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Monitoring;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.SystemAccount;

/// <summary>The list of subjects that the system account answers to. What is not in the list has no responder.</summary>
internal sealed class SystemRequests(
    SystemReports reports, Envelope envelope, ServerDescriber describer, ServerIdentity identity, ConnectionRegistry registry, AccountDirectory accounts,
    Reloader reloader, ClaimsSubjects claims, ILogger<SystemRequests> logger)
{

    /// <summary>All of them.</summary>
    public IEnumerable<SystemSubject> List()
    {
        yield return new("$SYS.REQ.SERVER.PING", Statsz);
        foreach (string server in (string[])["PING", identity.ServerId])
        {
            foreach ((string name, Func<SystemRequest, SystemAnswer?> answer) in ServerReports())
            {
                yield return new($"$SYS.REQ.SERVER.{server}.{name}", answer);
            }
        }

        yield return new($"$SYS.REQ.SERVER.{identity.ServerId}.RELOAD", Reload);
        yield return new($"$SYS.REQ.SERVER.{identity.ServerId}.KICK", request => Act(request, Kick));
        yield return new($"$SYS.REQ.SERVER.{identity.ServerId}.LDM", request => Act(request, registry.SendLameDuckInfo));
        foreach ((string name, Func<SystemRequest, SystemAnswer?> answer) in AccountReports())
        {
            yield return new($"$SYS.REQ.ACCOUNT.*.{name}", answer);
        }

        yield return new("$SYS.REQ.USER.*.INFO", request => Answer(request, "EventFilterOptions", (_, _) => reports.User(request.Requester), SystemJson.Write, isFiltered: false));
        yield return new("$SYS.DEBUG.SUBSCRIBERS", CountSubscribers);
        foreach (SystemSubject subject in claims.List())
        {
            yield return subject;
        }
    }

    private IEnumerable<(string Name, Func<SystemRequest, SystemAnswer?> Answer)> ServerReports()
    {
        yield return ("IDZ", _ => Plain(new ServerName(identity.ServerName, describer.Next().Host, identity.ServerId), SystemJson.Write));
        yield return ("STATSZ", Statsz);
        yield return ("VARZ", request => Answer(request, "VarzEventOptions", (_, _) => reports.Varz(), MonitoringJson.Write));
        yield return ("CONNZ", request => Answer(request, "ConnzEventOptions", (options, _) => reports.Connz(options), MonitoringJson.Write));
        yield return ("SUBSZ", request => Answer(request, "SubszEventOptions", (options, _) => reports.Subsz(options), MonitoringJson.Write));
        yield return ("ROUTEZ", request => Answer(request, "RoutezEventOptions", (options, _) => reports.Routez(options), MonitoringJson.Write));
        yield return ("GATEWAYZ", request => Answer(request, "GatewayzEventOptions", (options, _) => reports.Gatewayz(options), MonitoringJson.Write));
        yield return ("LEAFZ", request => Answer(request, "LeafzEventOptions", (options, _) => reports.Leafz(options), MonitoringJson.Write));
        yield return ("ACCOUNTZ", request => Answer(request, "AccountzEventOptions", (options, _) => reports.Accountz(options), MonitoringJson.Write));
        yield return ("JSZ", request => Answer(request, "JszEventOptions", (options, _) => reports.Jsz(options), MonitoringJson.Write));
        yield return ("HEALTHZ", request => Answer(request, "HealthzEventOptions", (options, _) => reports.Healthz(options), MonitoringJson.Write));
        yield return ("PROFILEZ", request => Answer(request, "ProfilezEventOptions", (options, _) => SystemReports.Profilez(options), SystemJson.Write));
        yield return ("EXPVARZ", request => Nothing(request, "ExpvarzEventOptions"));
        yield return ("IPQUEUESZ", request => Nothing(request, "IpqueueszEventOptions"));
        yield return ("RAFTZ", request => Nothing(request, "RaftzEventOptions"));
    }

    private IEnumerable<(string Name, Func<SystemRequest, SystemAnswer?> Answer)> AccountReports()
    {
        yield return ("CONNZ", request => Answer(request, "ConnzEventOptions", (options, account) => reports.Connz(options, account), MonitoringJson.Write));
        yield return ("SUBSZ", request => Answer(request, "SubszEventOptions", (options, account) => reports.Subsz(options, account), MonitoringJson.Write));
        yield return ("LEAFZ", request => Answer(request, "LeafzEventOptions", (options, _) => reports.Leafz(options), MonitoringJson.Write));
        yield return ("JSZ", request => Answer(request, "JszEventOptions", (options, _) => SystemReports.AccountJsz(options), MonitoringJson.Write));
        yield return ("INFO", request => Answer(request, "AccInfoEventOptions", reports.Account, SystemJson.Write));
        yield return ("STATZ", request => Answer(request, "AccountStatzEventOptions", reports.AccountStatz, MonitoringJson.Write));
        yield return ("CONNS", CountConnections);
    }

    private SystemAnswer? Answer<T>(
        SystemRequest request, string type, Func<RequestOptions, string, T?> build, Action<Utf8JsonWriter, T> write, bool isFiltered = true, string name = "data")
        where T : class
    {
        RequestOptions options = RequestOptions.Read(isFiltered ? request.Body : default, type);
        bool isMeant = reports.IsMeant(options);
        T? data = options.Error is null && isMeant ? build(options, request.Account) : null;
        return options switch
        {
            { Error: { } error } => new SystemAnswer(envelope.Error(new AnswerError(400, error))),
            { Refusal: { } refusal } => new SystemAnswer(envelope.NoData(new AnswerError(500, refusal))),
            _ => data is null ? null : new SystemAnswer([envelope.Data(name, data, write)], MayBeEncoded: name == "data"),
        };
    }

    private SystemAnswer? Statsz(SystemRequest request) =>
        Answer(request, "StatszEventOptions", (_, _) => reports.Statsz(), SystemJson.Write, name: "statsz");

    private SystemAnswer? Nothing(SystemRequest request, string type) =>
        Answer(request, type, static (_, _) => new Dictionary<string, string>(), SystemJson.Write);

    private SystemAnswer? Reload(SystemRequest request)
    {
        RequestOptions options = RequestOptions.Read(request.Body, "EventFilterOptions");
        bool isMeant = reports.IsMeant(options);
        if (options.Error is { } error)
        {
            return new SystemAnswer(envelope.Error(new AnswerError(400, error)));
        }

        return isMeant ? Outcome(reloader.TryRun(out string? problem) ? null : problem) : null;
    }

    // A body that cannot be read is not answered, as by nats-server.
    private SystemAnswer? Act(SystemRequest request, Func<ulong, string?> act)
    {
        RequestOptions options = RequestOptions.Read(request.Body, "");
        ulong connectionId = options.Unsigned("cid");
        return request.Body.IsEmpty || options.Error is not null ? null : Outcome(act(connectionId));
    }

    private string? Kick(ulong connectionId)
    {
        if (!registry.Kick(connectionId))
        {
            return "no such client or leafnode id";
        }

        logger.KickedByRequest(connectionId);
        return null;
    }

    private SystemAnswer? CountConnections(SystemRequest request)
    {
        RequestOptions options = RequestOptions.Read(request.Body, "");
        return options.Error is null && reports.Connections(request.Account) is { } connections ? Plain(connections, SystemJson.Write) : null;
    }

    // Of the requester's own account; those without subject that have a queue group are never meant.
    private SystemAnswer? CountSubscribers(SystemRequest request)
    {
        string[] words = request.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        string account = registry.FindOpen(request.Requester, 0)?.AccountName ?? "";
        int count = words.Length is 1 or 2 && accounts.TryGet(account, out Account? found) ? SystemReports.CountSubscribers(found, words[0], words.ElementAtOrDefault(1)) : 0;
        return new SystemAnswer(Encoding.ASCII.GetBytes($"{count}"));
    }

    private SystemAnswer Outcome(string? problem) =>
        new(problem is null ? envelope.Done() : envelope.Error(new AnswerError(500, problem)));

    private static SystemAnswer Plain<T>(T answer, Action<Utf8JsonWriter, T> write) => new(GoJson.Bytes(answer, write));
}
