namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary>Makes the application's <c>Urls</c> of <c>http</c>, <c>http_port</c> and their like: the whole file must be known, since
/// monitoring listens where clients do unless it names an address.</summary>
internal static class MonitoringUrls
{
    // nats-server's default; this server's own under `strict: true`.
    private const string AnyAddress = "0.0.0.0";
    private const string Loopback = "127.0.0.1";

    public static void Set(ConfSettings settings, ConfEntries entries)
    {
        var scope = new ConfScope(settings, NatsBrokerOptions.SectionName);
        var urls = new List<string>();
        ConfEntry? origin = null;
        foreach (string scheme in (string[])["http", "https"])
        {
            var entry = scheme == "http" ? entries.Find("http", "http_port", "monitor_port") : entries.Find("https", "https_port");
            if (entry is null || entry.Value is not (ConfInteger or ConfText) || !TryAddress(entry, out string host, out long port) || port == 0)
            {
                continue;
            }

            urls.Add(Url(scheme, host.Length > 0 ? host : ClientHost(settings), Math.Max(0, port)));
            origin = entry;
        }

        if (origin is not null)
        {
            scope.SetOutside("Urls", string.Join(';', urls), origin);
            SetCertificate(scope, entries);
        }
    }

    // The same certificate serves clients and HTTPS.
    private static void SetCertificate(ConfScope scope, ConfEntries entries)
    {
        if (entries.Find("https", "https_port") is not { } https || entries.Find("tls")?.Value is not ConfMap tls)
        {
            return;
        }

        if (tls.Entries.Find("cert_file")?.Value is ConfText certificate && tls.Entries.Find("key_file")?.Value is ConfText key)
        {
            scope.SetOutside("Kestrel:Certificates:Default:Path", certificate.Text, https);
            scope.SetOutside("Kestrel:Certificates:Default:KeyPath", key.Text, https);
        }
    }

    // Whatever is wrong with it was said before.
    private static bool TryAddress(ConfEntry entry, out string host, out long port) =>
        ListenForms.TryListen(new ConfScope(new ConfSettings(), null), entry, out host, out port);

    private static string ClientHost(ConfSettings settings) =>
        settings.Values.TryGetValue("Nats:Host", out var host) ? host.Text : settings.IsStrict ? Loopback : AnyAddress;

    private static string Url(string scheme, string host, long port)
    {
        // Kestrel finds no free port for the name.
        string name = host == "localhost" && port == 0 ? Loopback : host.Contains(':') ? $"[{host}]" : host;
        return $"{scheme}://{name}:{port}";
    }
}
