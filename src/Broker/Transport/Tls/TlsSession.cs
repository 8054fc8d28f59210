using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace NatsKestrel.Broker.Transport.Tls;

/// <summary>An encrypted connection after its handshake: the pipes to read and write plain text with.</summary>
internal sealed class TlsSession : IDuplexPipe
{
    // Nothing is held while nothing comes, as on the plain transport.
    private static readonly StreamPipeReaderOptions ReadOptions = new(bufferSize: 64 * 1024, minimumReadSize: 16 * 1024, leaveOpen: true, useZeroByteReads: true);
    private static readonly TimeSpan GoodbyeTime = TimeSpan.FromSeconds(1);

    private readonly SslStream _stream;

    public TlsSession(SslStream stream, TransportStream transport, bool isFirst)
    {
        _stream = stream;
        IsFirst = isFirst;
        Input = PipeReader.Create(stream, ReadOptions);
        Output = new TlsPipeWriter(stream, transport);
        RemoteCertificate = stream.RemoteCertificate as X509Certificate2;
        Version = Name(stream.SslProtocol);
        CipherSuite = stream.NegotiatedCipherSuite.ToString();
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    /// <summary>True where the handshake came before INFO.</summary>
    public bool IsFirst { get; }

    /// <summary>The certificate the client showed, which was checked; null without one.</summary>
    public X509Certificate2? RemoteCertificate { get; }

    /// <summary><c>1.2</c> or <c>1.3</c>.</summary>
    public string Version { get; }

    /// <summary>The IANA name.</summary>
    public string CipherSuite { get; }

    /// <summary>How monitoring names a version.</summary>
    public static string Name(SslProtocols version) => version == SslProtocols.Tls13 ? "1.3" : "1.2";

    /// <summary>Ends it, but not the transport.</summary>
    /// <param name="isPolite">True says goodbye as TLS demands, so that the client knows it has all of it.</param>
    public async Task EndAsync(bool isPolite)
    {
        if (isPolite)
        {
            await ShutDownAsync().ConfigureAwait(false);
        }

        try
        {
            await _stream.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            // A write was under way, and the transport is gone by now.
        }
    }

    private async Task ShutDownAsync()
    {
        try
        {
            await _stream.ShutdownAsync().WaitAsync(GoodbyeTime).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or TimeoutException)
        {
            // Gone already.
        }
    }
}
