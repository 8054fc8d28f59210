using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NatsKestrel.Broker.Configuration;

namespace NatsKestrel.Broker.Transport.Tls;

/// <summary>How connections are encrypted: certificate, roots and rules, read once. Immutable; a reload makes another.</summary>
internal sealed class TlsContext
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private static readonly TimeSpan ShortDelay = TimeSpan.FromMilliseconds(50);

    private readonly HashSet<string> _pins;

    private TlsContext(TlsOptions options, bool allowsPlain, X509Certificate2Collection chain, X509Certificate2 certificate, X509Certificate2Collection? roots)
    {
        AllowsPlain = allowsPlain;
        Verifies = options.Verify || options.VerifyAndMap;
        Timeout = options.Timeout;
        Rate = new HandshakeRate(options.ConnectionRateLimit);
        FirstByteDelay = ReadFirst(options.HandshakeFirst);
        NotAfter = certificate.NotAfter.ToUniversalTime();
        _pins = new HashSet<string>(options.PinnedCerts, StringComparer.OrdinalIgnoreCase);
        Authentication = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, chain, offline: true),
            EnabledSslProtocols = options.MinVersion == "1.3" ? SslProtocols.Tls13 : SslProtocols.Tls12 | SslProtocols.Tls13,
            AllowRenegotiation = false,
            ClientCertificateRequired = Verifies,
            CertificateChainPolicy = Verifies ? Policy(roots) : null,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = (_, shown, _, errors) => errors == SslPolicyErrors.None || (!Verifies && shown is null),
        };
        if (options.CipherSuites.Count > 0)
        {
            Authentication.CipherSuitesPolicy = CipherSuites(options.CipherSuites);
        }
    }

    /// <summary>What the handshake needs to know.</summary>
    public SslServerAuthenticationOptions Authentication { get; }

    /// <summary>True where clients may stay without TLS.</summary>
    public bool AllowsPlain { get; }

    /// <summary>True where clients must show a certificate.</summary>
    public bool Verifies { get; }

    /// <summary>Time a handshake may take.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>How many handshakes may begin.</summary>
    public HandshakeRate Rate { get; }

    /// <summary>How long the client's first byte is waited for before INFO is sent: zero for not at all, infinite for always.</summary>
    public TimeSpan FirstByteDelay { get; }

    /// <summary>When the certificate expires.</summary>
    public DateTime NotAfter { get; }

    /// <summary>Reads the files.</summary>
    /// <param name="section">Options whose form is right.</param>
    /// <param name="context">Null where they switch nothing on.</param>
    /// <param name="problem">What is wrong with them, where the result is false.</param>
    public static bool TryCreate(TlsSection section, out TlsContext? context, out BrokenRule problem)
    {
        (context, problem) = (null, default);
        TlsOptions options = section.Options;
        if (!section.IsOn)
        {
            return true;
        }

        string key = "CertFile";
        try
        {
            var certificate = X509Certificate2.CreateFromPemFile(options.CertFile, options.KeyFile);
            if (OperatingSystem.IsWindows())
            {
                // Schannel takes no key that lives in memory alone.
                certificate = X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
            }

            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(options.CertFile);
            key = "CaFile";
            X509Certificate2Collection? roots = options.CaFile.Length > 0 ? [] : null;
            roots?.ImportFromPemFile(options.CaFile);
            key = "CipherSuites";
            context = new TlsContext(options, section.AllowsPlain, chain, certificate, roots);
            return true;
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException
            or ArgumentException or PlatformNotSupportedException)
        {
            problem = new BrokenRule($"{section.Key}:{key}", $"cannot be used: {exception.Message.TrimEnd('.')}");
            return false;
        }
    }

    /// <summary>True where no keys are pinned, or the certificate's is one of them.</summary>
    public bool IsPinned(X509Certificate2? certificate) => _pins.Count == 0
        || (certificate is not null && _pins.Contains(Convert.ToHexString(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()))));

    private static X509ChainPolicy Policy(X509Certificate2Collection? roots)
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck };
        policy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        if (roots is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(roots);
        }

        return policy;
    }

    private static TimeSpan ReadFirst(string text) => text.ToUpperInvariant() switch
    {
        "" or "FALSE" => TimeSpan.Zero,
        "TRUE" => System.Threading.Timeout.InfiniteTimeSpan,
        "AUTO" => ShortDelay,
        _ => TimeSpan.Parse(text, CultureInfo.InvariantCulture),
    };

    private static CipherSuitesPolicy CipherSuites(List<string> names)
    {
        if (OperatingSystem.IsWindows() || OperatingSystem.IsAndroid())
        {
            throw new PlatformNotSupportedException("this system chooses its cipher suites itself");
        }

        return new CipherSuitesPolicy([.. names.Select(name => Enum.TryParse(name, out TlsCipherSuite suite)
            ? suite
            : throw new ArgumentException($"{name} is no cipher suite"))]);
    }
}
