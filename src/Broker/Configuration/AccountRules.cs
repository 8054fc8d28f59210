namespace NatsKestrel.Broker.Configuration;

/// <summary>The rules on accounts and what passes between them, as far as names and counts go.</summary>
internal static class AccountRules
{
    private const string Reserved = "$G";

    /// <summary>Every rule that is broken.</summary>
    public static IEnumerable<BrokenRule> Check(NatsBrokerOptions options)
    {
        var accounts = options.Accounts ?? [];
        List<BrokenRule> broken = [.. CheckMappings("Nats:Mappings", options.Mappings ?? [])];
        var names = new HashSet<string>();
        foreach ((int index, AccountOptions account) in accounts.Index())
        {
            string key = $"Nats:Accounts:{index}";
            broken.AddRange(CheckName(key, account.Name, isNew: names.Add(account.Name))
                .Concat(account.Exports.Index().SelectMany(entry => CheckExport($"{key}:Exports:{entry.Index}", entry.Item, accounts)))
                .Concat(account.Imports.Index().SelectMany(entry => CheckImport($"{key}:Imports:{entry.Index}", entry.Item, options)))
                .Concat(CheckMappings($"{key}:Mappings", account.Mappings))
                .Concat(CheckTrace(key, account)));
        }

        return broken;
    }

    private static IEnumerable<BrokenRule> CheckName(string key, string name, bool isNew)
    {
        if (name.Length == 0)
        {
            yield return new($"{key}:Name", "is required");
        }
        else if (name == Reserved)
        {
            yield return new($"{key}:Name", "is reserved: users of the global account stand in Nats:Authorization:Users");
        }
        else if (name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)))
        {
            yield return new($"{key}:Name", "must not contain spaces");
        }
        else if (!isNew)
        {
            yield return new($"{key}:Name", "must be unique");
        }
    }

    private static IEnumerable<BrokenRule> CheckExport(string key, ExportOptions export, List<AccountOptions> accounts)
    {
        if (export.Stream.Length > 0 == export.Service.Length > 0)
        {
            yield return new(key, "must have either a Stream or a Service");
        }

        if (export.ResponseType.Length > 0 && export.ResponseType.ToUpperInvariant() is not ("SINGLETON" or "SINGLE" or "STREAM" or "STREAMED" or "CHUNKED"))
        {
            yield return new($"{key}:ResponseType", "must be Singleton, Stream or Chunked");
        }

        if (export.Stream.Length > 0 && (export.ResponseType.Length > 0 || export.ResponseThreshold != TimeSpan.Zero || export.Latency is not null))
        {
            yield return new(key, "is a Stream, to which ResponseType, ResponseThreshold and Latency mean nothing");
        }

        foreach ((int index, string name) in export.Accounts.Index())
        {
            if (!accounts.Exists(account => account.Name == name) && name != Reserved)
            {
                yield return new($"{key}:Accounts:{index}", "must be the name of an account");
            }
        }

        if (export.Latency is { } latency && (latency.Subject.Length == 0 || latency.Sampling is < 0 or > 100))
        {
            yield return new($"{key}:Latency", "must have a Subject, and a Sampling from 0 to 100");
        }
    }

    private static IEnumerable<BrokenRule> CheckImport(string key, ImportOptions import, NatsBrokerOptions options)
    {
        if (import.Stream is null == import.Service is null)
        {
            yield return new(key, "must have either a Stream or a Service");
            yield break;
        }

        string kind = import.Stream is null ? "Service" : "Stream";
        ImportSourceOptions source = import.Stream ?? import.Service!;
        if (source.Account != Reserved && source.Account != "$SYS" && options.Accounts?.Exists(account => account.Name == source.Account) != true)
        {
            yield return new($"{key}:{kind}:Account", "must be the name of an account");
        }

        if (import.Prefix.Length > 0 && import.Service is not null)
        {
            yield return new($"{key}:Prefix", "means nothing to a Service; set To");
        }

        if (import.Prefix.Length > 0 && import.To.Length > 0)
        {
            yield return new($"{key}:Prefix", "must not be set together with To");
        }

        if (import.Share && import.Stream is not null)
        {
            yield return new($"{key}:Share", "means nothing to a Stream");
        }
    }

    private static IEnumerable<BrokenRule> CheckMappings(string key, List<MappingOptions> mappings)
    {
        foreach ((int index, MappingOptions mapping) in mappings.Index())
        {
            if (mapping.Destinations.Count == 0)
            {
                yield return new($"{key}:{index}:Destinations", "must not be empty");
            }

            if (mapping.Destinations.Exists(destination => destination.Weight is < 0 or > 100))
            {
                yield return new($"{key}:{index}:Destinations", "must have weights from 0 to 100");
            }
            else if (mapping.Destinations.GroupBy(destination => destination.Cluster).Any(cluster => cluster.Sum(destination => destination.Weight) > 100))
            {
                yield return new($"{key}:{index}:Destinations", "must have weights of 100 at most together");
            }
        }
    }

    private static IEnumerable<BrokenRule> CheckTrace(string key, AccountOptions account)
    {
        if (account.MessageTrace is { } trace && (trace.Destination.Length == 0 || trace.Sampling is < 1 or > 100))
        {
            yield return new($"{key}:MessageTrace", "must have a Destination, and a Sampling from 1 to 100");
        }
    }
}
