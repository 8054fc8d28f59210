using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Accounts.Authentication;
using NatsKestrel.Broker.Accounts.Imports;
using NatsKestrel.Broker.Accounts.Permissions;
using NatsKestrel.Broker.Delivery;
using NatsKestrel.Broker.Protocol;
using NatsKestrel.Broker.Transport;
using NatsKestrel.Broker.Transport.Tls;

namespace NatsKestrel.Broker.Connections;

/// <summary>The life of one client: greet, read commands, take deliveries, end with one reason.</summary>
/// <remarks>
/// Its read loop alone touches its protocol state (<see cref="ClientCommands"/>) and what it publishes; every other thread
/// reaches only its outbound queue, its subscription table and <see cref="Close(CloseReason)"/>.
/// </remarks>
internal sealed class ClientConnection : ISubscriber, IRequester, IUserConnection
{
    // A record of a closed connection stays small, whatever the connection was: so many subscriptions, and bytes of text in them.
    private const int MaxSubscriptionsKept = 8;
    private const int MaxSubscriptionTextKept = 128;

    private static readonly TimeSpan FinalFlush = TimeSpan.FromSeconds(2);
    // Who has not said anything yet gets INFO and at most one error: taking longer over that is no client.
    private static readonly TimeSpan MaxGreeting = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan MaxStallPerRead = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan StallNearLimit = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan StallAtLimit = TimeSpan.FromMilliseconds(5);

    private readonly ConnectionContext _context;
    private readonly ConnectionServices _services;
    private volatile ConnectionSettings _settings;
    private readonly OutboundQueue _outbound;
    private readonly ClientCommands _commands;
    private readonly Publisher _publisher;
    private readonly KeepAlive _keepAlive;
    private readonly LoginTimer _loginTimer;
    private readonly long _acceptedAt;
    private readonly DateTimeOffset _start;
    private long _lastActivity;
    private int _closeReason;
    private bool _isInAccount;
    private ClientPermissions? _permissions;
    private int _payloadLimit = int.MaxValue;
    private int _subscriptionLimit = int.MaxValue;
    private TlsSession? _tls;
    private NextTurn? _nextTurn;

    // Guarded by the outbound gate.
    private SlowConsumerWatch? _watch;
    private bool _acceptsHeaders;
    private long _outMessages;
    private long _outBytes;
    private long _stalls;

    public ClientConnection(ulong id, string type, ConnectionContext context, ConnectionServices services)
    {
        Id = id;
        Type = type;
        _context = context;
        _services = services;
        _settings = services.Settings;
        Door = context.Features.Get<ClientDoor>();
        Remote = context.RemoteEndPoint as IPEndPoint;
        _acceptedAt = _lastActivity = services.Time.GetTimestamp();
        _start = services.Time.GetUtcNow();
        _outbound = new OutboundQueue(context.Transport.Output, services.Pool, services.Time, context as ITurnTaker)
        {
            Failed = OnWriteFailed,
            Blocked = OnWriteBlocked,
        };
        _publisher = new Publisher(this);
        _keepAlive = new KeepAlive(this, services.Wheel, services.Time);
        _loginTimer = new LoginTimer(this, services.Wheel, services.Time);
        Account = services.Accounts.Global;
        Tls = type == "nats" ? services.Tls.Current : null;
        _commands = new ClientCommands(this, _publisher, services);
    }

    /// <inheritdoc/>
    public ulong Id { get; }

    /// <summary>How it came in, as <c>/connz</c> names it: <c>nats</c>, <c>websocket</c>.</summary>
    public string Type { get; }

    /// <summary>The same, as users may be held to it.</summary>
    public ConnectionTypes Way => ConnectionTypeNames.OfClient(Type);

    public IPEndPoint? Remote { get; }

    /// <summary>What is different about the door it came in by; null for the TCP port.</summary>
    public ClientDoor? Door { get; }

    /// <summary>The account it belongs to. Changes at a login alone, when it has no subscriptions.</summary>
    public Account Account { get; private set; }

    /// <inheritdoc/>
    public User? User { get; private set; }

    /// <summary>What it may do; null for everything.</summary>
    public ClientPermissions? Permissions => Volatile.Read(ref _permissions);

    /// <summary>How connections of its kind are encrypted; null where they are not.</summary>
    public TlsContext? Tls { get; }

    /// <summary>What it was asked to sign; null where nothing was, or it has been used.</summary>
    public string? Nonce { get; private set; }

