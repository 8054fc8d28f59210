using System.Text;
using NatsKestrel.Broker.Accounts.Imports;
using NatsKestrel.Broker.Configuration;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>Shows exports, imports and mappings of an account as the reference server does.</summary>
internal static class AccountExchanges
{
    public static IReadOnlyList<AccountExport>? Exports(IReadOnlyList<ExportOptions> exports) => exports.Count == 0 ? null : [.. exports.Select(Export)];

    public static IReadOnlyList<AccountImport>? Imports(IReadOnlyList<ImportOptions> imports) => imports.Count == 0 ? null : [.. imports.Select(Import)];

    public static IReadOnlyDictionary<string, IReadOnlyList<AccountMapping>>? Mappings(AccountOptions account) =>
        account.Mappings.Count == 0 ? null : account.Mappings.GroupBy(mapping => mapping.Source).ToDictionary(group => group.Key, IReadOnlyList<AccountMapping> (group) => Destinations(group.First()));

    private static AccountExport Export(ExportOptions export)
    {
        bool isService = export.Service.Length > 0;
        return new AccountExport(
            isService ? export.Service : export.Stream,
            isService ? "service" : "stream",
            !isService ? null : export.ResponseType.ToUpperInvariant() switch { "STREAM" or "STREAMED" => "Streamed", "CHUNKED" => "Chunked", _ => "Singleton" },
            export.Accounts.Count > 0 ? export.Accounts : null);
    }

    private static AccountImport Import(ImportOptions import)
    {
        bool isService = import.Service is not null;
        ImportSourceOptions source = import.Service ?? import.Stream!;
        string local = ImportedSubject.TryCreate(source.Subject, ImportRules.LocalSubject(import)) is { } subject
            ? Encoding.UTF8.GetString(subject.Local)
            : ImportRules.LocalSubject(import);
        return new AccountImport(source.Subject, source.Account, isService ? local : null, local, isService ? "service" : "stream", Invalid: false, import.Share, Tracking: false);
    }

    // The weights add up, lightest first, and what is left is the subject's own.
    private static List<AccountMapping> Destinations(MappingOptions mapping)
    {
        int sum = 0;
        var destinations = mapping.Destinations.OrderBy(destination => destination.Weight)
            .Select(destination => new AccountMapping(destination.Destination, sum += destination.Weight, destination.Cluster.Length > 0 ? destination.Cluster : null)).ToList();
        if (sum < 100 && !mapping.Destinations.Exists(destination => destination.Destination == mapping.Source))
        {
            destinations.Add(new AccountMapping(mapping.Source, 100, null));
        }

        return destinations;
    }
}
