using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Serialization;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>A client's certificate in <c>/connz?auth=1</c>.</summary>
/// <param name="Subject">Its distinguished name.</param>
/// <param name="SpkiSha256">SHA-256 of its public key, in hexadecimal: what <c>PinnedCerts</c> takes.</param>
/// <param name="CertSha256">SHA-256 of the certificate, in hexadecimal.</param>
internal sealed record PeerCertificate(
    string Subject,
    [property: JsonPropertyName("spki_sha256")] string SpkiSha256,
    [property: JsonPropertyName("cert_sha256")] string CertSha256)
{
    public static PeerCertificate From(X509Certificate2 certificate) => new(
        certificate.Subject.Replace(", ", ",", StringComparison.Ordinal),
        Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo())),
        Convert.ToHexStringLower(SHA256.HashData(certificate.RawData)));
}
