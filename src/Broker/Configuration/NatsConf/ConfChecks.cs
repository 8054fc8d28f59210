namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary>What can only be seen of the file as a whole.</summary>
internal static class ConfChecks
{
    public static void Run(ConfSettings settings, ConfEntries entries)
    {
        MonitoringUrls.Set(settings, entries);
        CheckUsers(settings, entries);
        CheckCallout(settings, entries);
        CheckStoreFolder(settings, entries);
    }

    private static void CheckCallout(ConfSettings settings, ConfEntries entries)
    {
        var accounts = (entries.Find("accounts")?.Value as ConfMap)?.Entries;
        if ((entries.Find("authorization")?.Value as ConfMap)?.Entries.Find("auth_callout", "auth_hook")?.Value is not ConfMap callout
            || callout.Entries.Find("allowed_accounts") is not { Value: ConfArray allowed } entry)
        {
            return;
        }

        foreach (var name in allowed.Items.OfType<ConfText>().Where(name => name.Text != "$G" && accounts?.TryGet(name.Text, out _) != true))
        {
            settings.Error(entry.Position, $"auth_callout allowed account \"{name.Text}\" not found in configured accounts");
        }
    }

    // A login must lead to one user, whatever account it is in.
    private static void CheckUsers(ConfSettings settings, ConfEntries entries)
    {
        var seen = new HashSet<string>();
        if (entries.Find("authorization") is { Value: ConfMap authorization } entry && authorization.Entries.Find("users") is { } users)
        {
            CheckUsers(settings, users.Value, entry.Position, seen);
        }

        foreach (var account in (entries.Find("accounts")?.Value as ConfMap)?.Entries ?? Enumerable.Empty<ConfEntry>())
        {
            if ((account.Value as ConfMap)?.Entries.Find("users") is { } members)
            {
                CheckUsers(settings, members.Value, members.Position, seen);
            }
        }
    }

    private static void CheckUsers(ConfSettings settings, ConfValue users, ConfPosition position, HashSet<string> seen)
    {
        foreach (var user in (users as ConfArray)?.Items.OfType<ConfMap>() ?? [])
        {
            if (user.Entries.Find("user", "username")?.Value is ConfText name && !seen.Add(name.Text))
            {
                settings.Error(position, $"Duplicate user \"{name.Text}\" detected");
            }

            if (user.Entries.Find("nkey")?.Value is ConfText nkey && !seen.Add(nkey.Text))
            {
                settings.Error(position, $"Duplicate nkey \"{AuthorizationForms.ShowKey(nkey.Text)}\" detected");
            }
        }
    }

    private static void CheckStoreFolder(ConfSettings settings, ConfEntries entries)
    {
        if (entries.Find("store_dir", "storedir") is not null
            && (entries.Find("jetstream")?.Value as ConfMap)?.Entries.Find("store_dir", "storedir", "store") is { } second)
        {
            settings.Error(second.Position, "Duplicate 'store_dir' configuration");
        }
    }
}
