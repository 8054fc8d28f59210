using NatsKestrel.Testing;

namespace NatsKestrel.Conformance.Tests;

/// <summary>A server reached over TCP.</summary>
internal sealed class TcpTarget(Side side, string host, int port) : ITranscriptTarget
{
    public Side Side => side;

    public Task<RawClient> ConnectAsync(CancellationToken cancellationToken) => RawClient.ConnectAsync(host, port, cancellationToken);
}
