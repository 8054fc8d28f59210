namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary><c>mappings</c>: what published subjects become.</summary>
internal static class MappingForms
{
    public static void Mappings(ConfScope scope, ConfEntry entry, string option)
    {
        if (entry.Value is not ConfMap map)
        {
            scope.Error(entry.Position, ConfForms.Conversion(entry.Value, "map[string]interface {}"));
            return;
        }

        int index = 0;
        foreach (var mapping in map.Entries)
        {
            if (mapping.IsVariable)
            {
                continue;
            }

            if (!ConfSubject.IsValid(mapping.Key))
            {
                scope.Error(entry.Position, $"Subject \"{mapping.Key}\" is not a valid subject");
                continue;
            }

            var item = scope.Item(option, index++);
            item.Set("Source", mapping.Key, mapping);
            Destinations(item, mapping);
        }
    }

    private static void Destinations(ConfScope scope, ConfEntry mapping)
    {
        switch (mapping.Value)
        {
            case ConfText text:
                var only = scope.Item("Destinations", 0);
                only.Set("Destination", text.Text, mapping);
                only.Set("Weight", 100, mapping);
                CheckDestination(scope, mapping, text.Text);
                break;
            case ConfMap map:
                Destination(scope.Item("Destinations", 0), mapping, map, mapping.Position);
                break;
            case ConfArray array:
                List(scope, mapping, array);
                break;
            default:
                scope.Error(mapping.Position, "Expected an entry for the mapping destination");
                break;
        }
    }

    // Weights count together for each cluster.
    private static void List(ConfScope scope, ConfEntry mapping, ConfArray array)
    {
        var totals = new Dictionary<string, long>();
        for (int i = 0; i < array.Items.Count; i++)
        {
            if (array.Items[i] is not ConfMap map)
            {
                scope.Error(array.Items[i].Position, "Expected an entry for the mapping destination");
                continue;
            }

            long weight = Destination(scope.Item("Destinations", i), mapping, map, map.Position);
            string cluster = (map.Entries.Find("cluster")?.Value as ConfText)?.Text ?? "";
            totals[cluster] = totals.GetValueOrDefault(cluster) + weight;
        }

        if (totals.Values.Any(total => total > 100))
        {
            scope.Error(mapping.Position, $"Error adding mapping for \"{mapping.Key}\" : total weight needs to be <= 100");
        }
    }

    private static long Destination(ConfScope scope, ConfEntry mapping, ConfMap map, ConfPosition position)
    {
        ConfKeys.MappingDestination.Read(scope, map.Entries);
        if (map.Entries.Find("dest", "destination")?.Value is ConfText destination)
        {
            if (map.Entries.Find("weight") is null)
            {
                scope.Error(position, $"Missing weight for mapping destination \"{destination.Text}\"");
            }

            CheckDestination(scope, mapping, destination.Text);
        }

        return map.Entries.Find("weight") is { } weight ? AccountForms.Percentage(weight.Value) ?? 0 : 0;
    }

    public static void Weight(ConfScope scope, ConfEntry entry, string option)
    {
        if (AccountForms.Percentage(entry.Value) is >= 0 and <= 100 and { } weight)
        {
            scope.Set(option, weight, entry);
        }
        else
        {
            scope.Error(entry.Position, entry.Value switch
            {
                ConfText text when AccountForms.Percentage(text) is { } share => $"Invalid weight {share} for mapping destination",
                ConfText text => $"Invalid weight \"{text.Text}\" for mapping destination",
                ConfInteger integer => $"Invalid weight {integer.Number} for mapping destination",
                var other => $"Unknown entry type for weight of {ConfForms.Show(other)}",
            });
        }
    }

    private static void CheckDestination(ConfScope scope, ConfEntry mapping, string destination)
    {
        if (ConfTransform.Problem(mapping.Key, destination) is { } problem)
        {
            scope.Error(mapping.Position, $"Error adding mapping for \"{mapping.Key}\" to \"{destination}\" : {problem}");
        }
    }
}
