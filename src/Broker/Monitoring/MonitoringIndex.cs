using System.Text;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>The page at the base path: links to the endpoints, as the reference server has one.</summary>
internal static class MonitoringIndex
{
    private static readonly (string Path, string Text)[] Links =
    [
        ("varz", "General"),
        ("jsz", "JetStream"),
        ("connz", "Connections"),
        ("accountz", "Accounts"),
        ("accstatz", "Account Stats"),
        ("subsz", "Subscriptions"),
        ("routez", "Routes"),
        ("leafz", "LeafNodes"),
        ("gatewayz", "Gateways"),
        ("raftz", "Raft Groups"),
        ("healthz", "Health Probe"),
    ];

    /// <summary>The page, with links that work below <paramref name="path"/>, whether or not it ends in a slash.</summary>
    public static string Html(string path)
    {
        string basePath = System.Net.WebUtility.HtmlEncode(path.TrimEnd('/'));
        var html = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>NATS monitoring</title></head>\n<body>\n<h1>NATS monitoring</h1>\n<ul>\n");
        foreach (var (link, text) in Links)
        {
            html.Append("<li><a href=\"").Append(basePath).Append('/').Append(link).Append("\">").Append(text).Append("</a></li>\n");
        }

        return html.Append("</ul>\n</body>\n</html>\n").ToString();
    }
}
