using System.Globalization;

namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary>Accounts, and what they export and import.</summary>
internal static class AccountForms
{
    private const string GlobalAccount = "$G";

    /// <summary><c>accounts</c>: a list of names, or a block for each name.</summary>
    public static void Accounts(ConfScope scope, ConfEntry entry, string option)
    {
        switch (entry.Value)
        {
            case ConfArray array:
                Names(scope, entry, option, array);
                break;
            case ConfMap map:
                Blocks(scope, option, map);
                AccountChecks.Run(scope, entry, map);
                break;
        }
    }

    /// <summary><c>exports</c>.</summary>
    public static void Exports(ConfScope scope, ConfEntry entry, string option) =>
        List(scope, entry, option, "Exports", (item, map) =>
        {
            ConfKeys.Export.Read(item, map.Entries);
            CheckExport(item, map.Entries);
        });

    /// <summary><c>imports</c>.</summary>
    public static void Imports(ConfScope scope, ConfEntry entry, string option) =>
        List(scope, entry, option, "Imports", (item, map) =>
        {
            ConfKeys.Import.Read(item, map.Entries);
            CheckImport(item, map.Entries);
        });

    /// <summary>The subject of an export.</summary>
    public static ConfForm Exported(string kind) => (scope, entry, option) =>
    {
        if (entry.Value is ConfText text)
        {
            scope.Set(option, text.Text, entry);
        }
        else
        {
            scope.Error(entry.Position, $"Expected {kind} name to be string, got {entry.Value.TypeName}");
        }
    };

    /// <summary>Account and subject of an import.</summary>
    public static ConfForm Imported(string kind) => (scope, entry, option) =>
    {
        if (entry.Value is not ConfMap map)
        {
            scope.Error(entry.Position, $"{kind} entry should be an account map, got {entry.Value.TypeName}");
            return;
        }

        ConfKeys.ImportSource.Read(scope.Below(option), map.Entries);
        if (map.Entries.Find("account") is null || map.Entries.Find("subject") is null)
        {
            scope.Error(entry.Position, "Expect an account name and a subject");
        }
    };

    public static void ResponseType(ConfScope scope, ConfEntry entry, string option)
    {
        if (!ConfForms.TryText(scope, entry, out string? text))
        {
            return;
        }

        string? type = text.ToLowerInvariant() switch
        {
            "single" or "singleton" => "Singleton",
            "stream" => "Stream",
            "chunk" or "chunked" => "Chunked",
            _ => null,
        };
        if (type is null)
        {
            scope.Error(entry.Position, $"Unknown response type: \"{text}\"");
        }
        else
        {
            scope.Set(option, type, entry);
        }
    }

    public static void ResponseThreshold(ConfScope scope, ConfEntry entry, string option)
    {
        if (entry.Value is ConfText text && GoDuration.Parse(text.Text) is { } time)
        {
            scope.Set(option, time, entry);
        }
        else
        {
            string got = entry.Value is ConfText wrong ? $"\"{wrong.Text}\"" : entry.Value.TypeName;
            scope.Error(entry.Position, $"Expected response threshold to be a parseable time duration, got {got}");
        }
    }

    /// <summary><c>latency</c>: a subject, or a subject with a share of the requests.</summary>
    public static void Latency(ConfScope scope, ConfEntry entry, string option)
    {
        switch (entry.Value)
        {
            case ConfText text:
                scope.Set($"{option}:Subject", text.Text, entry);
                break;
            case ConfMap map:
                ConfKeys.Latency.Read(scope.Below(option), map.Entries);
                if (map.Entries.Find("subject") is null)
                {
                    scope.Error(entry.Position, "Latency subject required, but missing");
                }

                break;
            default:
                scope.Error(entry.Position, $"Expected latency entry to be a map/struct or string, got {entry.Value.TypeName}");
                break;
        }
    }

    /// <summary>A share in per cent, as a number or as <c>"50%"</c>; <c>headers</c> leaves it to the request.</summary>
    public static void LatencySampling(ConfScope scope, ConfEntry entry, string option)
    {
        if (entry.Value is ConfText text && text.Text.Equals("headers", StringComparison.OrdinalIgnoreCase))
        {
            scope.Set(option, 0, entry);
        }
        else if (Percentage(entry.Value) is >= 1 and <= 100 and { } share)
        {
            scope.Set(option, share, entry);
        }
        else
        {
            scope.Error(entry.Position, "bad sampling percentage, should be 1-100");
        }
    }

    /// <summary><c>msg_trace</c>: a subject, or a subject with a share of the messages.</summary>
    public static void MessageTrace(ConfScope scope, ConfEntry entry, string option)
    {
        switch (entry.Value)
        {
            case ConfText:
                TraceDestination(scope, entry, $"{option}:Destination");
                break;
            case ConfMap map:
                ConfKeys.MessageTrace.Read(scope.Below(option), map.Entries);
                if (map.Entries.Find("dest") is null && map.Entries.Find("sampling") is not null)
                {
                    scope.Error(entry.Position, "Trace destination sampling ignored since no destination was set");
                }

                break;
            default:
                scope.Error(entry.Position, $"Expected account message trace \"msg_trace\" to be a string or a map/struct, got {entry.Value.TypeName}");
                break;
        }
    }

