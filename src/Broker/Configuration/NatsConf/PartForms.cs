namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary>Parts of nats-server that this server has not: their blocks are checked, and refused where they switch the part on.</summary>
internal static class PartForms
{
    /// <summary>A block that listens, dials or stores once one of these keys has a value.</summary>
    public static ConfForm Part(ConfBlock block, string typeText, params string[] switches) => (scope, entry, _) =>
    {
        ConfForms.Block(block, typeText)(scope.WithoutSettings(), entry, "");
        if (entry.Value is ConfMap map && switches.Any(key => map.Entries.Find(key) is { } found && IsOn(found.Value)))
        {
            Refuse(scope, entry);
        }
    };

    /// <summary><c>jetstream</c>: a flag, a word or a block.</summary>
    public static void JetStream(ConfScope scope, ConfEntry entry, string option)
    {
        switch (entry.Value)
        {
            case ConfFlag flag:
                RefuseIf(flag.IsOn);
                break;
            case ConfText text when text.Text.ToLowerInvariant() is "enabled" or "enable" or "disabled" or "disable":
                RefuseIf(text.Text.StartsWith("en", StringComparison.OrdinalIgnoreCase));
                break;
            case ConfText text:
                scope.Error(entry.Position, $"Expected 'enabled' or 'disabled' for string value, got '{text.Text}'");
                break;
            case ConfMap map:
                ConfKeys.JetStream.Read(scope.WithoutSettings(), map.Entries);
                RefuseIf(map.Entries.Find("enable", "enabled")?.Value is not ConfFlag { IsOn: false });
                break;
            default:
                scope.Error(entry.Position, $"Expected map, bool or string to define JetStream, got {entry.Value.TypeName}");
                break;
        }

        void RefuseIf(bool isOn)
        {
            if (isOn)
            {
                Refuse(scope, entry);
            }
        }
    }

    /// <summary>A size in bytes, or text such as <c>"10G"</c>.</summary>
    public static void StorageSize(ConfScope scope, ConfEntry entry, string option)
    {
        bool isSize = entry.Value switch
        {
            ConfInteger => true,
            ConfText text => long.TryParse(text.Text.TrimEnd('K', 'M', 'G', 'T', 'k', 'm', 'g', 't'), out _),
            _ => false,
        };
        if (!isSize)
        {
            scope.Error(entry.Position, $"{entry.Key} should be a size");
        }
    }

    /// <summary><c>always</c>, or a time.</summary>
    public static void SyncInterval(ConfScope scope, ConfEntry entry, string option)
    {
        if (entry.Value is not ConfText { Text: "always" })
        {
            ConfForms.Duration(scope, entry, option);
        }
    }

    /// <summary>The login of a link between servers: one user, no token.</summary>
    public static void ClusterLogin(ConfScope scope, ConfEntry entry, string option)
    {
        ConfForms.Block(ConfKeys.Authorization)(scope, entry, option);
        if (entry.Value is not ConfMap map)
        {
            return;
        }

        if (map.Entries.Find("users") is not null)
        {
            scope.Error(entry.Position, "Cluster authorization does not allow multiple users");
        }
        else if (map.Entries.Find("token") is not null)
        {
            scope.Error(entry.Position, "Cluster authorization does not support tokens");
        }
    }

    public static void ClusterName(ConfScope scope, ConfEntry entry, string option)
    {
        if (ConfForms.TryText(scope, entry, out string? name) && name.Contains(' '))
        {
            scope.Error(entry.Position, "cluster name cannot contain spaces");
        }
    }

    /// <summary>A list of texts, of which one given twice is warned of.</summary>
    public static void Routes(ConfScope scope, ConfEntry entry, string option)
    {
        ConfForms.TextArray(scope, entry, option);
        var seen = new HashSet<string>();
        foreach (var url in (entry.Value as ConfArray)?.Items.OfType<ConfText>() ?? [])
        {
            if (!seen.Add(url.Text))
            {
                scope.Warn(url.Position, $"invalid use of field \"{ConfRedaction.Url(url.Text)}\": Duplicate route entry detected");
            }
        }
    }

    public static void LeafMinVersion(ConfScope scope, ConfEntry entry, string option)
    {
        if (ConfForms.TryText(scope, entry, out string? text)
            && (!Version.TryParse(text.TrimStart('v'), out var version) || version < new Version(2, 8, 0)))
        {
            scope.Error(entry.Position, "the minimum version should be at least 2.8.0");
        }
    }

    /// <summary>Texts by names of one's own.</summary>
    public static ConfForm TextMap(string typeText) => (scope, entry, option) =>
    {
        if (entry.Value is not ConfMap map)
        {
            scope.Error(entry.Position, $"{typeText}: unsupported type {entry.Value.TypeName}");
            return;
        }

        foreach (var item in map.Entries)
        {
            ConfForms.TryText(scope, item, out _);
        }
    };

    public static void FeatureFlags(ConfScope scope, ConfEntry entry, string option)
    {
        if (entry.Value is not ConfMap map)
        {
            scope.Error(entry.Position, $"error parsing feature flags: unsupported type {entry.Value.TypeName}");
            return;
        }

        foreach (var flag in map.Entries.Where(flag => flag.Value is not ConfFlag))
        {
            scope.Error(flag.Position, $"error parsing feature flag \"{flag.Key}\": expected bool, got {flag.Value.TypeName}");
        }
    }

    /// <summary>A key that nats-server has stopped using.</summary>
    public static void ConsumerReplicas(ConfScope scope, ConfEntry entry, string option) =>
        scope.Warn(entry.Position, $"invalid use of field \"{entry.Key.ToLowerInvariant()}\": consumer replicas setting ignored in this server version");

    public static void AckPending(ConfScope scope, ConfEntry entry, string option)
    {
        if (ConfForms.TryInteger(scope, entry, out long number) && number is < 0 or > 65535)
        {
            scope.Error(entry.Position, $"invalid value {number}, should in [0..65535] range");
        }
    }

    private static bool IsOn(ConfValue value) => value switch
    {
        ConfInteger integer => integer.Number != 0,
        ConfArray array => array.Items.Count > 0,
        ConfText text => text.Text.Length > 0,
        _ => true,
    };

    private static void Refuse(ConfScope scope, ConfEntry entry) => scope.Error(entry.Position, $"{entry.Key} is not supported yet");
}
