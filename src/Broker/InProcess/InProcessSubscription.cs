using System.Threading.Channels;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.InProcess;

/// <summary>What an in-process client listens to: read it with <c>await foreach</c>, dispose of it to unsubscribe.</summary>
/// <remarks>
/// Messages wait here until they are read, up to the limits of <see cref="SubscribeOptions"/>; above three quarters of them
/// publishers are held back a little (10 ms a message at most), and beyond them <see cref="SubscribeOptions.WhenFull"/> says
/// what happens. Several readers may share one subscription: each message goes to one of them.
/// </remarks>
public sealed class InProcessSubscription : IAsyncEnumerable<NatsMessage>, IAsyncDisposable, IDisposable
{
    private readonly InProcessClient _client;
    private readonly Mailbox _mailbox;

    internal InProcessSubscription(InProcessClient client, string subject, SubscribeOptions options, ulong sid, long maxBytes)
    {
        _client = client;
        Subject = subject;
        QueueGroup = options.QueueGroup;
        _mailbox = new Mailbox(client, subject, options, sid, maxBytes);
    }

    /// <summary>The subject, wildcards included.</summary>
    public string Subject { get; }

    /// <summary>The queue group; null for none.</summary>
    public string? QueueGroup { get; }

    /// <summary>Messages that wait to be read.</summary>
    public int PendingMessages => _mailbox.PendingMessages;

    /// <summary>Bytes that wait to be read: headers and payloads.</summary>
    public long PendingBytes => _mailbox.PendingBytes;

    /// <summary>Messages lost because nobody read fast enough.</summary>
    public long Dropped => _mailbox.Dropped;

    /// <summary>The same messages as a channel: for <c>WaitToReadAsync</c> and <c>TryRead</c>.</summary>
    public ChannelReader<NatsMessage> Reader => _mailbox.Reader;

    internal LocalSubscriber Subscriber => _mailbox;

    /// <summary>Runs the handler of a subscription with a callback; awaited by <see cref="DisposeAsync"/>.</summary>
    internal Task Handling { get; set; } = Task.CompletedTask;

