using System.IO.Compression;
using System.Text;

namespace NatsKestrel.Broker.SystemAccount;

/// <summary>What a request is answered with.</summary>
/// <param name="Body">JSON, or a bare number.</param>
/// <param name="MayBeEncoded">True where the requester decides about compression.</param>
internal sealed record SystemAnswer(byte[] Body, bool MayBeEncoded = false)
{
    /// <summary>The body as the requester takes it, and the header that says how it is encoded; null where nothing was asked for.</summary>
    public (byte[] Body, byte[]? Header) Encode(string acceptEncoding)
    {
        if (!MayBeEncoded || acceptEncoding.Length == 0)
        {
            return (Body, null);
        }

        // nats-server prefers Snappy; nobody who asks for it can do without understanding a plain body.
        bool isGzip = acceptEncoding.Contains("gzip", StringComparison.OrdinalIgnoreCase)
            && !acceptEncoding.Contains("snappy", StringComparison.OrdinalIgnoreCase)
            && !acceptEncoding.Contains("s2", StringComparison.OrdinalIgnoreCase);
        return isGzip ? (Compress(Body), Header("gzip")) : (Body, Header("identity"));
    }

    private static byte[] Header(string encoding) => Encoding.ASCII.GetBytes($"NATS/1.0\r\nContent-Encoding: {encoding}\r\n\r\n");

    private static byte[] Compress(byte[] body)
    {
        var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(body);
        }

        return compressed.ToArray();
    }
}
