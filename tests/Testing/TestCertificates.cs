using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace NatsKestrel.Testing;

/// <summary>An authority, a server certificate and two client certificates, made anew and written as PEM files into a folder of their own.</summary>
public sealed class TestCertificates : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("natskestrel-tls-");
    private readonly X509Certificate2 _authority;

    /// <summary>Makes them.</summary>
    public TestCertificates()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Test Authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        _authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        File.WriteAllText(CaFile, _authority.ExportCertificatePem());
        Server = Issue("server", "CN=localhost,O=Acme", ServerAuthentication, names =>
        {
            names.AddDnsName("localhost");
            names.AddIpAddress(IPAddress.Loopback);
        });
        Client = Issue("client", "CN=ann,O=Acme", ClientAuthentication, names => names.AddEmailAddress("ann@acme.example"));
        PlainClient = Issue("plain", "CN=onlycn,O=Acme,C=US", ClientAuthentication, names: null);
    }

    /// <summary>The authority's certificate.</summary>
    public string CaFile => PathOf("ca.pem");

    /// <summary>The server's certificate, with its key: for localhost and 127.0.0.1.</summary>
    public X509Certificate2 Server { get; }

    /// <summary>The server's certificate and key files.</summary>
    public (string CertFile, string KeyFile) ServerFiles => (PathOf("server.pem"), PathOf("server.key"));

    /// <summary>A client's certificate with the e-mail address ann@acme.example.</summary>
    public X509Certificate2 Client { get; }

    /// <summary>The files of <see cref="Client"/>.</summary>
    public (string CertFile, string KeyFile) ClientFiles => (PathOf("client.pem"), PathOf("client.key"));

    /// <summary>A client's certificate with nothing but a distinguished name.</summary>
    public X509Certificate2 PlainClient { get; }

    /// <summary>Makes another server certificate in place of the first, with the same names.</summary>
    public X509Certificate2 RenewServer() => Issue("server", "CN=localhost,O=Renewed", ServerAuthentication, names => names.AddIpAddress(IPAddress.Loopback));

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private X509Certificate2 Issue(string file, string subject, string usage, Action<SubjectAlternativeNameBuilder>? names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        if (names is not null)
        {
            var builder = new SubjectAlternativeNameBuilder();
            names(builder);
            request.CertificateExtensions.Add(builder.Build());
        }

        using X509Certificate2 issued = request.Create(_authority, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(20), RandomNumberGenerator.GetBytes(12));
        File.WriteAllText(PathOf(file + ".pem"), issued.ExportCertificatePem());
        File.WriteAllText(PathOf(file + ".key"), key.ExportPkcs8PrivateKeyPem());
        using X509Certificate2 withKey = issued.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), password: null, X509KeyStorageFlags.Exportable);
    }
}
