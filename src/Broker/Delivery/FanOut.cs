using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Delivery;

/// <summary>A message on its way to very many receivers, kept so that other connections get their turn in between.</summary>
internal sealed class FanOut
{
    private readonly Subscription[] _receivers;
    private readonly byte[] _texts;
    private readonly int _subjectLength;
    private readonly int _replyLength;
    private readonly int _sizeLength;
    private readonly int _headerSizeLength;
    private readonly int _headerLength;
    private readonly int _length;
    private readonly SharedBody _body;
    private int _next;

    public FanOut(ReadOnlySpan<Subscription> receivers, ref readonly Message message)
    {
        _receivers = receivers.ToArray();
        _subjectLength = message.Subject.Length;
        _replyLength = message.Reply.Length;
        _sizeLength = message.SizeText.Length;
        _headerSizeLength = message.HeaderSizeText.Length;
        _headerLength = message.HeaderLength;
        _length = message.Length;
        _texts = [.. message.Subject, .. message.Reply, .. message.SizeText, .. message.HeaderSizeText];
        _body = SharedBody.Copy(in message);
    }

    public bool IsDone => _next == _receivers.Length;

    /// <summary>The message, over the copies held here; large bodies are shared with the receivers.</summary>
    public Message Message
    {
        get
        {
            ReadOnlySpan<byte> texts = _texts;
            int reply = _subjectLength, size = reply + _replyLength, headerSize = size + _sizeLength;
            return new Message
            {
                Subject = texts[.._subjectLength],
                Reply = texts[reply..size],
                SizeText = texts[size..headerSize],
                HeaderSizeText = texts.Slice(headerSize, _headerSizeLength),
                HeaderLength = _headerLength,
                Length = _length,
                Body = _body.Memory.Span,
                Shared = _length >= SharedBody.MinLength ? _body : null,
            };
        }
    }

    /// <summary>The next receivers, <paramref name="count"/> at most.</summary>
    public ReadOnlySpan<Subscription> Next(int count)
    {
        var next = _receivers.AsSpan(_next, Math.Min(count, _receivers.Length - _next));
        _next += next.Length;
        return next;
    }

    /// <summary>Gives the body back; called once.</summary>
    public void Release() => _body.Release();
}
