namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary>Forms of single keys at the top of the file.</summary>
internal static class TopForms
{
    public static void ServerName(ConfScope scope, ConfEntry entry, string option)
    {
        if (!ConfForms.TryText(scope, entry, out string? name))
        {
            return;
        }

        if (name.Contains(' '))
        {
            scope.Error(entry.Position, "server name cannot contain spaces");
        }
        else
        {
            scope.Set(option, name, entry);
        }
    }

    public static void SystemAccount(ConfScope scope, ConfEntry entry, string option)
    {
        if (entry.Value is ConfText name)
        {
            scope.Set(option, name.Text, entry);
        }
        else
        {
            scope.Error(entry.Position, "system account name must be a string");
        }
    }

    /// <summary>Verbose tracing is tracing as well.</summary>
    public static void TraceVerbose(ConfScope scope, ConfEntry entry, string option) => ImpliesTrace(scope, entry, option);

    public static void TraceHeaders(ConfScope scope, ConfEntry entry, string option) => ImpliesTrace(scope, entry, option);

    /// <summary>What happens to who does not take what is written to it in time.</summary>
    public static void WriteTimeout(ConfScope scope, ConfEntry entry, string option)
    {
        if (ConfForms.TryText(scope, entry, out string? policy) && policy.ToLowerInvariant() is not ("default" or "close" or "retry"))
        {
            scope.Error(entry.Position, "write_timeout must be 'default', 'close' or 'retry'");
        }
    }

    /// <summary>The same for clients, who are closed here.</summary>
    public static void ClientWriteTimeout(ConfScope scope, ConfEntry entry, string option)
    {
        WriteTimeout(scope, entry, option);
        if (entry.Value is ConfText text && text.Text.Equals("retry", StringComparison.OrdinalIgnoreCase))
        {
            scope.Error(entry.Position, $"{entry.Key}: retry is not supported yet");
        }
    }

    public static void Strict(ConfScope scope, ConfEntry entry, string option)
    {
        if (ConfForms.TryFlag(scope, entry, out bool isOn))
        {
            scope.Settings.IsStrict = isOn;
        }
    }

    public static void ProxyKey(ConfScope scope, ConfEntry entry, string option)
    {
        if (ConfForms.TryText(scope, entry, out string? key) && !"UAONXC".Any(kind => ConfNkey.IsPublic(key, kind)))
        {
            scope.Error(entry.Position, $"invalid proxy key \"{AuthorizationForms.ShowKey(key)}\"");
        }
    }

    public static void Ocsp(ConfScope scope, ConfEntry entry, string option)
    {
        switch (entry.Value)
        {
            case ConfFlag:
                break;
            case ConfMap map:
                if (map.Entries.Find("mode") is { } mode && (mode.Value as ConfText)?.Text.ToLowerInvariant() is not ("auto" or "always" or "must" or "never"))
                {
                    scope.Error(mode.Position, $"error parsing ocsp config: unsupported ocsp mode {mode.Value.TypeName}");
                }

                break;
            default:
                scope.Error(entry.Position, $"error parsing ocsp config: unsupported type {entry.Value.TypeName}");
                break;
        }
    }

    public static void OcspCache(ConfScope scope, ConfEntry entry, string option)
    {
        switch (entry.Value)
        {
            case ConfFlag:
                break;
            case ConfMap map:
                foreach (var item in map.Entries.Where(item => item.Key.ToLowerInvariant() is not ("type" or "local_store" or "preserve_revoked" or "save_interval")))
                {
                    scope.Error(item.Position, $"error parsing OCSP peer cache config, unknown field [\"{item.Key}\"]");
                }

                if (map.Entries.Find("type") is { Value: ConfText type } named && type.Text.ToLowerInvariant() is not ("none" or "local"))
                {
                    scope.Error(named.Position, $"error parsing OCSP peer cache config, unknown type [{type.Text}]");
                }

                break;
            default:
                scope.Error(entry.Position, $"error parsing tags: unsupported type {entry.Value.TypeName}");
                break;
        }
    }

    private static void ImpliesTrace(ConfScope scope, ConfEntry entry, string option)
    {
        if (ConfForms.TryFlag(scope, entry, out bool isOn))
        {
            scope.Set(option, isOn, entry);
            if (isOn)
            {
                scope.Set("Logging:Trace", isOn, entry);
            }
        }
    }
}