    /// <summary>Largest message it may publish, in bytes: the strictest of the server's, its account's and its user's limit.</summary>
    public int MaxPayload => Math.Min(_settings.MaxPayload, _payloadLimit);

    /// <summary>Subscriptions it may hold; 0 for no limit.</summary>
    public int MaxSubscriptions => _subscriptionLimit == int.MaxValue ? _settings.MaxSubscriptions
        : _settings.MaxSubscriptions > 0 ? Math.Min(_settings.MaxSubscriptions, _subscriptionLimit) : _subscriptionLimit;

    public SubscriptionTable Subscriptions { get; } = new();

    /// <summary>The settings it lives by; a reload replaces them from another thread.</summary>
    public ConnectionSettings Settings { get => _settings; set => _settings = value; }

    /// <summary>True once it has a reason to end.</summary>
    public bool IsClosing => Volatile.Read(ref _closeReason) != 0;

    public CloseReason CloseReason => (CloseReason)Volatile.Read(ref _closeReason);

    public long PendingBytes => _outbound.PendingBytes;

    /// <summary>Time since the last complete operation other than PONG.</summary>
    public TimeSpan IdleTime => _services.Time.GetElapsedTime(Volatile.Read(ref _lastActivity));

    /// <summary>True while a write waits for its socket, and after a cut until what waited is given back.</summary>
    public bool IsBlocked => _outbound.IsBlocked || (IsClosing && PendingBytes > 0);

    /// <summary>False until it has said anything: only so many may stay silent.</summary>
    public bool HasSpoken { get; private set; }

    /// <summary>Whether messages go to it with their headers; set by its CONNECT.</summary>
    public bool AcceptsHeaders
    {
        get => _acceptsHeaders;
        set
        {
            using (_outbound.Gate.EnterScope())
            {
                _acceptsHeaders = value;
            }
        }
    }

    /// <summary>Messages and bytes it has published; written by its read loop alone.</summary>
    public long InMessages { get; set; }

    /// <inheritdoc cref="InMessages"/>
    public long InBytes { get; set; }

    public long OutMessages => Volatile.Read(ref _outMessages);

    public long OutBytes => Volatile.Read(ref _outBytes);

    public long Stalls => Interlocked.Read(ref _stalls);

