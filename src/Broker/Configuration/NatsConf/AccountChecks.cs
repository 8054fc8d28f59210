namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary>Whether what accounts import is exported to them: what cannot be seen in one account alone.</summary>
internal static class AccountChecks
{
    public static void Run(ConfScope scope, ConfEntry accounts, ConfMap map)
    {
        foreach (var account in map.Entries)
        {
            foreach (var export in Items(account.Value, "exports"))
            {
                CheckExport(scope, accounts, map, export);
            }

            foreach (var import in Items(account.Value, "imports"))
            {
                CheckImport(scope, accounts, map, account.Key, import, "stream");
                CheckImport(scope, accounts, map, account.Key, import, "service");
            }
        }
    }

    private static void CheckExport(ConfScope scope, ConfEntry accounts, ConfMap map, ConfMap export)
    {
        string kind = export.Entries.Find("stream") is null ? "service" : "stream";
        foreach (string name in Texts(export.Entries.Find("accounts")).Where(name => !map.Entries.TryGet(name, out _)))
        {
            scope.Error(accounts.Position, $"\"{name}\" account not defined for {kind} export");
        }

        if (export.Entries.Find("account_token_position")?.Value is ConfInteger { Number: not 0 } position
            && export.Entries.Find("stream", "service")?.Value is ConfText subject
            && !IsWildcard(subject.Text, position.Number))
        {
            scope.Error(accounts.Position, $"Error adding {kind} export \"{subject.Text}\": sublist: invalid subject");
        }
    }

    private static void CheckImport(ConfScope scope, ConfEntry accounts, ConfMap map, string importer, ConfMap import, string kind)
    {
        bool isBoth = import.Entries.Find("stream") is not null && import.Entries.Find("service") is not null;
        if (isBoth || import.Entries.Find(kind)?.Value is not ConfMap source
            || source.Entries.Find("account")?.Value is not ConfText account
            || source.Entries.Find("subject")?.Value is not ConfText subject)
        {
            return;
        }

        if (!map.Entries.TryGet(account.Text, out var exporter))
        {
            scope.Error(accounts.Position, $"\"{account.Text}\" account not defined for {kind} import");
        }
        else if (!Items(exporter.Value, "exports").Any(export => Offers(export, kind, subject.Text, importer)))
        {
            scope.Error(accounts.Position, $"Error adding {kind} import \"{subject.Text}\": {kind} import not authorized");
        }
        else if (kind == "stream" && import.Entries.Find("prefix")?.Value is ConfText prefix && !ConfSubject.IsLiteral(prefix.Text))
        {
            scope.Error(accounts.Position, $"Error adding stream import \"{subject.Text}\": stream import prefix can not contain wildcard tokens");
        }
        else if (kind == "stream" && import.Entries.Find("to")?.Value is ConfText to && !ConfTransform.UsesEveryWildcard(subject.Text, to.Text))
        {
            scope.Error(accounts.Position, $"Error adding stream import \"{subject.Text}\": failed to create mapping transform for stream import subject "
                + $"from \"{subject.Text}\" to \"{to.Text}\": invalid mapping destination: not using all of the token wildcard(s) in {to.Text}");
        }
    }

    private static bool Offers(ConfMap export, string kind, string subject, string importer)
    {
        var accounts = Texts(export.Entries.Find("accounts"));
        return export.Entries.Find(kind)?.Value is ConfText exported
            && ConfSubject.Covers(exported.Text, subject)
            && (accounts.Count == 0 || accounts.Contains(importer));
    }

    private static bool IsWildcard(string subject, long position)
    {
        string[] tokens = subject.Split('.');
        return position >= 1 && position <= tokens.Length && tokens[position - 1] == "*";
    }

    private static IEnumerable<ConfMap> Items(ConfValue account, string list) =>
        ((account as ConfMap)?.Entries.Find(list)?.Value as ConfArray)?.Items.OfType<ConfMap>() ?? [];

    private static List<string> Texts(ConfEntry? entry) =>
        (entry?.Value as ConfArray)?.Items.OfType<ConfText>().Select(text => text.Text).ToList() ?? [];
}
