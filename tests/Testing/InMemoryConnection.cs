using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace NatsKestrel.Testing;

/// <summary>A connection without sockets: the server's end is a <see cref="ConnectionContext"/>, the client's end a <see cref="RawClient"/>.</summary>
/// <remarks>
/// Ends as Kestrel's connections do: the client sees the end when the handler has returned, and at once where it aborts. What
/// the client sends counts as sent when the server has dealt with it, so that a test needs no other sign of that.
/// </remarks>
public class InMemoryConnection : ConnectionContext, IDuplexPipe
{
    private readonly Pipe _toServer;
    private readonly Pipe _toClient;
    private readonly CancellationTokenSource _closed = new();
    private readonly TaskCompletionSource<ConnectionAbortedException> _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="clientRoom">Bytes the client's end holds before the server's writes have to wait; 0 for no bound.</param>
    public InMemoryConnection(long clientRoom = 0)
    {
        _toServer = new Pipe(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1));
        _toClient = new Pipe(new PipeOptions(pauseWriterThreshold: clientRoom, resumeWriterThreshold: Math.Max(clientRoom / 2, clientRoom > 0 ? 1 : 0)));
        Input = _toServer.Reader;
        Output = _toClient.Writer;
        Transport = this;
        RemoteEndPoint = new IPEndPoint(IPAddress.Loopback, 50000);
        LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 4222);
        Client = new RawClient(new ClientStream(_toClient.Reader, _toServer.Writer), () => _toServer.Writer.Complete());
    }

    /// <summary>The client's end.</summary>
    public RawClient Client { get; }

    /// <summary>What the server reads; a test may put something else in its place.</summary>
    public PipeReader Input { get; set; }

    /// <summary>What the server writes to; a test may put something else in its place.</summary>
    public PipeWriter Output { get; set; }

    /// <summary>Completes when the server aborts the connection.</summary>
    public Task<ConnectionAbortedException> Aborted => _aborted.Task;

    /// <summary>Called before the connection is aborted: a test may throw.</summary>
    public Action Aborting { get; set; } = static () => { };

    /// <inheritdoc/>
    public override IDuplexPipe Transport { get; set; }

    /// <inheritdoc/>
    public override string ConnectionId { get; set; } = "in memory";

    /// <inheritdoc/>
    public override IFeatureCollection Features { get; } = new FeatureCollection();

    /// <inheritdoc/>
    public override IDictionary<object, object?> Items { get; set; } = new ConnectionItems();

    /// <inheritdoc/>
    public override CancellationToken ConnectionClosed
    {
        get => _closed.Token;
        set => throw new NotSupportedException();
    }

    /// <summary>Lets the server serve the connection, and closes it afterwards.</summary>
    public async Task ServeAsync(Func<ConnectionContext, Task> serve)
    {
        try
        {
            await serve(this);
        }
        finally
        {
            await Input.CompleteAsync();
            await Output.CompleteAsync();
        }
    }

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        Aborting();
        _aborted.TrySetResult(abortReason);

        // As a socket that is closed: reads and writes that wait end now, later ones fail.
        _toServer.Writer.Complete(abortReason);
        _toClient.Writer.Complete(abortReason);
        _toClient.Writer.CancelPendingFlush();
    }

    /// <summary>The client's end of both pipes: a connection that was aborted reads as one that ended.</summary>
    private sealed class ClientStream(PipeReader input, PipeWriter output) : PipeStream(input, output)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                return await base.ReadAsync(buffer, cancellationToken);
            }
            catch (ConnectionAbortedException)
            {
                return 0;
            }
        }
    }
}