    /// <summary>Serves the client until it ends. Never throws.</summary>
    public async Task RunAsync()
    {
        try
        {
            _services.Logger.ClientCreated(this);
            Admission admission = _services.Registry.Add(this);
            if (Tls is { } tls)
            {
                await GreetSecurelyAsync(tls, admission).ConfigureAwait(false);
            }
            else if (TryGreet(admission))
            {
                Begin();
            }

            await ReadAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or ConnectionResetException or ConnectionAbortedException)
        {
            SetReason(CloseReason.ReadError);
        }
        catch (Exception exception)
        {
            // One connection's failure is never another's: it ends, and only it.
            SetReason(CloseReason.InternalError);
            LogFailure(exception);
        }
        finally
        {
            await EndAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Close(CloseReason reason)
    {
        if (!SetReason(reason))
        {
            return;
        }

        if (reason.DiscardsOutput())
        {
            _outbound.Cut();
            Abort(reason.Text());
        }

        try
        {
            _context.Transport.Input.CancelPendingRead();
        }
        catch (Exception exception)
        {
            LogFailure(exception);
        }
    }

    /// <inheritdoc/>
    public void Close(ProtocolError error, CloseReason reason)
    {
        ReadOnlySpan<byte> text = ProtocolErrors.Text(error);
        if (!text.IsEmpty)
        {
            SendLine(ErrorLine(text));
        }

        Close(reason);
    }

    public void CloseStale()
    {
        _services.Logger.StaleConnection(this);
        Close(ProtocolError.StaleConnection, CloseReason.StaleConnection);
    }

    /// <inheritdoc/>
    public DeliveryResult Deliver(Subscription subscription, ref readonly Message message, ulong publisher)
    {
        DeliveryResult result;
        bool isLast;
        if (subscription.IsFiltered && Permissions?.MayReceive(message.Subject, subscription.Queue, message.Reply) == false)
        {
            return DeliveryResult.Refused;
        }

        using (_outbound.Gate.EnterScope())
        {
            if (subscription.IsClosed || !_outbound.IsOpen || (subscription.Max > 0 && subscription.Delivered >= subscription.Max))
            {
                return DeliveryResult.Refused;
            }

            isLast = ++subscription.Delivered == subscription.Max;
            int length = message.Length - MessageWriter.BodyStart(in message, AcceptsHeaders);
            _outMessages++;
            _outBytes += length;
            result = Enqueue(subscription, in message, publisher);
        }

        if (_settings.IsTraced)
        {
            ProtocolTrace.Delivered(_services.Logger, this, in message, subscription.Sid, AcceptsHeaders);
        }

        if (isLast)
        {
            Unsubscribe(subscription);
        }

        if ((result & DeliveryResult.Overflow) != 0)
        {
            Close(CloseReason.SlowConsumerPendingBytes);
        }

        return result;
    }

    /// <inheritdoc/>
    public void Flush() => _outbound.Flush();

    /// <inheritdoc/>
    public async Task WaitForRoomAsync(TimeSpan limit)
    {
        Interlocked.Increment(ref _stalls);
        TimeSpan pause = PendingBytes >= _settings.MaxPending ? StallAtLimit : StallNearLimit;
        pause = pause < limit ? pause : limit;
        await _outbound.RoomBelowAsync(_settings.StallThreshold).WaitAsync(pause, _services.Time)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Queues whole protocol lines of the server's own; sent with the next flush.</summary>
    public void Send(ReadOnlySpan<byte> lines)
    {
        TryAppend(lines, out bool mustFlush, out bool isOver);
        if (mustFlush)
        {
            _publisher.Batch.Owe(this);
        }

        if (isOver)
        {
            Close(CloseReason.SlowConsumerPendingBytes);
        }
    }

    /// <summary>Queues an error that does not end the connection; sent with the next flush, as <see cref="Send"/>.</summary>
    public void SendError(ReadOnlySpan<byte> text) => Send(ErrorLine(text));

    /// <summary>Sends lines at once: for threads other than the read loop.</summary>
    public void SendLine(ReadOnlySpan<byte> lines)
    {
        if (!TryAppend(lines, out _, out bool isOver))
        {
            return;
        }

        _outbound.Flush();
        if (isOver)
        {
            Close(CloseReason.SlowConsumerPendingBytes);
        }
    }

    public void SendPing()
    {
        _services.Logger.PingTimer(this);
        SendLine("PING\r\n"u8);
    }

    /// <summary>Asks the client for its round trip, where none was measured yet.</summary>
    public void MeasureRoundTrip()
    {
        if (_keepAlive.RoundTrip == TimeSpan.Zero && _commands.Options.Lang.Length > 0)
        {
            _keepAlive.Ping();
        }
    }

    /// <summary>Tells a client that can be told that the server is about to leave.</summary>
    /// <returns>False where it cannot be told.</returns>
    public bool SendLameDuckInfo()
    {
        if (!_commands.TakesAsyncInfo)
        {
            return false;
        }

        SendLine(_services.Info.ForLameDuck(this).ToLine());
        return true;
    }

    /// <summary>Removes a subscription for good; safe against being removed twice at once.</summary>
    public void Unsubscribe(Subscription subscription)
    {
        // Read before: the account changes only once there are no subscriptions left to be taken out of it.
        Account account = Account;
        if (Subscriptions.Remove(subscription))
        {
            subscription.Close();
            account.Remove(subscription);
            if (_settings.IsTraced)
            {
                ProtocolTrace.Unsubscribed(_services.Logger, this, subscription.Sid);
            }

            _services.SlowConsumers.TryAddSubscriptionBytes(-subscription.MemoryBytes);
        }
    }

    /// <summary>Sets when the subscription ends by itself.</summary>
    /// <returns>True where that point has been reached already.</returns>
    public bool SetMax(Subscription subscription, long max)
    {
        using (_outbound.Gate.EnterScope())
        {
            subscription.Max = max;
            return subscription.Delivered >= max;
        }
    }

    /// <summary>Takes note of complete operations.</summary>
    /// <param name="areLife">True where a message, a change of subscriptions or a PING was among them: a PONG alone puts off no PING.</param>
    public void NoteOperations(bool areLife)
    {
        if (!HasSpoken && !_commands.MustConnect)
        {
            HasSpoken = true;
            _services.Registry.NoteSpoken();
        }

        if (areLife)
        {
            Volatile.Write(ref _lastActivity, _services.Time.GetTimestamp());
        }
    }

    public void OnPong() => _keepAlive.OnPong();

    public void OnConnect() => _keepAlive.OnConnect(_services.Time.GetElapsedTime(_acceptedAt));

    /// <summary>What its credentials are checked with.</summary>
    /// <param name="options">Its CONNECT.</param>
    public LoginRequest LoginRequest(ConnectOptions options)
    {
        // It has said who it is: from here on it is the server that takes its time.
        _loginTimer.Stop();
        string? nonce = Nonce;
        Nonce = null;
        return new LoginRequest
        {
            Options = options,
            Nonce = nonce,
            Way = Way,
            ConnectionId = Id,
            Remote = Remote,
            Certificate = Session?.RemoteCertificate,
            Principal = _context.Features.Get<IConnectionUserFeature>()?.User,
        };
    }

    /// <inheritdoc/>
    public bool IsInAccount => Volatile.Read(ref _isInAccount);

    /// <summary>Makes it that user's connection. It has no subscriptions at that time, or stays in its account.</summary>
    /// <returns>False where the user's account is full.</returns>
    public bool TryBind(User user)
    {
        if (user.Account != Account || !_isInAccount)
        {
            if (!user.Account.TryEnter())
            {
                return false;
            }

            LeaveAccount();
            Account = user.Account;
            _isInAccount = true;
        }

        TakeLimits(user);
        return true;
    }

    /// <inheritdoc/>
    public void Rebind(User user)
    {
        TakeLimits(user);
        foreach (Subscription subscription in Subscriptions.ToArray(int.MaxValue))
        {
            Recheck(subscription);
        }
    }

    /// <summary>Looks at a subscription again, with the permissions of this moment.</summary>
    public void Recheck(Subscription subscription)
    {
        if (!subscription.MayStay(Permissions))
        {
            SendLine(ErrorLine(PermissionErrors.SubscriptionRevoked(subscription.Subject, subscription.Queue, subscription.Sid)));
            _services.Logger.SubscriptionRevoked(this, GoQuote.Text(subscription.Subject), GoQuote.Text(subscription.Sid), AuthorizedUser(_commands.Options));
            Unsubscribe(subscription);
        }
    }

    private void TakeLimits(User user)
    {
        User = user;
        Volatile.Write(ref _permissions, user.Permissions is { } permissions ? new ClientPermissions(permissions, _services.Time) : null);
        _payloadLimit = Account.MaxPayloadFor(user.MaxPayload);
        _subscriptionLimit = Account.MaxSubscriptionsFor(user.MaxSubscriptions);
        _loginTimer.Expire(user.Expires, user.AccountExpires);
    }

    /// <inheritdoc/>
    public RequestInfo DescribeSelf(bool isShared)
    {
        TimeSpan roundTrip = _keepAlive.RoundTrip;
        var info = new RequestInfo
        {
            Acc = Account.Name,
            Rtt = roundTrip > TimeSpan.Zero ? roundTrip.Ticks * TimeSpan.NanosecondsPerTick : null,
        };
        if (!isShared)
        {
            return info;
        }

        ConnectOptions options = _commands.Options;
        string user = AuthorizedUser(options);
        return info with
        {
            Start = _start.UtcDateTime,
            Host = Remote?.Address.ToString(),
            Id = Id,
            User = user.Length > 0 ? user : null,
            Name = options.Name.Length > 0 ? options.Name : null,
            Lang = options.Lang.Length > 0 ? options.Lang : null,
            Version = options.Version.Length > 0 ? options.Version : null,
            Server = _services.Info.ServerName,
            Kind = "Client",
            ClientType = Type,
        };
    }

    /// <summary>Ends a client that has not said who it is in time.</summary>
    public void CloseUnidentified()
    {
        _services.Logger.LoginTimedOut(this);
        Close(ProtocolError.AuthenticationTimeout, CloseReason.AuthenticationTimeout);
    }

    /// <summary>Ends a client whose user, or whose account, may not be here any longer.</summary>
    public void CloseExpired(ProtocolError error)
    {
        _services.Logger.LoginExpired(this);
        Close(error, CloseReason.AuthenticationExpired);
    }

    /// <summary>Cuts the connection when its socket has taken nothing for too long, and samples how much waits for it.</summary>
    /// <returns>False where it needs no more watching.</returns>
    public bool CheckPending(TimeSpan writeDeadline, bool isSampleDue)
    {
        TimeSpan blockedFor = _outbound.BlockedFor;
        if (blockedFor >= writeDeadline && !IsClosing)
        {
            Close(CloseReason.SlowConsumerWriteDeadline);
        }
        else if (blockedFor >= MaxGreeting && !HasSpoken)
        {
            Close(CloseReason.WriteError);
        }

        using (_outbound.Gate.EnterScope())
        {
            if (isSampleDue)
            {
                _watch?.Sample(PendingBytes);
            }

            if (PendingBytes < _settings.WatchThreshold / 2)
            {
                _watch = null;
            }

            // One that was cut is watched until its memory is back.
            return IsClosing ? PendingBytes > 0 : IsBlocked || _watch is not null;
        }
    }

    /// <summary>The connection as it is now.</summary>
    /// <param name="maxSubscriptions">How many of its subscriptions are listed at most.</param>
    public ConnectionSnapshot Snapshot(int maxSubscriptions = 0)
    {
        ConnectOptions options = _commands.Options;
        return new ConnectionSnapshot
        {
            Id = Id,
            Type = Type,
            Remote = Remote,
            Start = _start,
            LastActivity = _start + _services.Time.GetElapsedTime(_acceptedAt, Volatile.Read(ref _lastActivity)),
            Reason = CloseReason,
            RoundTrip = _keepAlive.RoundTrip,
            PendingBytes = PendingBytes,
            InMessages = InMessages,
            InBytes = InBytes,
            OutMessages = OutMessages,
            OutBytes = OutBytes,
            Stalls = Stalls,
            SubscriptionCount = Subscriptions.Count,
            Name = options.Name,
            Lang = options.Lang,
            Version = options.Version,
            AccountName = Account.Name,
            TlsVersion = Session?.Version ?? Door?.TlsVersion,
            TlsCipherSuite = Session?.CipherSuite ?? Door?.TlsCipherSuite,
            TlsFirst = Session?.IsFirst == true,
            Certificate = Session?.RemoteCertificate,
            AuthorizedUser = AuthorizedUser(options),
            IssuerKey = User?.Jwt?.Issuer,
            Permissions = User?.Permissions?.Options,
            Expires = User?.Expires,
            Subscriptions = maxSubscriptions > 0 ? SubscriptionSnapshot.All(Subscriptions.ToArray(maxSubscriptions), Account.Name) : [],
        };
    }

    /// <summary>How the log names it: <c>address:port - cid:id</c> (<c>wid</c> over WebSocket), and after CONNECT version, language and name.</summary>
    public override string ToString()
    {
        ConnectOptions options = _commands.Options;
        var about = new StringBuilder();
        foreach (string part in (ReadOnlySpan<string>)[options.Version.Length > 0 ? "v" + options.Version : "", options.Lang, options.Name])
        {
            if (part.Length > 0)
            {
                about.Append(about.Length > 0 ? ":" : "").Append(part);
            }
        }

        string text = $"{Remote} - {Door?.LogId ?? "cid"}:{Id}";
        text = about.Length == 0 ? text : $"{text} - {GoQuote.Text(Encoding.UTF8.GetBytes(about.ToString()))}";
        return User is { LogName.Length: > 0 } user ? $"{text} - {GoQuote.Text(Encoding.UTF8.GetBytes($"{user.Account.Name}/{user.LogName}"))}" : text;
    }

    private static byte[] ErrorLine(ReadOnlySpan<byte> text) => [.. "-ERR '"u8, .. text, .. "'\r\n"u8];

    // Where nobody needs to log in, it is who it says it is, as in nats-server.
    private string AuthorizedUser(ConnectOptions options) =>
        User is { Name.Length: > 0 } user ? user.Name
        : options.Nkey.Length > 0 ? options.Nkey
        : options.User;

    // False where the queue takes no more. Otherwise somebody owes it a flush: the caller, where that is said.
    private bool TryAppend(ReadOnlySpan<byte> lines, out bool mustFlush, out bool isOver)
    {
        if (_settings.IsTraced)
        {
            ProtocolTrace.Sent(_services.Logger, this, lines);
        }

        using (_outbound.Gate.EnterScope())
        {
            if (!_outbound.IsOpen)
            {
                mustFlush = isOver = false;
                return false;
            }

            _outbound.Write(lines);
            mustFlush = _outbound.TakeFlushDuty();
            isOver = _outbound.PendingBytes > _settings.MaxPending;
            return true;
        }
    }

    private void LeaveAccount()
    {
        if (_isInAccount)
        {
            Account.Leave();
            _isInAccount = false;
        }
    }

    private bool TryGreet(Admission admission)
    {
        if (_services.Authenticator.Directory.NeedsNonce)
        {
            Nonce = NewNonce();
        }

        _settings = _services.Settings; // a reload may have missed it until now
        if (admission == Admission.TooManySilent)
        {
            Close(CloseReason.MaxConnectionsExceeded);
            return false;
        }

        SendLine(_services.Info.ForAccept(this).ToLine());
        if (admission == Admission.TooMany)
        {
            Close(ProtocolError.MaxConnectionsExceeded, CloseReason.MaxConnectionsExceeded);
            return false;
        }

        return true;
    }

    // INFO goes out in plain text, then the client begins the handshake; or it does so at once, where that is expected.
    private async Task GreetSecurelyAsync(TlsContext tls, Admission admission)
    {
        var handshake = new TlsHandshake(_context.Transport, _services.Pool, tls, _services.Tls, _services.Time);
        bool isFirst = admission == Admission.Accepted && await handshake.ComesFirstAsync().ConfigureAwait(false);
        if (!isFirst && !TryGreet(admission))
        {
            return;
        }

        if (!isFirst && !await handshake.IsWantedAsync().ConfigureAwait(false))
        {
            Begin();
            return;
        }

        if (!tls.Rate.TryBegin(_services.Time))
        {
            Close(ProtocolError.ConnectionThrottled, CloseReason.MaxConnectionsExceeded);
            return;
        }

        try
        {
            await _outbound.DrainedAsync().ConfigureAwait(false);
            _tls = await handshake.RunAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException or OperationCanceledException or InvalidOperationException)
        {
            if (_services.MayLog(_services.TlsLog))
            {
                _services.Logger.HandshakeFailed(this, exception is OperationCanceledException ? "timeout" : exception.Message);
            }

            Close(CloseReason.TlsHandshakeFailure);
            return;
        }

        _context.Transport = _tls;
        _outbound.SwitchTo(_tls.Output);
        if (!isFirst || TryGreet(admission))
        {
            Begin();
        }
    }

    private void Begin()
    {
        _keepAlive.Start();
        if (_services.Authenticator.IsRequiredFor(Way))
        {
            _commands.MustConnect = true;
            if (_services.Authenticator.WithoutConnect(Way) is null)
            {
                _loginTimer.Start(Door?.LoginTimeout ?? _settings.LoginTimeout);
            }
        }
        else if (!TryBind(_services.Authenticator.Directory.Anonymous))
        {
            Close(ProtocolError.MaxAccountConnectionsExceeded, CloseReason.MaxAccountConnectionsExceeded);
        }
    }

    private static string NewNonce()
    {
        Span<byte> random = stackalloc byte[16];
        RandomNumberGenerator.Fill(random);
        return Base64Url.EncodeToString(random);
    }

    private async Task ReadAsync()
    {
        PipeReader input = _context.Transport.Input;
        while (!IsClosing)
        {
            ValueTask<ReadResult> pending = input.ReadAsync();
            bool isBusy = pending.IsCompleted;
            ReadResult read = await pending.ConfigureAwait(false);
            ReadOnlySequence<byte> unread = read.Buffer;
            var stalled = TimeSpan.Zero;
            _publisher.Batch.MayStall = true;
            while (!IsClosing && !_commands.Execute(ref unread))
            {
                stalled += await PauseAsync(stalled, isBusy).ConfigureAwait(false);
            }

            FlushReceivers();
            _publisher.Rest();
            input.AdvanceTo(unread.Start, unread.End);
            if (stalled >= StallAtLimit && _services.MayLog(_services.StallLog))
            {
                _services.Logger.ProducerStalled(this, stalled);
            }

            if (read.IsCompleted || read.IsCanceled)
            {
                // Cancelled by ourselves it has its reason already.
                Close(CloseReason.ClientClosed);
            }
            else if (isBusy && Turn.IsOver(isBusy: true))
            {
                // Its next bytes are likely here already: others have a turn before they are read.
                await NextTurn;
            }
        }
    }

    private NextTurn NextTurn => _nextTurn ??= new NextTurn(_context as ITurnTaker ?? PoolTurns.Instance);

    private void FlushReceivers()
    {
        _publisher.Batch.Flush();
        _services.SlowConsumers.Relieve();
    }

    // Between two parts of one read: everybody flushed, the rest of a large fan-out delivered, slow receivers waited for.
    private async ValueTask<TimeSpan> PauseAsync(TimeSpan stalledSoFar, bool isBusy)
    {
        DeliveryBatch batch = _publisher.Batch;
        FlushReceivers();
        if (_commands.IsLoginPending)
        {
            await _commands.FinishLoginAsync().ConfigureAwait(false);
            return TimeSpan.Zero;
        }

        long start = _services.Time.GetTimestamp();
        var stalled = TimeSpan.Zero;
        if (batch.Slow is { } slow)
        {
            await slow.WaitForRoomAsync(MaxStallPerRead - stalledSoFar).ConfigureAwait(false);
            stalled = _services.Time.GetElapsedTime(start);
            batch.MayStall = stalledSoFar + stalled < MaxStallPerRead;
        }
        else if (Turn.IsOver(isBusy))
        {
            await NextTurn;
        }

        batch.ForgetSlow();

        // To the end even where this connection ends meanwhile: what it published before that goes to everybody or nobody.
        while (_publisher.HasMore)
        {
            _publisher.Continue();
            FlushReceivers();
            await Task.Yield();
        }

        return stalled;
    }

    private async Task EndAsync()
    {
        _keepAlive.Stop();
        _loginTimer.Stop();
        CloseReason reason = CloseReason;
        _outbound.Close();
        ConnectionSnapshot last = LastSnapshot(); // behind Close: nothing is counted any more
        try
        {
            await LetGoAsync(reason, last).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            LogFailure(exception);
        }

        LeaveAccount();
        _publisher.Abandon();
        _outbound.Discard();
        _services.Registry.Remove(this, last);
        _services.Logger.ClientClosed(this, reason.Text());
    }

    // Each part is done whether or not the one before it failed.
    private async Task LetGoAsync(CloseReason reason, ConnectionSnapshot last)
    {
        try
        {
            _publisher.Batch.Flush();
            if (reason.IsSlowConsumer())
            {
                RecordSlowConsumer(last);
            }
        }
        finally
        {
            if (reason.DiscardsOutput())
            {
                // Before the subscriptions, which may take a second: others would be cut for what this one holds.
                _outbound.Discard();
            }

            try
            {
                await RemoveSubscriptionsAsync().ConfigureAwait(false);
            }
            finally
            {
                if (!reason.DiscardsOutput())
                {
                    await FlushLastAsync().ConfigureAwait(false);
                }

                if (_tls is { } tls)
                {
                    await tls.EndAsync(isPolite: !reason.DiscardsOutput()).ConfigureAwait(false);
                }
            }
        }
    }

    private async Task FlushLastAsync()
    {
        _outbound.Flush();
        Task drained = _outbound.DrainedAsync();
        await drained.WaitAsync(FinalFlush, _services.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!drained.IsCompleted)
        {
            // Who takes not even the last words is not waited for by the kernel either.
            Abort("The client did not take what was left for it.");
        }
    }

    private ConnectionSnapshot LastSnapshot()
    {
        Subscription[] some = Subscriptions.ToArray(MaxSubscriptionsKept);
        int kept = 0, text = 0;
        while (kept < some.Length && (text += some[kept].TextLength) <= MaxSubscriptionTextKept)
        {
            kept++;
        }

        return Snapshot() with
        {
            Stop = _services.Time.GetUtcNow(),
            Subscriptions = SubscriptionSnapshot.All(some.AsSpan(0, kept), Account.Name),
        };
    }

    // In slices, so that whoever has 200,000 subscriptions holds up nobody.
    private async Task RemoveSubscriptionsAsync()
    {
        const int Slice = 1000;
        Subscription[] all = Subscriptions.TakeAll();
        for (int from = 0; from < all.Length; from += Slice)
        {
            long bytes = 0;
            Span<Subscription> slice = all.AsSpan(from, Math.Min(Slice, all.Length - from));
            foreach (Subscription subscription in slice)
            {
                subscription.Close();
                bytes += subscription.MemoryBytes;
            }

            Account.RemoveMany(slice);
            _services.SlowConsumers.TryAddSubscriptionBytes(-bytes);
            if (all.Length > Slice)
            {
                await Task.Yield();
            }
        }
    }

    // Under the outbound gate.
    private DeliveryResult Enqueue(Subscription subscription, ref readonly Message message, ulong publisher)
    {
        if (_outbound.PendingBytes > _settings.WatchThreshold)
        {
            (_watch ??= new SlowConsumerWatch()).Note(publisher, message.Length);
            if (_settings.NoFastProducerStall && _outbound.PendingBytes > _settings.StallThreshold)
            {
                return DeliveryResult.Delivered;
            }
        }

        WriteMessage(in message, subscription.Sid);
        var result = DeliveryResult.Delivered;
        if (_outbound.TakeFlushDuty())
        {
            result |= DeliveryResult.NeedsFlush;
        }

        if (_outbound.PendingBytes > _settings.StallThreshold)
        {
            result |= _outbound.PendingBytes > _settings.MaxPending ? DeliveryResult.Overflow
                : _settings.NoFastProducerStall ? 0 : DeliveryResult.Stall;
        }

        return result;
    }

    // Under the outbound gate.
    private void WriteMessage(ref readonly Message message, ReadOnlySpan<byte> sid)
    {
        int lineLength = MessageWriter.MaxLineLength(in message, sid);
        int bodyLength = MessageWriter.BodyLength(in message, AcceptsHeaders);
        int bodyStart = MessageWriter.BodyStart(in message, AcceptsHeaders);
        if (lineLength > OutboundQueue.MaxReserve)
        {
            // Only where an operator allowed control lines of such a length.
            var line = new byte[lineLength];
            _outbound.Write(line.AsSpan(0, MessageWriter.WriteLine(line, in message, sid, AcceptsHeaders)));
            WriteBody(in message, bodyStart);
            return;
        }

        Span<byte> target = _outbound.Reserve(lineLength);
        int written = MessageWriter.WriteLine(target, in message, sid, AcceptsHeaders);
        if (target.Length - written >= bodyLength && message.Shared is null)
        {
            message.CopyBodyTo(target.Slice(written, bodyLength), bodyStart);
            _outbound.Commit(written + bodyLength);
            return;
        }

        _outbound.Commit(written);
        WriteBody(in message, bodyStart);
    }

    // Under the outbound gate.
    private void WriteBody(ref readonly Message message, int bodyStart)
    {
        if (message.Shared is { } shared)
        {
            _outbound.Write(shared, bodyStart);
        }
        else if (!message.Body.IsEmpty)
        {
            _outbound.Write(message.Body[bodyStart..]);
        }
        else
        {
            _outbound.Write(message.SplitBody.Slice(bodyStart));
        }
    }

    private TlsSession? Session => _tls ?? Door?.Tls;

    private bool SetReason(CloseReason reason) => Interlocked.CompareExchange(ref _closeReason, (int)reason, 0) == 0;

    private void OnWriteFailed() => Close(CloseReason.WriteError);

    private void OnWriteBlocked() => _services.SlowConsumers.Watch(this);

    // Whoever closes a slow receiver is another client's read loop, which a broken transport is no business of.
    private void Abort(string reason)
    {
        try
        {
            _context.Abort(new ConnectionAbortedException(reason));
        }
        catch (Exception exception)
        {
            LogFailure(exception);
        }
    }

    private void LogFailure(Exception exception)
    {
        if (_services.MayLog(_services.FailureLog))
        {
            _services.Logger.ConnectionFailed(exception, this);
        }
    }

    private void LogSlowConsumer(ConnectionSnapshot last)
    {
        if (!_services.MayLog(_services.SlowConsumerLog))
        {
            return;
        }

        if (last.Reason == CloseReason.SlowConsumerPendingBytes)
        {
            _services.Logger.SlowConsumerPending(this, _settings.MaxPending);
        }
        else
        {
            _services.Logger.SlowConsumerDeadline(this, _settings.WriteDeadline, last.PendingBytes);
        }
    }

    private void RecordSlowConsumer(ConnectionSnapshot last)
    {
        LogSlowConsumer(last);
        byte[] sample = _outbound.CopyPending(PendingSubjects.SampleBytes);
        long[] samples = [];
        SlowConsumerPublisher[] publishers = [];
        using (_outbound.Gate.EnterScope())
        {
            if (_watch is { } watch)
            {
                samples = watch.Samples();
                publishers = watch.Publishers();
            }
        }

        _services.SlowConsumers.Events.Add(new SlowConsumerEvent(
            last.Stop!.Value, last, _settings.MaxPending, samples, publishers, PendingSubjects.Count(sample), sample.Length));
    }
}
