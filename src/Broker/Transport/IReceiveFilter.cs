namespace NatsKestrel.Broker.Transport;

/// <summary>Takes something off what a socket received, where it lies: the reader's consumer sees what is left.</summary>
internal interface IReceiveFilter
{
    /// <summary>True once nothing after what was left so far counts.</summary>
    bool IsEnded { get; }

    /// <summary>Takes its part out of bytes just received.</summary>
    /// <returns>How many are left; they stand at the front.</returns>
    int Apply(Span<byte> received);
}
