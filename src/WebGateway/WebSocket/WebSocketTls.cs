using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Transport.Tls;

namespace NatsKestrel.WebGateway.WebSocket;

/// <summary>Encrypts the connections of the WebSocket port before HTTP is spoken on them, by the broker's own TLS.</summary>
internal sealed class WebSocketTls(ConnectionServices services, ILogger logger)
{
    private static readonly byte[] NotHttps = [.. "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"u8];

    /// <summary>Serves one connection to its end.</summary>
    public async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (await ShakeHandsAsync(connection).ConfigureAwait(false) is not { } session)
        {
            return;
        }

        var transport = connection.Transport;
        connection.Transport = session;
        connection.Features.Set(session);
        connection.Features.Set<ITlsConnectionFeature>(new ClientCertificateOf(session));
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            connection.Transport = transport;
            await session.EndAsync(isPolite: true).ConfigureAwait(false);
        }
    }

    private async Task<TlsSession?> ShakeHandsAsync(ConnectionContext connection)
    {
        // A reload changes the certificate, but never whether there is one.
        TlsContext tls = services.Tls.WebSocket!;
        if (!tls.Rate.TryBegin(services.Time))
        {
            return null;
        }

        var handshake = new TlsHandshake(connection.Transport, services.Pool, tls, services.Tls, services.Time);
        try
        {
            return await handshake.RunAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException or OperationCanceledException or InvalidOperationException)
        {
            bool isHttp = handshake.FirstByte is 'G' or 'H' or 'P' or 'O';
            if (isHttp)
            {
                await handshake.AnswerAsync(NotHttps).ConfigureAwait(false);
            }

            if (services.MayLog(services.TlsLog))
            {
                logger.HandshakeFailed(
                    $"{connection.RemoteEndPoint}",
                    isHttp ? "client sent an HTTP request to an HTTPS server" : exception is OperationCanceledException ? "timeout" : exception.Message);
            }

            return null;
        }
    }

    /// <summary>Tells HTTP that it is HTTPS.</summary>
    private sealed class ClientCertificateOf(TlsSession session) : ITlsConnectionFeature
    {
        public X509Certificate2? ClientCertificate { get; set; } = session.RemoteCertificate;

        public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult(ClientCertificate);
    }
}