    public static void TraceDestination(ConfScope scope, ConfEntry entry, string option)
    {
        if (!ConfForms.TryText(scope, entry, out string? text))
        {
            return;
        }

        if (ConfSubject.IsValid(text) && ConfSubject.IsLiteral(text))
        {
            scope.Set(option, text, entry);
        }
        else
        {
            scope.Error(entry.Position, $"Trace destination \"{text}\" is not valid");
        }
    }

    public static void TraceSampling(ConfScope scope, ConfEntry entry, string option)
    {
        if (Percentage(entry.Value) is >= 1 and <= 100 and { } share)
        {
            scope.Set(option, share, entry);
        }
        else
        {
            scope.Error(entry.Position, $"Ttrace destination sampling value {ConfForms.Show(entry.Value)} is invalid, needs to be [1..100]");
        }
    }

    public static void Limits(ConfScope scope, ConfEntry entry, string option)
    {
        if (entry.Value is ConfMap map)
        {
            ConfKeys.AccountLimits.Read(scope.Below(option), map.Entries);
        }
        else
        {
            scope.Error(entry.Position, $"Expected account limits to be a map/struct, got {ConfForms.Show(entry.Value)}");
        }
    }

    /// <summary>A number, or one with a percent sign; null for anything else.</summary>
    public static long? Percentage(ConfValue value) => value switch
    {
        ConfInteger integer => integer.Number,
        ConfText text when long.TryParse(text.Text.TrimEnd('%'), NumberStyles.None, CultureInfo.InvariantCulture, out long share) => share,
        _ => null,
    };

    private static void Names(ConfScope scope, ConfEntry entry, string option, ConfArray array)
    {
        var seen = new HashSet<string>();
        foreach (var item in array.Items)
        {
            if (item is not ConfText name)
            {
                scope.Error(item.Position, ConfForms.Conversion(item, "string"));
            }
            else if (name.Text == GlobalAccount)
            {
                scope.Error(item.Position, $"\"{GlobalAccount}\" is a Reserved Account");
            }
            else if (!seen.Add(name.Text))
            {
                scope.Error(item.Position, $"Duplicate Account Entry: {name.Text}");
            }
            else
            {
                scope.Item(option, seen.Count - 1).Set("Name", name.Text, entry);
            }
        }
    }

    private static void Blocks(ConfScope scope, string option, ConfMap map)
    {
        int index = 0;
        foreach (var account in map.Entries)
        {
            if (account.Value is not ConfMap block)
            {
                if (!account.IsVariable)
                {
                    scope.Error(account.Position, "Expected map entries for accounts");
                }

                continue;
            }

            if (account.Key == GlobalAccount)
            {
                scope.Error(account.Position, $"\"{GlobalAccount}\" is a Reserved Account");
                continue;
            }

            var item = scope.Item(option, index++);
            item.Set("Name", account.Key, account);
            ConfKeys.Account.Read(item, block.Entries);
        }
    }

    private static void List(ConfScope scope, ConfEntry entry, string option, string name, Action<ConfScope, ConfMap> read)
    {
        if (entry.Value is not ConfArray array)
        {
            scope.Error(entry.Position, $"{name} should be an array, got {entry.Value.TypeName}");
            return;
        }

        for (int i = 0; i < array.Items.Count; i++)
        {
            if (array.Items[i] is ConfMap map)
            {
                read(scope.Item(option, i), map);
            }
            else
            {
                scope.Error(array.Items[i].Position, $"{name[..^1]} Items should be a map with type entry, got {array.Items[i].TypeName}");
            }
        }
    }

    private static void CheckExport(ConfScope scope, ConfEntries entries)
    {
        var stream = entries.Find("stream");
        var service = entries.Find("service");
        if (stream is not null && service is not null)
        {
            scope.Error(service.Position, $"Detected service \"{ConfForms.Show(service.Value)}\" but already saw a stream");
            return;
        }

        if (stream is null)
        {
            return;
        }

        Refuse("response", entries.Find("response", "response_type"));
        Refuse("response threshold", entries.Find("threshold", "response_threshold", "response_max_time", "response_time"));
        Refuse("latency", entries.Find("latency"));
        Refuse("allow_trace", entries.Find("allow_trace"));

        void Refuse(string what, ConfEntry? entry)
        {
            if (entry is not null)
            {
                scope.Error(entry.Position, $"Detected {what} directive on non-service");
            }
        }
    }

    private static void CheckImport(ConfScope scope, ConfEntries entries)
    {
        var stream = entries.Find("stream");
        var service = entries.Find("service");
        if (stream is not null && service is not null)
        {
            bool isStreamFirst = stream.Position.Line < service.Position.Line || (stream.Position.Line == service.Position.Line && stream.Position.Column < service.Position.Column);
            scope.Error((isStreamFirst ? service : stream).Position, isStreamFirst ? "Detected service but already saw a stream" : "Detected stream but already saw a service");
        }

        if (stream is not null && entries.Find("prefix") is not null && entries.Find("to") is { } to)
        {
            scope.Error(to.Position, "Stream import can not have a 'prefix' and a 'to' property");
        }
    }
}