    /// <summary>Reads until the subscription ends.</summary>
    /// <exception cref="SlowConsumerException">It was cut.</exception>
    /// <exception cref="NatsException">New settings of the server do not permit the subject any more.</exception>
    public IAsyncEnumerator<NatsMessage> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        Reader.ReadAllAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);

    /// <summary>Unsubscribes: nothing more comes; what waits can still be read.</summary>
    public void Dispose()
    {
        _client.Remove(_mailbox);
        _mailbox.End();
    }

    /// <summary>Unsubscribes, and waits until a callback has had what came before. Not to be awaited inside that callback.</summary>
    public async ValueTask DisposeAsync()
    {
        Dispose();
        await Handling.ConfigureAwait(false);
    }

    /// <summary>The bounded queue between publishers and readers.</summary>
    private sealed class Mailbox : LocalSubscriber
    {
        private readonly Channel<NatsMessage> _messages = Channel.CreateUnbounded<NatsMessage>();
        private readonly int _maxMessages;
        private readonly long _maxBytes;
        private readonly SlowConsumerRule _rule;

        // Guarded by Gate.
        private int _pendingMessages;
        private long _pendingBytes;
        private bool _isSlow;
        private bool _isEnded;
        private TaskCompletionSource? _room;
        private long _dropped;

        public Mailbox(InProcessClient client, string subject, SubscribeOptions options, ulong sid, long maxBytes)
            : base(client, subject, options.QueueGroup ?? "", sid, options.MaxMessages)
        {
            _maxMessages = options.MaxPendingMessages;
            _maxBytes = maxBytes;
            _rule = options.WhenFull;
            Reader = new CountingReader(this);
        }

        public ChannelReader<NatsMessage> Reader { get; }

        public override long PendingBytes => Interlocked.Read(ref _pendingBytes);

        public int PendingMessages => Volatile.Read(ref _pendingMessages);

        public long Dropped => Interlocked.Read(ref _dropped);

        private bool IsNearlyFull => _pendingMessages > _maxMessages / 4L * 3 || _pendingBytes > _maxBytes / 4 * 3;

        public override async Task WaitForRoomAsync(TimeSpan limit)
        {
            Task room;
            Client.CountStall();
            lock (Gate)
            {
                if (!IsNearlyFull || _isEnded)
                {
                    return;
                }

                _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                room = _room.Task;
            }

            await room.WaitAsync(limit, Client.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        public override void End(NatsException? reason = null)
        {
            lock (Gate)
            {
                if (_isEnded)
                {
                    return;
                }

                // What is left is the reader's alone: it may never be read.
                _isEnded = true;
                Client.Release(_pendingMessages, _pendingBytes);
                _room?.TrySetResult();
            }

            _messages.Writer.TryComplete(reason);
        }

        protected override DeliveryResult Take(ref readonly Message message)
        {
            int length = message.Length;
            if (_pendingMessages >= _maxMessages || _pendingBytes + length > _maxBytes || !Client.TryHold(length))
            {
                return TakeWhenFull(in message);
            }

            Enqueue(in message);
            return IsNearlyFull ? DeliveryResult.Delivered | DeliveryResult.Stall : DeliveryResult.Delivered;
        }

        private DeliveryResult TakeWhenFull(ref readonly Message message)
        {
            // Reported once for each time that it falls behind, not for each message.
            IsReportDue |= !_isSlow;
            _isSlow = true;
            if (_rule == SlowConsumerRule.DropOldest && TryMakeRoom(message.Length))
            {
                Enqueue(in message);
                return DeliveryResult.Delivered;
            }

            _dropped++;
            return _rule == SlowConsumerRule.Cut ? DeliveryResult.Overflow : DeliveryResult.Delivered;
        }

        private bool TryMakeRoom(int length)
        {
            while (_pendingMessages >= _maxMessages || _pendingBytes + length > _maxBytes || !Client.TryHold(length))
            {
                if (!_messages.Reader.TryRead(out NatsMessage? oldest))
                {
                    // All of them are in a reader's hands, uncounted in a moment.
                    return length <= _maxBytes && Client.TryHold(length);
                }

                _dropped++;
                Uncount(oldest.Size);
            }

            return true;
        }

        private void Enqueue(ref readonly Message message)
        {
            _pendingMessages++;
            _pendingBytes += message.Length;
            _messages.Writer.TryWrite(Copy(in message));
        }

        private void NoteRead(NatsMessage message)
        {
            lock (Gate)
            {
                Uncount(message.Size);
                if (_room is not null && !IsNearlyFull)
                {
                    _room.TrySetResult();
                    _room = null;
                }

                if (_isSlow && _pendingMessages <= _maxMessages / 2 && _pendingBytes <= _maxBytes / 2)
                {
                    _isSlow = false;
                }
            }
        }

        private void Uncount(int length)
        {
            _pendingMessages--;
            _pendingBytes -= length;
            if (!_isEnded)
            {
                Client.Release(1, length);
            }
        }

        /// <summary>The channel's reader, and an eye on how much is left in it.</summary>
        private sealed class CountingReader(Mailbox mailbox) : ChannelReader<NatsMessage>
        {
            private readonly ChannelReader<NatsMessage> _messages = mailbox._messages.Reader;

            public override Task Completion => _messages.Completion;

            public override bool CanCount => true;

            public override int Count => mailbox.PendingMessages;

            public override bool TryRead([System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out NatsMessage item)
            {
                if (!_messages.TryRead(out item))
                {
                    return false;
                }

                mailbox.NoteRead(item);
                return true;
            }

            public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default) => _messages.WaitToReadAsync(cancellationToken);
        }
    }
}
