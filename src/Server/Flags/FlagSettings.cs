using NatsKestrel.Broker;

namespace NatsKestrel.Server.Flags;

/// <summary>The settings that a command line comes to.</summary>
internal static class FlagSettings
{
    /// <summary>Settings by key, to be put above those of the file.</summary>
    /// <param name="line">The command line.</param>
    /// <param name="below">What stands below, by key: the file, if any, and the defaults.</param>
    /// <exception cref="ServerStartException">A flag asks for what this server does not have.</exception>
    public static Dictionary<string, string?> Make(CommandLine line, Func<string, string?> below)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in line.Values)
        {
            Flag flag = FlagTable.ByName[name];
            if (flag.Missing is not null && value is not ("" or "false" or "0"))
            {
                throw new ServerStartException($"--{name}: {flag.Missing} is not part of this server");
            }

            if (flag.Option is not null)
            {
                settings[flag.Option] = value;
            }
        }

        AddPort(line, settings);
        AddLogLevels(line, settings);
        AddTls(line, settings);
        AddMonitoring(line, settings, below);
        return settings;
    }

    private static void AddPort(CommandLine line, Dictionary<string, string?> settings)
    {
        // To nats-server -1 is any free port and 0 the default one.
        switch (line.Find(FlagTable.Port))
        {
            case null or "0":
                break;
            case "-1":
                settings["Nats:Port"] = "0";
                break;
            case { } port:
                settings["Nats:Port"] = port;
                break;
        }
    }

    private static void AddLogLevels(CommandLine line, Dictionary<string, string?> settings)
    {
        bool verbose = line.IsOn(FlagTable.VerboseTrace) || line.IsOn(FlagTable.DebugVerboseTrace);
        bool debug = line.IsOn(FlagTable.DebugTrace) || line.IsOn(FlagTable.DebugVerboseTrace);
        if (debug)
        {
            settings["Nats:Logging:Debug"] = "true";
        }

        if (debug || verbose)
        {
            settings["Nats:Logging:Trace"] = "true";
        }

        if (verbose)
        {
            settings["Nats:Logging:TraceVerbose"] = "true";
        }
    }

    private static void AddTls(CommandLine line, Dictionary<string, string?> settings)
    {
        if (line.Find(FlagTable.Tls) == "false")
        {
            settings["Nats:Tls:CertFile"] = settings["Nats:Tls:KeyFile"] = settings["Nats:Tls:CaFile"] = "";
            settings["Nats:Tls:Verify"] = "false";
        }
        else if (line.IsOn(FlagTable.Tls) && !line.Has("tlscert"))
        {
            throw new ServerStartException("TLS Server certificate must be present and valid");
        }

        if (line.Find(FlagTable.TlsVerify) is { } verify)
        {
            settings["Nats:Tls:Verify"] = verify;
        }
    }

    // Monitoring listens where the file says, or else where clients do; the flag is only about the port.
    private static void AddMonitoring(CommandLine line, Dictionary<string, string?> settings, Func<string, string?> below)
    {
        if (!line.Has(FlagTable.HttpPort) && !line.Has(FlagTable.HttpsPort))
        {
            return;
        }

        List<string> urls = [.. (below("Urls") ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries)];
        string host = urls.Count > 0 ? new Uri(urls[0]).Host : settings.GetValueOrDefault("Nats:Host") ?? below("Nats:Host") ?? "127.0.0.1";
        Replace(urls, "http", host, line.Find(FlagTable.HttpPort));
        Replace(urls, "https", host, line.Find(FlagTable.HttpsPort));
        settings["Urls"] = string.Join(';', urls);
    }

    private static void Replace(List<string> urls, string scheme, string host, string? port)
    {
        if (port is null)
        {
            return;
        }

        urls.RemoveAll(url => url.StartsWith(scheme + "://", StringComparison.OrdinalIgnoreCase));
        if (port != "0")
        {
            string name = host is "*" ? "0.0.0.0" : host.Contains(':') && !host.StartsWith('[') ? $"[{host}]" : host;
            urls.Add($"{scheme}://{name}:{(port == "-1" ? "0" : port)}");
        }
    }
}
