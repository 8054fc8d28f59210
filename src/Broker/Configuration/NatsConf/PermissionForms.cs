namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary>Permissions, with all the short ways of writing them.</summary>
internal static class PermissionForms
{
    private const int DefaultResponses = 1;
    private static readonly TimeSpan DefaultExpiry = TimeSpan.FromMinutes(2);

    /// <summary><c>publish</c>: a subject, a list of them, or what is allowed and denied.</summary>
    public static void Publish(ConfScope scope, ConfEntry entry, string option) => Subjects(scope, entry, option, mayHaveQueue: false);

    /// <summary><c>subscribe</c>: the same, where an entry may be <c>"subject queue"</c>.</summary>
    public static void Subscribe(ConfScope scope, ConfEntry entry, string option) => Subjects(scope, entry, option, mayHaveQueue: true);

    /// <summary><c>allow_responses</c>: true, or how many and for how long.</summary>
    public static void Responses(ConfScope scope, ConfEntry entry, string option)
    {
        switch (entry.Value)
        {
            case ConfFlag flag:
                if (flag.IsOn)
                {
                    scope.Below(option).Set("Max", DefaultResponses, entry);
                    scope.Below(option).Set("Expires", DefaultExpiry, entry);
                }

                break;
            case ConfMap map:
                // What the map leaves out is the default.
                scope.Below(option).Set("Max", DefaultResponses, entry);
                scope.Below(option).Set("Expires", DefaultExpiry, entry);
                ConfKeys.Responses.Read(scope.Below(option), map.Entries);
                break;
            default:
                scope.Error(entry.Position, "error parsing response permissions, expected a boolean or a map");
                break;
        }
    }

    public static void Expiry(ConfScope scope, ConfEntry entry, string option)
    {
        if (entry.Value is not ConfText text)
        {
            scope.Error(entry.Position, "error parsing expires, not a duration string");
        }
        else if (GoDuration.Parse(text.Text) is not { } time)
        {
            scope.Error(entry.Position, $"error parsing expires: {GoDuration.Problem(text.Text)}");
        }
        else if (time != TimeSpan.Zero)
        {
            scope.Set(option, time, entry);
        }
    }

    /// <summary>The block itself.</summary>
    public static void Permissions(ConfScope scope, ConfEntry entry, string option)
    {
        if (entry.Value is ConfMap map)
        {
            ConfKeys.Permissions.Read(scope.Below(option), map.Entries);
        }
        else
        {
            scope.Error(entry.Position, $"Expected permissions to be a map/struct, got {ConfForms.Show(entry.Value)}");
        }
    }

    private static void Subjects(ConfScope scope, ConfEntry entry, string option, bool mayHaveQueue)
    {
        if (entry.Value is not ConfMap map)
        {
            List(scope, entry, $"{option}:Allow", mayHaveQueue);
            return;
        }

        foreach (var list in map.Entries)
        {
            switch (list.Key.ToLowerInvariant())
            {
                case "allow":
                    List(scope, list, $"{option}:Allow", mayHaveQueue);
                    break;
                case "deny":
                    List(scope, list, $"{option}:Deny", mayHaveQueue);
                    break;
                default:
                    if (!list.IsVariable)
                    {
                        scope.Error(list.Position, $"Unknown field name \"{list.Key}\" parsing subject permissions, only 'allow' or 'deny' are permitted");
                    }

                    break;
            }
        }
    }

    private static void List(ConfScope scope, ConfEntry entry, string option, bool mayHaveQueue)
    {
        IReadOnlyList<ConfValue>? items = entry.Value switch
        {
            ConfText text => [text],
            ConfArray array => array.Items,
            _ => null,
        };
        if (items is null)
        {
            scope.Error(entry.Position, $"Expected subject permissions to be a subject, or array of subjects, got {entry.Value.TypeName}");
            return;
        }

        var subjects = new List<string>();
        foreach (var item in items)
        {
            if (item is not ConfText text)
            {
                scope.Error(item.Position, $"Subject in permissions array cannot be cast to string, got {item.TypeName}");
            }
            else if (!IsValid(text.Text, mayHaveQueue))
            {
                scope.Error(entry.Position, $"subject \"{text.Text}\" is not a valid subject");
            }
            else
            {
                subjects.Add(text.Text);
            }
        }

        ConfForms.SetList(scope, entry, option, subjects);
    }

    private static bool IsValid(string entry, bool mayHaveQueue)
    {
        string[] parts = mayHaveQueue ? entry.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) : [entry];
        return parts.Length is 1 or 2 && ConfSubject.IsValid(parts[0]);
    }
}
