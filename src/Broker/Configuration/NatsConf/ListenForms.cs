using System.Globalization;

namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary>Addresses to listen on: <c>4222</c>, <c>host:4222</c>, and the separate keys for host and port.</summary>
internal static class ListenForms
{
    /// <summary><c>listen</c>, for the options <c>Host</c> and <c>Port</c> of the section.</summary>
    public static void Listen(ConfScope scope, ConfEntry entry, string option)
    {
        if (TryListen(scope, entry, out string host, out long port))
        {
            if (host.Length > 0)
            {
                scope.Set("Host", host, entry);
            }

            SetPort(scope, entry, "Port", port);
        }
    }

    /// <summary>A host; none is the default.</summary>
    public static void Host(ConfScope scope, ConfEntry entry, string option)
    {
        if (ConfForms.TryText(scope, entry, out string? host) && host.Length > 0)
        {
            scope.Set(option, host, entry);
        }
    }

    /// <summary>A port: -1 takes a free one, 0 is the default.</summary>
    public static void Port(ConfScope scope, ConfEntry entry, string option)
    {
        if (ConfForms.TryInteger(scope, entry, out long port))
        {
            SetPort(scope, entry, option, port);
        }
    }

    /// <summary>Checks <c>http</c> and <c>https</c>; <see cref="MonitoringUrls"/> makes addresses of them.</summary>
    public static void Monitoring(ConfScope scope, ConfEntry entry, string option) => TryListen(scope, entry, out _, out _);

    /// <summary>Splits a port, or <c>host:port</c>; the host is empty where none is named.</summary>
    public static bool TryListen(ConfScope scope, ConfEntry entry, out string host, out long port)
    {
        (host, port) = ("", 0);
        switch (entry.Value)
        {
            case ConfInteger integer:
                port = integer.Number;
                return true;
            case ConfText text:
                return TrySplit(scope, entry, text.Text, out host, out port);
            default:
                scope.Error(entry.Position, $"expected port or host:port, got {entry.Value.TypeName}");
                return false;
        }
    }

    private static bool TrySplit(ConfScope scope, ConfEntry entry, string text, out string host, out long port)
    {
        port = 0;
        int colon = text.LastIndexOf(':');
        host = text[..Math.Max(0, colon)];
        bool isBracketed = host.StartsWith('[') && host.EndsWith(']');
        if (colon < 0 || (!isBracketed && host.AsSpan().ContainsAny("[]:")))
        {
            scope.Error(entry.Position, $"could not parse address string \"{text}\"");
            return false;
        }

        string number = text[(colon + 1)..];
        if (!long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out port))
        {
            scope.Error(entry.Position, $"could not parse port \"{number}\"");
            return false;
        }

        host = isBracketed ? host[1..^1] : host;
        return true;
    }

    private static void SetPort(ConfScope scope, ConfEntry entry, string option, long port)
    {
        if (port != 0)
        {
            scope.Set(option, Math.Max(0, port), entry);
        }
    }
}
