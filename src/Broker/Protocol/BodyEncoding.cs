using System.IO.Compression;
using System.Text;

namespace NatsKestrel.Broker.Protocol;

/// <summary>Encodes what the server itself publishes as the receiver's <c>Accept-Encoding</c> wants it.</summary>
internal static class BodyEncoding
{
    /// <summary>CR LF and the name of the header, as <see cref="HeaderBlock.Find"/> takes it.</summary>
    public static ReadOnlySpan<byte> AcceptLine => "\r\nAccept-Encoding:"u8;

    /// <summary>The body, and the header block that says how it is encoded; null where nothing was asked for.</summary>
    public static (byte[] Body, byte[]? Header) Encode(byte[] body, string acceptEncoding)
    {
        if (acceptEncoding.Length == 0)
        {
            return (body, null);
        }

        // nats-server prefers Snappy; nobody who asks for it can do without understanding a plain body.
        bool isGzip = acceptEncoding.Contains("gzip", StringComparison.OrdinalIgnoreCase)
            && !acceptEncoding.Contains("snappy", StringComparison.OrdinalIgnoreCase)
            && !acceptEncoding.Contains("s2", StringComparison.OrdinalIgnoreCase);
        return isGzip ? (Compress(body), Header("gzip")) : (body, Header("identity"));
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
