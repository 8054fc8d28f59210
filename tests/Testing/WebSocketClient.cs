using System.Net.Security;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace NatsKestrel.Testing;

/// <summary>A client over <c>ws</c> or <c>wss</c> that trusts any server and shows whom it met. Text is Latin-1.</summary>
public sealed class WebSocketClient : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();

    /// <summary>The server's certificate; null over <c>ws</c>.</summary>
    public X509Certificate2? ServerCertificate { get; private set; }

    /// <summary>Connects; INFO is unread.</summary>
    /// <param name="uri">Where.</param>
    /// <param name="certificate">What is shown to the server; null for none.</param>
    /// <param name="cookie">The header of that name; empty for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="WebSocketException">The server does not want it.</exception>
    public static async Task<WebSocketClient> ConnectAsync(Uri uri, X509Certificate2? certificate = null, string cookie = "", CancellationToken cancellationToken = default)
    {
        var client = new WebSocketClient();
        client._socket.Options.RemoteCertificateValidationCallback = client.Accept;
        if (certificate is not null)
        {
            client._socket.Options.ClientCertificates.Add(certificate);
        }

        if (cookie.Length > 0)
        {
            client._socket.Options.SetRequestHeader("Cookie", cookie);
        }

        try
        {
            await client._socket.ConnectAsync(uri, cancellationToken);
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    public Task SendAsync(string text, CancellationToken cancellationToken = default) =>
        _socket.SendAsync(Encoding.Latin1.GetBytes(text), WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);

    /// <summary>Reads until all that was read ends in a text, or the server has closed.</summary>
    public async Task<string> ReadUntilAsync(string end, CancellationToken cancellationToken = default)
    {
        var read = new StringBuilder();
        var buffer = new byte[64 * 1024];
        while (!read.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            WebSocketReceiveResult received = await _socket.ReceiveAsync(buffer, cancellationToken);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                break;
            }

            read.Append(Encoding.Latin1.GetString(buffer, 0, received.Count));
        }

        return read.ToString();
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private bool Accept(object sender, X509Certificate? shown, X509Chain? chain, SslPolicyErrors errors)
    {
        ServerCertificate = shown is X509Certificate2 seen ? X509CertificateLoader.LoadCertificate(seen.RawData) : null;
        return ServerCertificate is not null;
    }
}
