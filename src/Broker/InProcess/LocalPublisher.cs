using System.Buffers;
using System.Buffers.Text;
using System.Text;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Delivery;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.InProcess;

/// <summary>Publishes one message at a time: for an in-process client, which lends one to each call that publishes, or for the server itself.</summary>
/// <param name="self">Who publishes.</param>
/// <param name="admission">What decides whether it may; null where it may everything.</param>
internal sealed class LocalPublisher(ISubscriber self, LocalPublisher.Admission? admission = null)
{
    /// <summary>Gives a message the subject that mappings make of its own, and says whether it may be published.</summary>
    public delegate bool Admission(Publisher publisher, ref Message message);

    private static readonly TimeSpan MaxStall = TimeSpan.FromMilliseconds(10);

    private readonly Publisher _publisher = new(self);
    private readonly Segment _header = new();
    private readonly Segment _payload = new();
    private readonly Segment _lineEnd = new();
    private readonly byte[] _sizes = new byte[24];
    private byte[] _names = new byte[256];

    /// <summary>Delivers a message to whoever listens, without copying it first.</summary>
    /// <returns>Whether anybody did; <see cref="FinishAsync"/> is due in either case.</returns>
    /// <exception cref="NatsException">The client may not publish there.</exception>
    public PublishResult Publish(Account account, string subject, string? reply, byte[]? header, ReadOnlyMemory<byte> payload)
    {
        int subjectLength = Encode(subject, reply, out int replyLength);
        int headerLength = header?.Length ?? 0;
        Utf8Formatter.TryFormat(headerLength + payload.Length, _sizes, out int sizeLength);
        Utf8Formatter.TryFormat(headerLength, _sizes.AsSpan(12), out int headerSizeLength);
        var message = new Message
        {
            Subject = _names.AsSpan(0, subjectLength),
            Reply = _names.AsSpan(subjectLength, replyLength),
            SizeText = _sizes.AsSpan(0, sizeLength),
            HeaderSizeText = header is null ? default : _sizes.AsSpan(12, headerSizeLength),
            HeaderLength = headerLength,
            Length = headerLength + payload.Length,
            SplitBody = Body(header, payload),
        };

        try
        {
            return admission is null || admission(_publisher, ref message)
                ? _publisher.Publish(account, ref message)
                : throw new NatsException(Encoding.UTF8.GetString(PermissionErrors.Publish(message.Subject)));
        }
        finally
        {
            // What was lent to us must not be held any longer.
            _header.Set(default, 0);
            _payload.Set(default, 0);
        }
    }

    /// <summary>Delivers a message that somebody else has made.</summary>
    public void Publish(Account account, ref Message message) => _publisher.Publish(account, ref message);

    /// <summary>Hands over what was queued, and waits for slow receivers as long as any publisher waits: 10 ms at most.</summary>
    /// <returns>Completes at once unless a receiver is slow, or there are very many.</returns>
    public ValueTask FinishAsync()
    {
        _publisher.Batch.Flush();
        if (_publisher.Batch.Slow is null && !_publisher.HasMore)
        {
            _publisher.Rest();
            return ValueTask.CompletedTask;
        }

        return FinishSlowAsync();
    }

    private async ValueTask FinishSlowAsync()
    {
        while (_publisher.HasMore)
        {
            _publisher.Continue();
            _publisher.Batch.Flush();
            await Task.Yield();
        }

        if (_publisher.Batch.Slow is { } slow)
        {
            await slow.WaitForRoomAsync(MaxStall).ConfigureAwait(false);
            _publisher.Batch.ForgetSlow();
        }

        _publisher.Rest();
    }

    private int Encode(string subject, string? reply, out int replyLength)
    {
        int needed = Encoding.UTF8.GetMaxByteCount(subject.Length) + Encoding.UTF8.GetMaxByteCount(reply?.Length ?? 0);
        if (_names.Length < needed)
        {
            _names = new byte[needed];
        }

        int length = Encoding.UTF8.GetBytes(subject, _names);
        replyLength = reply is null ? 0 : Encoding.UTF8.GetBytes(reply, _names.AsSpan(length));
        return length;
    }

    private ReadOnlySequence<byte> Body(byte[]? header, ReadOnlyMemory<byte> payload)
    {
        int headerLength = header?.Length ?? 0;
        Segment first = header is null ? _payload : _header;
        if (header is not null)
        {
            _header.Set(header, 0);
            _header.Append(_payload);
        }

        _payload.Set(payload, headerLength);
        _payload.Append(_lineEnd);
        _lineEnd.Set(LineEnd, headerLength + payload.Length);
        return new ReadOnlySequence<byte>(first, 0, _lineEnd, 2);
    }

    private static readonly byte[] LineEnd = "\r\n"u8.ToArray();

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public void Set(ReadOnlyMemory<byte> memory, long before)
        {
            Memory = memory;
            RunningIndex = before;
        }

        public void Append(Segment next) => Next = next;
    }
}
