using System.Buffers;
using System.Diagnostics;
using System.Text;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Accounts.Authentication;
using NatsKestrel.Broker.Accounts.Permissions;
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

    // Whoever is refused stays in the list of closed connections, and may have said anything.
    private const int MaxKeptOfStranger = 256;

    private ConnectionSettings _settings = services.Settings;
    private ParserLimits? _narrowed;
    private bool _isConnected;
    private bool _hasPinged;
    private bool _mustPause;
    private (ConnectOptions Options, Task<LoginOutcome> Outcome)? _login;

    /// <summary>What the client asked for in CONNECT.</summary>
    public ConnectOptions Options { get; private set; } = ConnectOptions.Default;

    /// <summary>True for clients that understand INFO at any time and have shown that they are past their handshake.</summary>
    public bool TakesAsyncInfo => _hasPinged && Options.Protocol >= 1;

    /// <summary>True until a client has logged in that must: nothing but CONNECT is taken from it.</summary>
    public bool MustConnect { get; set; }

    /// <summary>True while the credentials of a CONNECT are being checked: nothing is read meanwhile.</summary>
    public bool IsLoginPending => _login is not null;

    private bool AcceptsHeaders => Options.Headers && _settings.HeaderSupport;

    /// <summary>Executes the whole commands at the front of what was received, and cuts them off.</summary>
    /// <returns>True when only the start of a command is left; false where there may be more, but others should have a turn first.</returns>
    public bool Execute(ref ReadOnlySequence<byte> unread)
    {
        if (MustConnect && !unread.IsEmpty && !MayBegin(unread.FirstSpan[0]))
        {
            return true;
        }

        _mustPause = false;
        _settings = connection.Settings; // once for all that was read: a reload may have replaced them
        bool isTraced = _settings.IsTraced;
        var reader = new CommandReader(in unread, Limits(_settings.Parser), AcceptsHeaders);
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
                if (connection.IsClosing || _mustPause)
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

    /// <summary>Goes on with a CONNECT whose credentials took time to check. Never throws.</summary>
    public async Task FinishLoginAsync()
    {
        (ConnectOptions options, Task<LoginOutcome> outcome) = _login!.Value;
        LoginOutcome found = await outcome.ConfigureAwait(false);
        _login = null;
        if (!connection.IsClosing)
        {
            FinishConnect(options, found);
        }
    }

    // The server's, unless account or user may send less.
    private ParserLimits Limits(ParserLimits server)
    {
        int maxPayload = connection.MaxPayload;
        return maxPayload == server.MaxPayload ? server
            : _narrowed is { } narrowed && narrowed.MaxPayload == maxPayload && narrowed.MaxControlLine == server.MaxControlLine ? narrowed
            : _narrowed = server with { MaxPayload = maxPayload };
    }

    // Whatever is not CONNECT is refused at its first byte, or taken for the user that needs no credentials.
    private bool MayBegin(byte first)
    {
        if ((first | 0x20) == 'c')
        {
            return true;
        }

        if (services.Authenticator.WithoutConnect(connection.Way) is not { } user)
        {
            RefuseLogin("");
            return false;
        }

        if (!TryLogIn(user))
        {
            return false;
        }

        NoteLogin();
        return true;
    }

    private void Execute(ref CommandReader reader)
    {
        switch (reader.Kind)
        {
            case CommandKind.HeaderPublish when MessageSpans.AreWanted:
                PublishInSpan(ref reader.Message);
                break;
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

    private void PublishInSpan(ref Message message)
    {
        using Activity? span = MessageSpans.Start(in message, connection.Account, connection.Id);
        Publish(ref message);
    }

    private void Publish(ref Message message)
    {
        connection.InMessages++;
        connection.InBytes += message.Length;
        MessageTrace? trace = null;
        if (message.HasHeaders && !TryTrace(in message, out trace))
        {
            return;
        }

        if (Options.Pedantic && !SubjectRules.IsValidPublish(message.Subject))
        {
            connection.SendError(ProtocolErrors.Text(ProtocolError.InvalidPublishSubject));
        }

        if (!publisher.MayPublish(connection.Account, connection.Permissions, ref message, trace))
        {
            RefusePublish(message.Subject);
            if (trace is not null)
            {
                trace.Fail(PermissionErrors.Publish(message.Subject));
                Publish(trace);
            }

            return;
        }

        if (ReservedSubjects.MayBeReserved(in message) && !MayPublish(in message))
        {
            return;
        }

        // The acknowledgement goes before the delivery: a client that listens to itself sees it first.
        Acknowledge();
        switch (trace is null ? publisher.Publish(connection.Account, ref message) : publisher.PublishTraced(connection.Account, ref message, trace))
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

        if (trace is not null)
        {
            Publish(trace);
        }
    }

    // False where the message must go no further.
    private bool TryTrace(ref readonly Message message, out MessageTrace? trace)
    {
        trace = MessageTrace.TryBegin(in message, connection.Account, connection.Id, services.Time);
        if (trace is null)
        {
            return true;
        }

        if (!SubjectRules.IsSafePublish(trace.Destination) || ReservedSubjects.IsReservedSubject(trace.Destination))
        {
            bool isOnly = trace.IsOnly;
            trace = null;
            return !isOnly;
        }

        if (trace.IsRequested && connection.Permissions?.MayPublish(trace.Destination) == false)
        {
            RefusePublish(trace.Destination);
            return false;
        }

        return true;
    }

    // From the server, so also to a publisher that wants no echo.
    private void Publish(MessageTrace trace)
    {
        byte[] json = TraceReport.ToJson(trace, services.Describer.Next(), id => services.Registry.FindOpen(id, 0)?.Name is { Length: > 0 } name ? name : null);
        (byte[] body, byte[]? header) = BodyEncoding.Encode(json, Encoding.UTF8.GetString(HeaderBlock.Find(trace.Header, BodyEncoding.AcceptLine)));
        var message = ServerMessage.Create(trace.Destination, header, body);
        bool echo = publisher.Echo;
        publisher.Echo = true;
        publisher.Publish(connection.Account, ref message);
        publisher.Echo = echo;
    }

    private bool MayPublish(ref readonly Message message)
    {
        if (ReservedSubjects.IsReserved(connection.Account, message.Subject))
        {
            RefusePublish(message.Subject);
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
        ClientPermissions? permissions = connection.Permissions;
        if (queue.SequenceEqual(ReservedSubjects.SystemQueue) || permissions?.MaySubscribe(subject, queue) == false)
        {
            RefuseSubscribe(subject, queue, sid);
        }
        else if (_settings.MaxSubscriptionTokens > 0 && SubjectRules.CountTokens(subject) > _settings.MaxSubscriptionTokens)
        {
            connection.SendError(PermissionErrors.SubscribeTooManyTokens(subject));
        }
        else if (connection.MaxSubscriptions > 0 && connection.Subscriptions.Count >= connection.MaxSubscriptions)
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
            Add(new Subscription(connection, subject, queue, sid) { IsFiltered = permissions?.MustFilter(subject, queue) == true }, permissions);
        }
    }

    private void Add(Subscription subscription, ClientPermissions? permissions)
    {
        if (!services.SlowConsumers.TryAddSubscriptionBytes(subscription.MemoryBytes))
        {
            services.SlowConsumers.TryAddSubscriptionBytes(-subscription.MemoryBytes);
            connection.SendError(ProtocolErrors.Text(ProtocolError.MaxSubscriptionsExceeded));
            return;
        }

        connection.Subscriptions.Add(subscription);
        connection.Account.Insert(subscription);
        Acknowledge();
        if (connection.Permissions != permissions)
        {
            // They changed in between, and whoever changed them may not have seen this subscription.
            connection.Recheck(subscription);
        }
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
        if (_isConnected)
        {
            // A second CONNECT starts over: whatever the first one subscribed to is gone.
            foreach (Subscription subscription in connection.Subscriptions.ToArray(int.MaxValue))
            {
                connection.Unsubscribe(subscription);
            }

            if (options.HasCredentialsOf(Options))
            {
                // It says nothing new of who it is. What it said the first time was not kept.
                FinishConnect(options, new LoginOutcome(connection.User));
                return;
            }
        }

        LoginRequest request = connection.LoginRequest(options);
        if (services.Authenticator.TryLogin(request) is { } outcome)
        {
            FinishConnect(options, outcome);
            return;
        }

        _login = (options, services.Authenticator.LoginAsync(request));
        _mustPause = true;
    }

    private void FinishConnect(ConnectOptions options, LoginOutcome outcome)
    {
        if (outcome.User is not { } user)
        {
            if (options.User.Length + options.Nkey.Length + options.Name.Length + options.Lang.Length + options.Version.Length <= MaxKeptOfStranger)
            {
                // Those who watch for failed logins want to know of whom.
                Options = options.WithoutSecrets();
            }

            connection.OnConnect();
            if (outcome.Refusal is { } refusal)
            {
                services.Registry.CalloutRefused?.Invoke(connection.Id, refusal);
            }

            RefuseLogin(options.User);
            return;
        }

        if (options.Account.Length > 0 || options.NewAccount)
        {
            connection.Close(ProtocolError.AuthorizationViolation, CloseReason.AuthenticationFailure);
        }
        else if (options.Protocol is not (0 or 1))
        {
            connection.Close(ProtocolError.InvalidClientProtocol, CloseReason.BadClientProtocolVersion);
        }
        else if (options.NoResponders && !(options.Headers && _settings.HeaderSupport))
        {
            connection.Close(ProtocolError.NoRespondersRequiresHeaders, CloseReason.NoRespondersRequiresHeaders);
        }
        else if (TryLogIn(user))
        {
            // What is not kept is not found in a memory dump either.
            Options = options.WithoutSecrets();
            connection.AcceptsHeaders = AcceptsHeaders;
            publisher.Echo = options.Echo;
            NoteLogin();
            Acknowledge();
        }
    }

    private bool TryLogIn(User user)
    {
        if (!connection.Membership.TryBecome(user))
        {
            connection.Close(ProtocolError.MaxAccountConnectionsExceeded, CloseReason.MaxAccountConnectionsExceeded);
            return false;
        }

        if (!_isConnected)
        {
            connection.OnConnect();
        }

        _isConnected = true;
        MustConnect = false;
        connection.NoteOperations(areLife: true);

        // What follows may be read with other limits.
        _mustPause |= connection.MaxPayload != _settings.MaxPayload;
        return true;
    }

    private void NoteLogin() => services.Registry.LoggedIn?.Invoke(connection.Id, connection.Account);

    private void RefuseLogin(string user)
    {
        services.Registry.Denied?.Invoke(connection, DeniedAct.LogIn, "");
        if (services.MayLog(services.LoginLog))
        {
            services.Logger.LoginFailed(connection, user.Length == 0 ? "" : $" - User {GoQuote.Text(Encoding.UTF8.GetBytes(user))}");
        }

        connection.Close(ProtocolError.AuthorizationViolation, CloseReason.AuthenticationFailure);
    }

    private void RefusePublish(ReadOnlySpan<byte> subject)
    {
        connection.SendError(PermissionErrors.Publish(subject));
        services.Registry.Denied?.Invoke(connection, DeniedAct.Publish, Encoding.UTF8.GetString(subject));
        if (services.MayLog(services.PermissionLog))
        {
            services.Logger.PublishViolation(connection, GoQuote.Text(subject));
        }
    }

    private void RefuseSubscribe(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queue, ReadOnlySpan<byte> sid)
    {
        connection.SendError(PermissionErrors.Subscribe(subject, queue));
        services.Registry.Denied?.Invoke(connection, DeniedAct.Subscribe, Encoding.UTF8.GetString(subject));
        if (services.MayLog(services.PermissionLog))
        {
            services.Logger.SubscriptionViolation(connection, GoQuote.Text(subject), GoQuote.Text(sid));
        }
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
