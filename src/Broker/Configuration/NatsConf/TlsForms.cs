using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary>The block <c>tls</c>, wherever it stands.</summary>
internal static class TlsForms
{
    private static readonly string[] Curves = ["X25519", "CURVEP256", "CURVEP384", "CURVEP521"];

    // The suites that nats-server knows (Go 1.27).
    private static readonly string[] SecureSuites =
    [
        "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
        "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    ];

    private static readonly string[] InsecureSuites =
    [
        "TLS_RSA_WITH_RC4_128_SHA", "TLS_RSA_WITH_3DES_EDE_CBC_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_RSA_WITH_AES_256_CBC_SHA",
        "TLS_RSA_WITH_AES_128_CBC_SHA256", "TLS_RSA_WITH_AES_128_GCM_SHA256", "TLS_RSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA", "TLS_ECDHE_RSA_WITH_RC4_128_SHA", "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA",
        "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
    ];

    /// <summary>The block itself, with the files it names.</summary>
    public static void Tls(ConfScope scope, ConfEntry entry, string option)
    {
        ConfForms.Block(ConfKeys.Tls)(scope, entry, option);
        if (entry.Value is ConfMap map)
        {
            CheckFiles(scope, entry, map.Entries);
            CheckSuites(scope, entry, map.Entries);
        }
    }

    public static void FileName(ConfScope scope, ConfEntry entry, string option)
    {
        if (entry.Value is ConfText text)
        {
            scope.Set(option, text.Text, entry);
        }
        else
        {
            scope.Error(entry.Position, $"error parsing tls config, expected '{entry.Key.ToLowerInvariant()}' to be filename");
        }
    }

    public static void Flag(ConfScope scope, ConfEntry entry, string option)
    {
        if (entry.Value is ConfFlag flag)
        {
            scope.Set(option, flag.IsOn, entry);
        }
        else
        {
            scope.Error(entry.Position, $"error parsing tls config, expected '{entry.Key.ToLowerInvariant()}' to be a boolean");
        }
    }

    public static void Timeout(ConfScope scope, ConfEntry entry, string option) => ConfForms.LoginTimeout(scope, entry, option, "tls");

    public static void MinVersion(ConfScope scope, ConfEntry entry, string option)
    {
        if (entry.Value is not ConfText text)
        {
            scope.Error(entry.Position, $"error parsing tls config: 'min_version' wrong type: {ConfForms.Show(entry.Value)}");
        }
        else if (text.Text is "1.2" or "1.3")
        {
            scope.Set(option, text.Text, entry);
        }
        else
        {
            string name = text.Text is "1.0" or "1.1" ? $"unsupported TLS version: TLS {text.Text}" : $"unknown version: {text.Text}";
            scope.Error(entry.Position, $"error parsing tls config: {name}");
        }
    }

    public static void CipherSuites(ConfScope scope, ConfEntry entry, string option)
    {
        if (entry.Value is not ConfArray { Items.Count: > 0 } array)
        {
            scope.Error(entry.Position, entry.Value is ConfArray ? "error parsing tls config, 'cipher_suites' cannot be empty" : ConfForms.Conversion(entry.Value, "[]interface {}"));
            return;
        }

        foreach (var item in array.Items)
        {
            string name = ConfForms.Show(item);
            if (!SecureSuites.Contains(name) && !InsecureSuites.Contains(name))
            {
                scope.Error(item.Position, $"unrecognized cipher {name}");
            }
        }

        ConfForms.TextArray(scope, entry, option);
    }

    public static void CurvePreferences(ConfScope scope, ConfEntry entry, string option)
    {
        if (entry.Value is not ConfArray { Items.Count: > 0 } array)
        {
            scope.Error(entry.Position, entry.Value is ConfArray ? "error parsing tls config, 'curve_preferences' cannot be empty" : ConfForms.Conversion(entry.Value, "[]interface {}"));
            return;
        }

        foreach (var item in array.Items)
        {
            if (!Curves.Contains(ConfForms.Show(item).ToUpperInvariant()))
            {
                scope.Error(item.Position, $"unrecognized curve preference {ConfForms.Show(item)}");
            }
        }
    }

    public static void PinnedCerts(ConfScope scope, ConfEntry entry, string option)
    {
        if (entry.Value is not ConfArray array)
        {
            scope.Error(entry.Position, "error parsing tls config, expected 'pinned_certs' to be a list of hex-encoded sha256 of DER encoded SubjectPublicKeyInfo");
            return;
        }

        foreach (var item in array.Items)
        {
            string key = ConfForms.Show(item).ToLowerInvariant();
            if (key.Length != 64 || !key.All(char.IsAsciiHexDigit))
            {
                scope.Error(item.Position, $"error parsing tls config, 'pinned_certs' key {key} does not look like hex-encoded sha256 of DER encoded SubjectPublicKeyInfo");
            }
        }

        ConfForms.TextArray(scope, entry, option);
    }

    /// <summary>A flag, <c>auto</c>, or how long the first byte is waited for.</summary>
    public static void HandshakeFirst(ConfScope scope, ConfEntry entry, string option)
    {
        string? first = entry.Value switch
        {
            ConfFlag flag => flag.IsOn ? "true" : "false",
            ConfText text => text.Text.ToLowerInvariant() switch
            {
                "true" or "on" => "true",
                "false" or "off" => "false",
                "auto" or "auto_fallback" => "auto",
                var other => GoDuration.Parse(other)?.ToString("c", System.Globalization.CultureInfo.InvariantCulture),
            },
            _ => null,
        };
        if (first is null)
        {
            string field = $"field \"{entry.Key.ToLowerInvariant()}\"";
            scope.Error(entry.Position, entry.Value is ConfText text ? $"{field}'s value \"{text.Text}\" is invalid" : $"{field} should be a boolean or a string, got {entry.Value.TypeName}");
        }
        else
        {
            scope.Set(option, first, entry);
        }
    }

    /// <summary>Not for clients.</summary>
    public static void KnownUrls(ConfScope scope, ConfEntry entry, string option)
    {
        if (ConfForms.TryFlag(scope, entry, out bool isOn) && isOn)
        {
            scope.Error(entry.Position, "verify_cert_and_check_known_urls not supported in this context");
        }
    }

    /// <summary>A list of pairs of files, of which this server takes one.</summary>
    public static void Certificates(ConfScope scope, ConfEntry entry, string option)
    {
        if (entry.Value is not ConfArray array)
        {
            scope.Error(entry.Position, $"error parsing certificates config: unsupported type {entry.Value.TypeName}");
            return;
        }

        foreach (var item in array.Items)
        {
            if (item is not ConfMap map)
            {
                scope.Error(item.Position, $"error parsing certificates config: unsupported type {item.TypeName}");
                continue;
            }

            ConfKeys.CertificatePair.Read(array.Items.Count == 1 ? scope : scope.WithoutSettings(), map.Entries);
            if (map.Entries.Find("cert_file") is null || map.Entries.Find("key_file") is null)
            {
                scope.Error(item.Position, "error parsing certificates config: both 'cert_file' and 'cert_key' options are required");
            }
            else if (map.Entries.Find("cert_file")?.Value is ConfText certificate && map.Entries.Find("key_file")?.Value is ConfText key)
            {
                CheckPair(scope, entry, certificate.Text, key.Text);
            }
        }

        if (array.Items.Count > 1)
        {
            scope.Error(entry.Position, $"{entry.Key} with more than one certificate is not supported yet");
        }
    }

    private static void CheckSuites(ConfScope scope, ConfEntry entry, ConfEntries entries)
    {
        string[] insecure = [.. ((entries.Find("cipher_suites")?.Value as ConfArray)?.Items ?? []).Select(ConfForms.Show).Where(InsecureSuites.Contains)];
        if (insecure.Length > 0 && entries.Find("allow_insecure_cipher_suites")?.Value is not ConfFlag { IsOn: true })
        {
            scope.Error(entry.Position, $"insecure cipher suites configured without 'allow_insecure_cipher_suites' option set: {string.Join(", ", insecure)}");
        }
    }

    private static void CheckFiles(ConfScope scope, ConfEntry entry, ConfEntries entries)
    {
        string? certificate = (entries.Find("cert_file")?.Value as ConfText)?.Text;
        string? key = (entries.Find("key_file")?.Value as ConfText)?.Text;
        if (certificate is null != key is null)
        {
            scope.Error(entry.Position, $"missing '{(key is null ? "key_file" : "cert_file")}' in TLS configuration");
        }
        else if (certificate is not null)
        {
            CheckPair(scope, entry, certificate, key!);
        }

        if ((entries.Find("ca_file")?.Value as ConfText)?.Text is { } authority && Unreadable(authority) is { } problem)
        {
            scope.Error(entry.Position, problem);
        }
    }

    private static void CheckPair(ConfScope scope, ConfEntry entry, string certificate, string key)
    {
        string? problem = Unreadable(certificate) ?? Unreadable(key);
        if (problem is null)
        {
            try
            {
                X509Certificate2.CreateFromPemFile(certificate, key).Dispose();
                return;
            }
            catch (CryptographicException)
            {
                problem = "tls: the files do not hold a certificate and its key";
            }
        }

        scope.Error(entry.Position, $"error parsing X509 certificate/key pair: {problem}");
    }

    private static string? Unreadable(string path)
    {
        try
        {
            File.OpenRead(path).Dispose();
            return null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return $"open {path}: {ConfReading.Reason(problem)}";
        }
    }
}
