using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Connections;

/// <summary>What goes to one client, in order: messages and the server's own lines, counted as they are queued.</summary>
internal sealed class ClientOutput(OutboundQueue queue)
{
    // Guarded by the queue's gate.
    private SlowConsumerWatch? _watch;
    private bool _acceptsHeaders;
    private long _messages;
    private long _bytes;

    /// <summary>Whether messages go with their headers.</summary>
    public bool AcceptsHeaders
    {
        get => _acceptsHeaders;
        set
        {
            using (queue.Gate.EnterScope())
            {
                _acceptsHeaders = value;
            }
        }
    }

    /// <summary>Messages queued so far.</summary>
    public long Messages => Volatile.Read(ref _messages);

    /// <summary>Bytes of their bodies.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Queues a message, unless the subscription or the connection is over.</summary>
    /// <param name="subscription">What it goes to.</param>
    /// <param name="message">Borrowed: copied before this returns.</param>
    /// <param name="publisher">The connection id of the publisher.</param>
    /// <param name="settings">The settings in force.</param>
    /// <param name="isLast">True where the subscription has got all it asked for.</param>
    public DeliveryResult Deliver(Subscription subscription, ref readonly Message message, ulong publisher, ConnectionSettings settings, out bool isLast)
    {
        using (queue.Gate.EnterScope())
        {
            if (subscription.IsClosed || !queue.IsOpen || (subscription.Max > 0 && subscription.Delivered >= subscription.Max))
            {
                isLast = false;
                return DeliveryResult.Refused;
            }

            isLast = ++subscription.Delivered == subscription.Max;
            _messages++;
            _bytes += message.Length - MessageWriter.BodyStart(in message, _acceptsHeaders);
            if (queue.PendingBytes > settings.WatchThreshold)
            {
                (_watch ??= new SlowConsumerWatch()).Note(publisher, message.Length);
                if (settings.NoFastProducerStall && queue.PendingBytes > settings.StallThreshold)
                {
                    return DeliveryResult.Delivered;
                }
            }

            Write(in message, subscription.Sid);
            DeliveryResult result = queue.TakeFlushDuty() ? DeliveryResult.Delivered | DeliveryResult.NeedsFlush : DeliveryResult.Delivered;
            return queue.PendingBytes <= settings.StallThreshold ? result
                : queue.PendingBytes > settings.MaxPending ? result | DeliveryResult.Overflow
                : settings.NoFastProducerStall ? result : result | DeliveryResult.Stall;
        }
    }

    /// <summary>Queues whole protocol lines of the server's own.</summary>
    /// <param name="lines">The lines, with their ends.</param>
    /// <param name="maxPending">Bytes that may be pending.</param>
    /// <param name="mustFlush">True where the caller now owes a flush.</param>
    /// <param name="isOver">True where more than that is pending now.</param>
    /// <returns>False where nothing more is taken.</returns>
    public bool TryAppend(ReadOnlySpan<byte> lines, int maxPending, out bool mustFlush, out bool isOver)
    {
        using (queue.Gate.EnterScope())
        {
            if (!queue.IsOpen)
            {
                mustFlush = isOver = false;
                return false;
            }

            queue.Write(lines);
            mustFlush = queue.TakeFlushDuty();
            isOver = queue.PendingBytes > maxPending;
            return true;
        }
    }

    /// <summary>Sets when the subscription ends by itself.</summary>
    /// <returns>True where that point has been reached already.</returns>
    public bool SetMax(Subscription subscription, long max)
    {
        using (queue.Gate.EnterScope())
        {
            subscription.Max = max;
            return subscription.Delivered >= max;
        }
    }

    /// <summary>Goes on watching while much is pending; forgets the past once little is.</summary>
    /// <param name="settings">The settings in force.</param>
    /// <param name="isSampleDue">True where it is time to write down how much is pending.</param>
    /// <returns>True while there is something to watch.</returns>
    public bool Watch(ConnectionSettings settings, bool isSampleDue)
    {
        using (queue.Gate.EnterScope())
        {
            if (isSampleDue)
            {
                _watch?.Sample(queue.PendingBytes);
            }

            if (queue.PendingBytes < settings.WatchThreshold / 2)
            {
                _watch = null;
            }

            return _watch is not null;
        }
    }

    /// <summary>How the queue grew, second by second, and who filled it; empty where it was never long.</summary>
    public (long[] Samples, SlowConsumerPublisher[] Publishers) Watched()
    {
        using (queue.Gate.EnterScope())
        {
            return _watch is { } watch ? (watch.Samples(), watch.Publishers()) : ([], []);
        }
    }

    private void Write(ref readonly Message message, ReadOnlySpan<byte> sid)
    {
        int lineLength = MessageWriter.MaxLineLength(in message, sid);
        int bodyLength = MessageWriter.BodyLength(in message, _acceptsHeaders);
        int bodyStart = MessageWriter.BodyStart(in message, _acceptsHeaders);
        if (lineLength > OutboundQueue.MaxReserve)
        {
            // Only where an operator allowed control lines of such a length.
            var line = new byte[lineLength];
            queue.Write(line.AsSpan(0, MessageWriter.WriteLine(line, in message, sid, _acceptsHeaders)));
            WriteBody(in message, bodyStart);
            return;
        }

        Span<byte> target = queue.Reserve(lineLength);
        int written = MessageWriter.WriteLine(target, in message, sid, _acceptsHeaders);
        if (target.Length - written >= bodyLength && message.Shared is null)
        {
            message.CopyBodyTo(target.Slice(written, bodyLength), bodyStart);
            queue.Commit(written + bodyLength);
            return;
        }

        queue.Commit(written);
        WriteBody(in message, bodyStart);
    }

    private void WriteBody(ref readonly Message message, int bodyStart)
    {
        if (message.Shared is { } shared)
        {
            queue.Write(shared, bodyStart);
        }
        else if (!message.Body.IsEmpty)
        {
            queue.Write(message.Body[bodyStart..]);
        }
        else
        {
            queue.Write(message.SplitBody.Slice(bodyStart));
        }
    }
}
