using System.Text;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Broker.Accounts.Imports;

/// <summary>What may be imported: what is exported to that account, under names that fit, and never in a circle.</summary>
internal static class ImportRules
{
    private const int MaxChain = 64;

    /// <summary>What an import is called in the importing account, <c>$1</c> and all.</summary>
    public static string LocalSubject(ImportOptions import)
    {
        string subject = (import.Stream ?? import.Service!).Subject;
        return import.To.Length > 0 ? import.To : import.Prefix.Length > 0 ? $"{import.Prefix.TrimEnd('.')}.{subject}" : subject;
    }

    /// <summary>Every import that breaks a rule; accounts that are named but do not exist are somebody else's business.</summary>
    public static IEnumerable<BrokenRule> Check(List<AccountOptions> accounts)
    {
        foreach ((int number, AccountOptions account) in accounts.Index())
        {
            foreach ((int index, ImportOptions import) in account.Imports.Index())
            {
                string key = $"Nats:Accounts:{number}:Imports:{index}";
                if (import.Stream is null != import.Service is null && Problem(account, import, accounts) is var (place, text))
                {
                    yield return new(key + place, text);
                }
            }
        }
    }

    private static (string Place, string Text)? Problem(AccountOptions importer, ImportOptions import, List<AccountOptions> accounts)
    {
        bool isStream = import.Stream is not null;
        string kind = isStream ? "Stream" : "Service";
        ImportSourceOptions source = import.Stream ?? import.Service!;
        if (!IsSubject(source.Subject))
        {
            return ($":{kind}:Subject", "must be a subject");
        }

        if (accounts.Find(account => account.Name == source.Account) is not { } exporter)
        {
            return source.Account is "$G" or "$SYS" ? ($":{kind}:Account", "exports nothing") : null;
        }

        if (!exporter.Exports.Exists(export => IsExported(export, isStream, source.Subject, importer.Name, import.IsActivated)))
        {
            return ($":{kind}:Subject", $"is not exported to {importer.Name} by {exporter.Name}");
        }

        if (ImportedSubject.TryCreate(source.Subject, LocalSubject(import)) is not { } subject || !IsSubject(Encoding.UTF8.GetString(subject.Local)))
        {
            return (import.Prefix.Length > 0 ? ":Prefix" : ":To", "must make a subject in which each wildcard of the imported one stands once");
        }

        return IsCyclic(importer, exporter, source.Subject, isStream, accounts, MaxChain) ? ($":{kind}:Account", "makes a circle of imports") : null;
    }

    private static bool IsExported(ExportOptions export, bool isStream, string subject, string importer, bool isActivated)
    {
        string exported = isStream ? export.Stream : export.Service;
        return exported.Length > 0 && SubjectRules.Covers(Encoding.UTF8.GetBytes(exported), Encoding.UTF8.GetBytes(subject))
            && (export.Accounts.Count == 0 || export.Accounts.Contains(importer))
            && (isActivated || !export.NeedsActivation)
            && (export.AccountTokenPosition == 0 || subject.Split('.').ElementAtOrDefault(export.AccountTokenPosition - 1) == importer);
    }

    // What is imported may itself be an import of the exporter, and so on: back at the beginning it would never end.
    private static bool IsCyclic(AccountOptions start, AccountOptions at, string subject, bool isStream, List<AccountOptions> accounts, int depth)
    {
        if (at == start || depth == 0)
        {
            return true;
        }

        foreach (ImportOptions import in at.Imports)
        {
            if ((isStream ? import.Stream : import.Service) is not { } source
                || accounts.Find(account => account.Name == source.Account) is not { } next
                || ImportedSubject.TryCreate(source.Subject, LocalSubject(import)) is not { } names
                || !SubjectRules.Overlaps(names.Local, Encoding.UTF8.GetBytes(subject)))
            {
                continue;
            }

            if (IsCyclic(start, next, source.Subject, isStream, accounts, depth - 1))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsSubject(string text) => SubjectRules.IsSafeSubscription(Encoding.UTF8.GetBytes(text));
}
