namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary>What stands in <c>websocket</c> alone.</summary>
internal static class WebSocketForms
{
    /// <summary>Names of HTTP headers with a text, or several.</summary>
    public static void Headers(ConfScope scope, ConfEntry entry, string option)
    {
        if (entry.Value is not ConfMap map)
        {
            scope.Error(entry.Position, $"error parsing headers: unsupported type {entry.Value.TypeName}");
            return;
        }

        foreach (var header in map.Entries.Where(header => header.Value is not (ConfText or ConfArray)))
        {
            scope.Error(header.Position, $"error parsing header key {header.Key}: unsupported type {header.Value.TypeName}");
        }
    }
}
