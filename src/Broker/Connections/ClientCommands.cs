using System.Buffers;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Delivery;
using NatsKestrel.Broker.Protocol;
using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Broker.Connections;

/// <summary>Does what a client's commands ask for.</summary>
/// <remarks>Touched by the connection's read loop alone, except for the immutable <see cref="Options"/>.</remarks>
internal sealed class ClientCommands(ClientConnection connection, Publisher publisher, ConnectionServices services)
{
    // After this many commands others get a turn, however much was read at once.
    private const int MaxCommandsInARow = 1000;

    // No more of what a client sent wrongly than this is logged.
    private const int MaxLoggedInput = 32;

    private ConnectionSettings _settings = services.Settings;
    private bool _isConnected;
    private bool _hasPinged;

    /// <summary>What the client asked for in CONNECT.</summary>
    public ConnectOptions Options { get; private set; } = ConnectOptions.Default;

    /// <summary>True for clients that understand INFO at any time and have shown that they are past their handshake.</summary>
    public bool TakesAsyncInfo => _hasPinged && Options.Protocol >= 1;

    private bool AcceptsHeaders => Options.Headers && _settings.HeaderSupport;

    /// <summary>Executes the whole commands at the front of what was received, and cuts them off.</summary>
    /// <returns>True when only the start of a command is left; false where there may be more, but others should have a turn first.</returns>
    public bool Execute(ref ReadOnlySequence<byte> unread)
    {
        _settings = connection.Settings; // once for all that was read: a reload may have replaced them
        bool isTraced = _settings.IsTraced;
        var reader = new CommandReader(in unread, _settings.Parser, AcceptsHeaders);
        bool isUsedUp = false;
        bool isLife = false;
        int count = 0;
        try
        {
            while (count < MaxCommandsInARow && !publisher.HasMore && publisher.Batch is { Slow: null, IsFull: false })
            {
                long start = isTraced ? reader.Consumed : 0;
                if (!reader.TryRead())
                {
                    isUsedUp = true;
                    break;
                }

                count++;
                if (isTraced)
                {
                    ProtocolTrace.Received(services.Logger, connection, ref reader, unread.Slice(start));
                }

                isLife |= reader.Kind is CommandKind.Publish or CommandKind.HeaderPublish or CommandKind.Subscribe or CommandKind.Unsubscribe or CommandKind.Ping;
                Execute(ref reader);
                if (connection.IsClosing)
                {
                    break;
                }
            }
        }
        catch (ProtocolException exception)
        {
            Refuse(exception.Error, unread.Slice(reader.Consumed));
        }

        if (count > 0)
        {
            connection.NoteOperations(isLife);
        }

        unread = unread.Slice(reader.Consumed);
        reader.Dispose();
        return isUsedUp;
    }

    private void Execute(ref CommandReader reader)
    {
        switch (reader.Kind)
        {
            case CommandKind.Publish or CommandKind.HeaderPublish:
                Publish(ref reader.Message);
                break;
            case CommandKind.Subscribe:
                Subscribe(reader.Subject, reader.Queue, reader.Sid);
                break;
            case CommandKind.Unsubscribe:
                Unsubscribe(reader.Sid, reader.Max);
                break;
            case CommandKind.Ping:
                Ping();
                break;
            case CommandKind.Pong:
                connection.OnPong();
                break;
            case CommandKind.Connect:
                Connect(reader.Json);
                reader.AcceptsHeaders = AcceptsHeaders;
                break;
            default: // INFO and +OK mean nothing to a server
                break;
        }
    }

    private void Publish(ref Message message)
    {
        connection.InMessages++;
        connection.InBytes += message.Length;
        if (Options.Pedantic && !SubjectRules.IsValidPublish(message.Subject))
        {
            connection.SendError(ProtocolErrors.Text(ProtocolError.InvalidPublishSubject));
        }

        if (ReservedSubjects.MayBeReserved(in message) && !MayPublish(in message))
        {
            return;
        }

        // The acknowledgement goes before the delivery: a client that listens to itself sees it first.
        Acknowledge();
        switch (publisher.Publish(connection.Account, ref message))
        {
            case PublishResult.Nobody when !message.Reply.IsEmpty && Options.NoResponders && AcceptsHeaders:
                NotifyNoResponders(message.Subject, message.Reply);
                break;
            case PublishResult.TooManyTokens:
                connection.SendError(PermissionErrors.PublishTooManyTokens(message.Subject));
                break;
            default:
                break;
        }
    }

    private bool MayPublish(ref readonly Message message)
    {
        if (ReservedSubjects.IsReservedSubject(message.Subject))
        {
            connection.SendError(PermissionErrors.Publish(message.Subject));
            return false;
        }

        if (ReservedSubjects.IsReservedReply(message.Reply))
        {
            connection.SendError(PermissionErrors.PublishReply(message.Reply));
            return false;
        }

        return true;
    }

    // To one plain subscription of the requester's own that matches the reply; it counts neither as delivery nor towards a maximum.
    private void NotifyNoResponders(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> reply)
    {
        foreach (Subscription subscription in publisher.Match(connection.Account, reply))
        {
            if (subscription.Subscriber == connection && !subscription.IsClosed)
            {
                var notification = new byte[MessageWriter.MaxNoRespondersLength(reply, subscription.Sid, subject)];
                int length = MessageWriter.WriteNoResponders(notification, reply, subscription.Sid, subject);
                connection.Send(notification.AsSpan(0, length));
                return;
            }
        }
    }

