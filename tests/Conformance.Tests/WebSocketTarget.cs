using System.Net.WebSockets;
using NatsKestrel.Testing;

namespace NatsKestrel.Conformance.Tests;

/// <summary>Our broker reached by the framework's own WebSocket client: the same bytes in frames.</summary>
internal sealed class WebSocketTarget(Uri uri) : ITranscriptTarget
{
    public Side Side => Side.NatsKestrel;

    public async Task<RawClient> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(uri, cancellationToken);
        return new RawClient(new MessageStream(socket), () => EndSending(socket));
    }

    private static void EndSending(ClientWebSocket socket) =>
        socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>Messages as a stream of bytes, both ways.</summary>
    private sealed class MessageStream(ClientWebSocket socket) : TwoWayStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (socket.State is not (WebSocketState.Open or WebSocketState.CloseSent))
            {
                return 0; // the end, as often as one asks
            }

            ValueWebSocketReceiveResult result;
            do
            {
                result = await socket.ReceiveAsync(buffer, cancellationToken);
            }
            while (result is { Count: 0, MessageType: not WebSocketMessageType.Close });

            return result.MessageType == WebSocketMessageType.Close ? 0 : result.Count;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            socket.SendAsync(buffer, WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            socket.Dispose();
            base.Dispose(disposing);
        }
    }
}
