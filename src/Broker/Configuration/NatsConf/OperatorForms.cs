namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary>Operator mode: who is trusted, and where account JWTs come from.</summary>
internal static class OperatorForms
{
    private const string UrlPrefix = "URL(";

    /// <summary>JWTs of operators, or files that hold one.</summary>
    public static void Operators(ConfScope scope, ConfEntry entry, string option)
    {
        if (!ConfForms.TryTexts(scope, entry, "operators", out var texts))
        {
            return;
        }

        foreach (string text in texts.Where(text => !IsJwt(text) && !File.Exists(text)))
        {
            scope.Error(entry.Position, $"error parsing operator JWT: open {text}: no such file or directory");
        }

        ConfForms.SetList(scope, entry, option, texts);
    }

    public static void TrustedKeys(ConfScope scope, ConfEntry entry, string option)
    {
        if (!ConfForms.TryTexts(scope, entry, "trusted", out var texts))
        {
            return;
        }

        for (int i = 0; i < texts.Count; i++)
        {
            string text = texts[i];
            if (ConfNkey.IsPublic(text, 'O'))
            {
                continue;
            }

            scope.Error((entry.Value as ConfArray)?.Items[i].Position ?? entry.Position, $"trust key \"{AuthorizationForms.ShowKey(text)}\" required to be a valid public operator nkey");
        }

        ConfForms.SetList(scope, entry, option, texts);
    }

    /// <summary><c>MEMORY</c>, <c>URL(…)</c>, or a block with a directory.</summary>
    public static void Resolver(ConfScope scope, ConfEntry entry, string option)
    {
        switch (entry.Value)
        {
            case ConfText text when text.Text.ToUpperInvariant() is "MEM" or "MEMORY":
                scope.Set($"{option}:Type", "MEMORY", entry);
                break;
            case ConfText text when text.Text.StartsWith(UrlPrefix, StringComparison.OrdinalIgnoreCase) && text.Text.EndsWith(')'):
                scope.Set($"{option}:Type", text.Text[UrlPrefix.Length..^1].Trim('"', '\'', ' '), entry);
                break;
            case ConfMap map:
                Directory(scope, entry, option, map.Entries);
                break;
            case ConfText:
                scope.Error(entry.Position, "error parsing account resolver, should be MEM or  URL(\"url\") or a map containing dir and type state=[FULL|CACHE])");
                break;
            default:
                scope.Error(entry.Position, $"error parsing operator resolver, wrong type {entry.Value.TypeName}");
                break;
        }
    }

    /// <summary>Account keys with their JWTs.</summary>
    public static void Preload(ConfScope scope, ConfEntry entry, string option)
    {
        if (entry.Value is not ConfMap map)
        {
            scope.Error(entry.Position, "preload should be a map of account_public_key:account_jwt");
            return;
        }

        int index = 0;
        foreach (var account in map.Entries)
        {
            if (account.Value is not ConfText text)
            {
                scope.Error(account.Position, "preload map value should be a string JWT");
            }
            else if (!IsJwt(text.Text))
            {
                scope.Error(account.Position, "invalid account JWT");
            }
            else
            {
                var item = scope.Item(option, index++);
                item.Set("Account", account.Key, account);
                item.Set("Jwt", text.Text, account);
            }
        }
    }

    private static void Directory(ConfScope scope, ConfEntry entry, string option, ConfEntries entries)
    {
        ConfKeys.Resolver.Read(scope.Below(option), entries);
        string type = (entries.Find("type")?.Value as ConfText)?.Text.ToLowerInvariant() ?? "";
        if (type is not ("full" or "cache"))
        {
            scope.Error(entry.Position, "error parsing account resolver, should be MEM or  URL(\"url\") or a map containing dir and type state=[FULL|CACHE])");
            return;
        }

        if (entries.Find("dir")?.Value is not ConfText { Text.Length: > 0 })
        {
            scope.Error(entry.Position, "dir has no value and needs to point to a directory");
        }

        if (type == "cache")
        {
            Refuse("interval", "sync");
            Refuse("allow_delete", "allow_delete");
            Refuse("hard_delete", "hard_delete");
        }
        else
        {
            Refuse("ttl", "ttl");
        }

        void Refuse(string key, string name)
        {
            if (entries.Find(key) is not null)
            {
                scope.Error(entry.Position, $"{type.ToUpperInvariant()} does not accept {name}");
            }
        }
    }

    private static bool IsJwt(string text) => text.StartsWith("eyJ", StringComparison.Ordinal) && text.Count(c => c == '.') == 2;
}
