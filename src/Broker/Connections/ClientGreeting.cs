using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;
using NatsKestrel.Broker.Protocol;
using NatsKestrel.Broker.Transport.Tls;

namespace NatsKestrel.Broker.Connections;

/// <summary>The first words to a client: INFO, and the TLS handshake behind it or before it.</summary>
internal sealed class ClientGreeting(ClientConnection connection, ConnectionContext context, OutboundQueue outbound, ConnectionServices services)
{
    /// <summary>Greets a client whose port knows no TLS.</summary>
    /// <returns>False where it is not welcome, and was told.</returns>
    public bool TryGreet(Admission admission)
    {
        if (services.Authenticator.Directory.NeedsNonce)
        {
            connection.Membership.Challenge();
        }

        connection.Settings = services.Settings; // a reload may have missed it until now
        if (admission == Admission.TooManySilent)
        {
            connection.Close(CloseReason.MaxConnectionsExceeded);
            return false;
        }

        connection.SendLine(services.Info.ForAccept(connection).ToLine());
        if (admission == Admission.TooMany)
        {
            connection.Close(ProtocolError.MaxConnectionsExceeded, CloseReason.MaxConnectionsExceeded);
            return false;
        }

        return true;
    }

    /// <summary>INFO goes out in plain text, then the client begins the handshake; or it does so at once, where that is expected.</summary>
    /// <returns>False where it is not welcome, or shakes no hands.</returns>
    public async Task<bool> TryGreetAsync(TlsContext tls, Admission admission)
    {
        var handshake = new TlsHandshake(context.Transport, services.Pool, tls, services.Tls, services.Time);
        bool isFirst = admission == Admission.Accepted && await handshake.ComesFirstAsync().ConfigureAwait(false);
        if (!isFirst && !TryGreet(admission))
        {
            return false;
        }

        if (!isFirst && !await handshake.IsWantedAsync().ConfigureAwait(false))
        {
            return true;
        }

        return await TrySecureAsync(handshake, tls).ConfigureAwait(false) && (!isFirst || TryGreet(admission));
    }

    private async Task<bool> TrySecureAsync(TlsHandshake handshake, TlsContext tls)
    {
        if (!tls.Rate.TryBegin(services.Time))
        {
            connection.Close(ProtocolError.ConnectionThrottled, CloseReason.MaxConnectionsExceeded);
            return false;
        }

        try
        {
            await outbound.DrainedAsync().ConfigureAwait(false);
            TlsSession session = await handshake.RunAsync().ConfigureAwait(false);
            connection.Session = session;
            context.Transport = session;
            outbound.SwitchTo(session.Output);
            return true;
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException or OperationCanceledException or InvalidOperationException)
        {
            if (services.MayLog(services.TlsLog))
            {
                services.Logger.HandshakeFailed(connection, exception is OperationCanceledException ? "timeout" : exception.Message);
            }

            connection.Close(CloseReason.TlsHandshakeFailure);
            return false;
        }
    }
}
