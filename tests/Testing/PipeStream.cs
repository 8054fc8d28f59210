using System.IO.Pipelines;

namespace NatsKestrel.Testing;

/// <summary>The client's end of a connection between two pipes; disposing it hangs up.</summary>
public class PipeStream(PipeReader input, PipeWriter output) : TwoWayStream
{
    private readonly Stream _reading = input.AsStream();
    private readonly Stream _writing = output.AsStream();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _reading.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        _writing.WriteAsync(buffer, cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        await _writing.DisposeAsync();
        await _reading.DisposeAsync();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
