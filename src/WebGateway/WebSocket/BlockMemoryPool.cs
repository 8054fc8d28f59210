using System.Buffers;
using NatsKestrel.Broker.Transport;

namespace NatsKestrel.WebGateway.WebSocket;

/// <summary>The broker's blocks, for a <see cref="System.IO.Pipelines.Pipe"/>.</summary>
internal sealed class BlockMemoryPool(BlockPool blocks) : MemoryPool<byte>
{
    /// <inheritdoc/>
    public override int MaxBufferSize => BlockPool.MediumSize;

    /// <inheritdoc/>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1) =>
        new Owner(blocks, blocks.Rent(minBufferSize));

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
    }

    private sealed class Owner(BlockPool blocks, byte[] block) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory => block;

        public void Dispose() => blocks.Return(block);
    }
}
