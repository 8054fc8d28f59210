using System.IO.Pipelines;

namespace NatsKestrel.Broker.Transport;

/// <summary>A writer that puts a header before each piece, in room that its caller has left there: one send, and no copy.</summary>
internal abstract class HeadedPipeWriter : PipeWriter
{
    /// <summary>The most room that any such writer may ask for.</summary>
    public const int MaxHeaderRoom = 16;

    /// <summary>Bytes that must be free before a piece.</summary>
    public abstract int HeaderRoom { get; }

    /// <summary>Sends a piece. What stands in the room before it is overwritten; the array is the caller's again once the write has ended.</summary>
    public abstract ValueTask<FlushResult> WriteAsync(ArraySegment<byte> piece);
}
