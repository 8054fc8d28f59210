using NatsKestrel.Testing;

namespace NatsKestrel.Conformance.Tests;

/// <summary>A server that transcripts are played against.</summary>
internal interface ITranscriptTarget
{
    /// <summary>Whose behaviour this is.</summary>
    Side Side { get; }

    /// <summary>Opens a connection; the server's first INFO is unread.</summary>
    Task<RawClient> ConnectAsync(CancellationToken cancellationToken);
}
