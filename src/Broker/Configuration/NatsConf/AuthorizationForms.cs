namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary>Who may log in: users, the authorization block, and the service that decides instead.</summary>
internal static class AuthorizationForms
{
    private static readonly string[] ConnectionTypes = ["STANDARD", "WEBSOCKET", "LEAFNODE", "LEAFNODE_WS", "MQTT", "MQTT_WS", "INPROCESS"];

    /// <summary>The block <c>authorization</c>.</summary>
    public static void Authorization(ConfScope scope, ConfEntry entry, string option)
    {
        ConfForms.Block(ConfKeys.Authorization)(scope, entry, option);
        if (entry.Value is not ConfMap map)
        {
            return;
        }

        bool hasUser = HasText(map.Entries.Find("user", "username"));
        bool hasPassword = HasText(map.Entries.Find("pass", "password"));
        bool hasToken = HasText(map.Entries.Find("token"));
        bool hasUsers = map.Entries.Find("users") is not null;
        if ((hasUser || hasPassword) && hasToken)
        {
            scope.Error(entry.Position, "Cannot have a user/pass and token");
        }
        else if (hasUser && hasUsers)
        {
            scope.Error(entry.Position, "Can not have a single user/pass and a users array");
        }
        else if (hasToken && hasUsers)
        {
            scope.Error(entry.Position, "Can not have a token and a users array");
        }
        else if (hasPassword && hasUsers)
        {
            // A variable called PASS, for example, that the users refer to: it is nobody's password by itself.
            scope.Below(option).Remove("Password");
        }
    }

    public static void Timeout(ConfScope scope, ConfEntry entry, string option) => ConfForms.LoginTimeout(scope, entry, option, "authorization");

    /// <summary>The list <c>users</c>.</summary>
    public static void Users(ConfScope scope, ConfEntry entry, string option)
    {
        if (entry.Value is not ConfArray array)
        {
            scope.Error(entry.Position, $"Expected users field to be an array, got {(entry.Value is ConfInteger number ? ConfForms.Show(number) : entry.Value.TypeName)}");
            return;
        }

        for (int i = 0; i < array.Items.Count; i++)
        {
            if (array.Items[i] is ConfMap map)
            {
                User(scope.Item(option, i), map);
            }
            else
            {
                scope.Error(array.Items[i].Position, $"Expected user entry to be a map/struct, got {array.Items[i].TypeName}");
            }
        }
    }

    public static void ConnectionTypeList(ConfScope scope, ConfEntry entry, string option)
    {
        if (!ConfForms.TryTexts(scope, entry, "allowed connection types", out var texts))
        {
            return;
        }

        string[] types = [.. texts.Select(text => text.ToUpperInvariant())];
        string[] wrong = [.. types.Except(ConnectionTypes)];
        if (wrong.Length > 0)
        {
            scope.Error(entry.Position, $"invalid connection types [{string.Join(' ', wrong.Select(type => $"\"{type}\""))}]");
            return;
        }

        ConfForms.SetList(scope, entry, option, types);
    }

    /// <summary>The block <c>auth_callout</c>.</summary>
    public static void Callout(ConfScope scope, ConfEntry entry, string option)
    {
        ConfForms.Block(ConfKeys.AuthCallout)(scope, entry, option);
        if (entry.Value is not ConfMap map)
        {
            return;
        }

        if (map.Entries.Find("issuer") is null)
        {
            scope.Error(entry.Position, "Authorization callouts require an issuer to be specified");
        }
        else if (map.Entries.Find("auth_users", "users")?.Value is null or ConfArray { Items.Count: 0 })
        {
            scope.Error(entry.Position, "Authorization callouts require authorized users to be specified");
        }
    }

    public static void Issuer(ConfScope scope, ConfEntry entry, string option) =>
        PublicKey(scope, entry, option, 'A', "Expected callout user to be a valid public account nkey, got \"{0}\"");

    public static void XKey(ConfScope scope, ConfEntry entry, string option) =>
        PublicKey(scope, entry, option, 'X', "Expected callout xkey to be a valid public xkey, got \"{0}\"");

    public static void UserNkey(ConfScope scope, ConfEntry entry, string option) => PublicKey(scope, entry, option, 'U', "Not a valid public nkey for a user");

    public static void AccountNkey(ConfScope scope, ConfEntry entry, string option) =>
        PublicKey(scope, entry, option, 'A', "Not a valid public nkey for an account: \"{0}\"");

    public static void CalloutUsers(ConfScope scope, ConfEntry entry, string option)
    {
        if (entry.Value is ConfArray)
        {
            ConfForms.TextArray(scope, entry, option);
        }
        else
        {
            scope.Error(entry.Position, $"Expected auth_users field to be an array, got {entry.Value.TypeName}");
        }
    }

    /// <summary>A public key of one kind. A secret one put here by mistake (they start with S) is not repeated.</summary>
    public static void PublicKey(ConfScope scope, ConfEntry entry, string option, char kind, string problem)
    {
        if (!ConfForms.TryText(scope, entry, out string? text))
        {
            return;
        }

        if (ConfNkey.IsPublic(text, kind))
        {
            scope.Set(option, text, entry);
        }
        else
        {
            scope.Error(entry.Position, problem.Replace("{0}", ShowKey(text), StringComparison.Ordinal));
        }
    }

    public static string ShowKey(string text) => text.StartsWith('S') ? "[REDACTED]" : text;

    private static bool HasText(ConfEntry? entry) => entry?.Value is ConfText { Text.Length: > 0 };

    private static void User(ConfScope scope, ConfMap map)
    {
        ConfKeys.User.Read(scope, map.Entries);
        bool hasName = HasText(map.Entries.Find("user", "username"));
        bool hasNkey = map.Entries.Find("nkey") is not null;
        if (!hasName && !hasNkey)
        {
            scope.Error(map.Position, "User entry requires a user");
        }
        else if (hasNkey && (hasName || map.Entries.Find("pass", "password") is not null))
        {
            scope.Error(map.Position, "Nkey users do not take usernames or passwords");
        }
    }
}
