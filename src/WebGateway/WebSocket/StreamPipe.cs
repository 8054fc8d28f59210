using System.IO.Pipelines;

namespace NatsKestrel.WebGateway.WebSocket;

/// <summary>A stream as a pipe: for upgraded connections that are no connection of their own, such as an HTTP/2 stream.</summary>
internal sealed class StreamPipe(Stream stream) : IDuplexPipe
{
    public PipeReader Input { get; } = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true, useZeroByteReads: true));

    public PipeWriter Output { get; } = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
}
