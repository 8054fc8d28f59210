using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;

namespace NatsKestrel.Broker.Transport.Tls;

/// <summary>The start of one connection where TLS is on: who speaks first, whether it is TLS, and the handshake itself.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The stream owns nothing: the connection closes its transport.")]
internal sealed class TlsHandshake(IDuplexPipe transport, BlockPool pool, TlsContext context, TlsContextSource source, TimeProvider time)
{
    private const int HandshakeRecord = 0x16;

    private readonly TransportStream _stream = new(transport, pool);
    private bool _isFirst;

    /// <summary>The client's first byte, once <see cref="RunAsync"/> has seen it; -1 without one.</summary>
    public int FirstByte { get; private set; } = -1;

    /// <summary>Waits as long as the settings say for a client that begins without INFO.</summary>
    /// <returns>True where the handshake comes first.</returns>
    public async Task<bool> ComesFirstAsync()
    {
        if (context.FirstByteDelay <= TimeSpan.Zero)
        {
            return _isFirst = context.FirstByteDelay != TimeSpan.Zero;
        }

        Task<int> first = _stream.PeekAsync();
        await ((Task)first).WaitAsync(context.FirstByteDelay, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return _isFirst = first.IsCompletedSuccessfully && await first.ConfigureAwait(false) == HandshakeRecord;
    }

    /// <summary>Looks at the client's first byte, where it may stay without TLS.</summary>
    public async Task<bool> IsWantedAsync()
    {
        if (!context.AllowsPlain)
        {
            return true;
        }

        int first = await _stream.PeekAsync().ConfigureAwait(false);
        if (first == HandshakeRecord)
        {
            return true;
        }

        await _stream.PutBackAsync().ConfigureAwait(false);
        return false;
    }

    /// <summary>Answers in plain text what was no handshake.</summary>
    public async Task AnswerAsync(ReadOnlyMemory<byte> answer)
    {
        await _stream.PutBackAsync().ConfigureAwait(false);
        await _stream.WriteAsync(answer).ConfigureAwait(false);
    }

    /// <summary>Shakes hands.</summary>
    /// <exception cref="AuthenticationException">The client speaks no TLS, or not as it must.</exception>
    /// <exception cref="IOException">The client went away.</exception>
    /// <exception cref="OperationCanceledException">It took too long, or the connection was closed.</exception>
    public async Task<TlsSession> RunAsync()
    {
        using var timeout = new CancellationTokenSource(context.Timeout, time);

        // Who says nothing must not keep others from their turn.
        FirstByte = await _stream.PeekAsync().WaitAsync(timeout.Token).ConfigureAwait(false);
        if (FirstByte != HandshakeRecord)
        {
            throw new AuthenticationException("The first byte is that of no TLS handshake.");
        }

        var tls = new SslStream(_stream, leaveInnerStreamOpen: true);
        await source.Handshakes.WaitAsync(timeout.Token).ConfigureAwait(false);
        try
        {
            await tls.AuthenticateAsServerAsync(context.Authentication, timeout.Token).ConfigureAwait(false);
            var session = new TlsSession(tls, _stream, _isFirst);
            return context.IsPinned(session.RemoteCertificate) ? session : throw new AuthenticationException("The client's key is not among those pinned.");
        }
        catch
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            source.Handshakes.Release();
        }
    }
}