    private void Subscribe(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queue, ReadOnlySpan<byte> sid)
    {
        if (queue.SequenceEqual(ReservedSubjects.SystemQueue))
        {
            connection.SendError(PermissionErrors.Subscribe(subject, queue));
        }
        else if (_settings.MaxSubscriptionTokens > 0 && SubjectRules.CountTokens(subject) > _settings.MaxSubscriptionTokens)
        {
            connection.SendError(PermissionErrors.SubscribeTooManyTokens(subject));
        }
        else if (_settings.MaxSubscriptions > 0 && connection.Subscriptions.Count >= _settings.MaxSubscriptions)
        {
            connection.SendError(ProtocolErrors.Text(ProtocolError.MaxSubscriptionsExceeded));
        }
        else if (connection.Subscriptions.Find(sid) is not null)
        {
            Acknowledge(); // the first one stays as it is
        }
        else if (!SubjectRules.IsValidSubscription(subject) || Math.Max(subject.Length, queue.Length) > ushort.MaxValue)
        {
            connection.SendError(ProtocolErrors.Text(ProtocolError.InvalidSubject));
        }
        else
        {
            Add(new Subscription(connection, subject, queue, sid));
        }
    }

    private void Add(Subscription subscription)
    {
        if (!services.SlowConsumers.TryAddSubscriptionBytes(subscription.MemoryBytes))
        {
            services.SlowConsumers.TryAddSubscriptionBytes(-subscription.MemoryBytes);
            connection.SendError(ProtocolErrors.Text(ProtocolError.MaxSubscriptionsExceeded));
            return;
        }

        connection.Subscriptions.Add(subscription);
        connection.Account.Sublist.Insert(subscription);
        Acknowledge();
    }

    private void Unsubscribe(ReadOnlySpan<byte> sid, int max)
    {
        if (connection.Subscriptions.Find(sid) is { } subscription && (max == 0 || connection.SetMax(subscription, max)))
        {
            connection.Unsubscribe(subscription);
        }

        Acknowledge();
    }

    private void Ping()
    {
        connection.Send("PONG\r\n"u8);
        if (!_isConnected || _hasPinged)
        {
            return;
        }

        // The first PING after CONNECT ends the handshake, once and for all: a later CONNECT does not begin it again.
        _hasPinged = true;
        if (TakesAsyncInfo)
        {
            connection.Send(services.Info.ForConnected(connection).ToLine());
        }
    }

    private void Connect(ReadOnlySpan<byte> json)
    {
        ConnectOptions options = ConnectReader.Read(json, Options);
        options = connection.Door?.Complete(options) ?? options;
        if (options.Account.Length > 0 || options.NewAccount)
        {
            connection.Close(ProtocolError.AuthorizationViolation, CloseReason.AuthenticationFailure);
            return;
        }

        if (options.Protocol is not (0 or 1))
        {
            connection.Close(ProtocolError.InvalidClientProtocol, CloseReason.BadClientProtocolVersion);
            return;
        }

        if (options.NoResponders && !(options.Headers && _settings.HeaderSupport))
        {
            connection.Close(ProtocolError.NoRespondersRequiresHeaders, CloseReason.NoRespondersRequiresHeaders);
            return;
        }

        if (_isConnected)
        {
            // A second CONNECT starts over: whatever the first one subscribed to is gone.
            foreach (Subscription subscription in connection.Subscriptions.ToArray(int.MaxValue))
            {
                connection.Unsubscribe(subscription);
            }
        }
        else
        {
            connection.OnConnect();
        }

        _isConnected = true;

        // Nobody checks them yet, so that they need not be kept: what is not there is not found in a memory dump.
        Options = options with { Pass = "", AuthToken = "", Sig = "", Jwt = "" };
        connection.AcceptsHeaders = AcceptsHeaders;
        publisher.Echo = options.Echo;
        Acknowledge();
    }

    private void Acknowledge()
    {
        if (Options.Verbose)
        {
            connection.Send("+OK\r\n"u8);
        }
    }

    private void Refuse(ProtocolError error, ReadOnlySequence<byte> input)
    {
        if (services.MayLog(services.ErrorLog))
        {
            services.Logger.ParserError(connection, error.ToString(), GoQuote.Text(Loggable(input)));
        }

        connection.Close(error, error switch
        {
            ProtocolError.ClientReportedError => CloseReason.ParseError,
            ProtocolError.MaxControlLineExceeded => CloseReason.MaxControlLineExceeded,
            ProtocolError.MaxPayloadExceeded => CloseReason.MaxPayloadExceeded,
            _ => CloseReason.ProtocolViolation,
        });
    }

    // Never a payload, which is behind the line, and of CONNECT and INFO the verb alone: what follows may be a password.
    private static ReadOnlySpan<byte> Loggable(ReadOnlySequence<byte> input)
    {
        ReadOnlySpan<byte> start = input.Slice(0, Math.Min(input.Length, MaxLoggedInput)).ToArray();
        int lineEnd = start.IndexOfAny((byte)'\r', (byte)'\n');
        start = lineEnd < 0 ? start : start[..lineEnd];
        return start.IsEmpty || (start[0] | 0x20) is not ('c' or 'i') ? start : start[..Math.Min(start.Length, "CONNECT"u8.Length)];
    }
}
