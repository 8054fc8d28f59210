using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using NatsKestrel.Testing;

namespace NatsKestrel.Conformance.Tests;

/// <summary>Our broker without sockets: its connection handler between two pipes.</summary>
internal sealed class InMemoryTarget(ConnectionHandler handler) : ITranscriptTarget
{
    /// <summary>A writer with this option waits until its bytes were looked at: one write is one read.</summary>
    private static readonly PipeOptions EachWriteIsRead = new(pauseWriterThreshold: 1, resumeWriterThreshold: 1);

    public Side Side => Side.NatsKestrel;

    public Task<RawClient> ConnectAsync(CancellationToken cancellationToken)
    {
        var toServer = new Pipe(EachWriteIsRead);
        var toClient = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var connection = new DefaultConnectionContext(Guid.NewGuid().ToString("N"), new DuplexPipe(toServer.Reader, toClient.Writer), new DuplexPipe(toClient.Reader, toServer.Writer))
        {
            RemoteEndPoint = new IPEndPoint(IPAddress.Loopback, 50000),
            LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 4222),
        };

        // As Kestrel does: a connection that the handler aborts has nothing more to read.
        connection.ConnectionClosed.Register(() => toServer.Writer.Complete(new ConnectionAbortedException()));
        Task served = ServeAsync(connection);
        var stream = new ServedStream(toClient.Reader, toServer.Writer, served);
        return Task.FromResult(new RawClient(stream, () => toServer.Writer.Complete()));
    }

    /// <summary>As Kestrel does: the transport is closed when the handler returns.</summary>
    private async Task ServeAsync(DefaultConnectionContext connection)
    {
        Exception? error = null;
        try
        {
            await handler.OnConnectedAsync(connection);
        }
        catch (Exception exception)
        {
            error = exception;
        }

        await connection.Transport.Input.CompleteAsync();
        await connection.Transport.Output.CompleteAsync(error);
    }

    private sealed class DuplexPipe(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }

    /// <summary>The client's end; disposing it hangs up and waits until the server is done with the connection.</summary>
    private sealed class ServedStream(PipeReader input, PipeWriter output, Task served) : PipeStream(input, output)
    {
        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            await served.WaitAsync(RawClient.Patience);
        }
    }
}
