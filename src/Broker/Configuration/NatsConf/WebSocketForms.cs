namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary>What stands in <c>websocket</c> alone.</summary>
internal static class WebSocketForms
{
    /// <summary>The block itself: one that opens a port demands TLS, unless <c>no_tls</c> says otherwise.</summary>
    public static void WebSocket(ConfScope scope, ConfEntry entry, string option)
    {
        if (entry.Value is ConfMap map && map.Entries.Find("listen", "port") is not null)
        {
            scope.Below(option).Set("NoTls", isOn: false, entry);
        }

        ConfForms.Block(ConfKeys.WebSocket, "Expected websocket to be a map")(scope, entry, option);
    }

    /// <summary>Names of HTTP headers with their texts.</summary>
    public static void Headers(ConfScope scope, ConfEntry entry, string option)
    {
        if (entry.Value is not ConfMap map)
        {
            scope.Error(entry.Position, $"error parsing headers: unsupported type {entry.Value.TypeName}");
            return;
        }

        foreach (var header in map.Entries)
        {
            if (header.Value is ConfText text)
            {
                scope.Below(option).Set(header.Key, text.Text, header);
            }
            else
            {
                scope.Error(header.Position, $"error parsing header key {header.Key}: unsupported type {header.Value.TypeName}");
            }
        }
    }
}
