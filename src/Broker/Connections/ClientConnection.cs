using System.Buffers;
using System.IO.Pipelines;
using System.Net;
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
    // Who has not said anything yet gets INFO and at most one error: taking longer over that is no client.
    private static readonly TimeSpan MaxGreeting = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan MaxStallPerRead = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan StallNearLimit = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan StallAtLimit = TimeSpan.FromMilliseconds(5);

    private readonly ConnectionContext _context;
    private readonly ConnectionServices _services;
    private volatile ConnectionSettings _settings;
    private readonly OutboundQueue _outbound;
    private readonly ClientOutput _output;
    private readonly ClientCommands _commands;
    private readonly Publisher _publisher;
    private readonly KeepAlive _keepAlive;
    private readonly LoginTimer _loginTimer;
    private readonly long _acceptedAt;
    private long _lastActivity;
    private int _closeReason;
    private long _stalls;
    private NextTurn? _nextTurn;

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
        Start = services.Time.GetUtcNow();
        _outbound = new OutboundQueue(context.Transport.Output, services.Pool, services.Time, context as ITurnTaker)
        {
            Failed = OnWriteFailed,
            Blocked = OnWriteBlocked,
        };
        _output = new ClientOutput(_outbound);
        _publisher = new Publisher(this);
        _keepAlive = new KeepAlive(this, services.Wheel, services.Time);
        _loginTimer = new LoginTimer(this, services.Wheel, services.Time);
        Membership = new ClientMembership(services, _loginTimer);
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

    /// <summary>When it was accepted.</summary>
    public DateTimeOffset Start { get; }

    /// <summary>Whose connection it is.</summary>
    public ClientMembership Membership { get; }

    /// <inheritdoc/>
    public Account Account => Membership.Account;

    /// <inheritdoc/>
    public User? User => Membership.User;

    /// <inheritdoc/>
    public bool IsInAccount => Membership.IsInAccount;

    /// <inheritdoc cref="ClientMembership.Permissions"/>
    public ClientPermissions? Permissions => Membership.Permissions;

    /// <summary>How connections of its kind are encrypted; null where they are not.</summary>
    public TlsContext? Tls { get; }

    /// <summary>How it is encrypted; null where it is not, or not by its own transport.</summary>
    public TlsSession? Session { get; set; }

    /// <inheritdoc cref="ClientMembership.MaxPayload"/>
    public int MaxPayload => Membership.MaxPayload(_settings);

    /// <inheritdoc cref="ClientMembership.MaxSubscriptions"/>
    public int MaxSubscriptions => Membership.MaxSubscriptions(_settings);

    /// <summary>What the client asked for in CONNECT, without its secrets.</summary>
    public ConnectOptions Options => _commands.Options;

    public SubscriptionTable Subscriptions { get; } = new();

    /// <summary>The settings it lives by; a reload replaces them from another thread.</summary>
    public ConnectionSettings Settings { get => _settings; set => _settings = value; }

    /// <summary>True once it has a reason to end.</summary>
    public bool IsClosing => Volatile.Read(ref _closeReason) != 0;

    public CloseReason CloseReason => (CloseReason)Volatile.Read(ref _closeReason);

    public long PendingBytes => _outbound.PendingBytes;

    /// <summary>The last complete operation other than PONG.</summary>
    public DateTimeOffset LastActivity => Start + _services.Time.GetElapsedTime(_acceptedAt, Volatile.Read(ref _lastActivity));

    /// <summary>Time since then.</summary>
    public TimeSpan IdleTime => _services.Time.GetElapsedTime(Volatile.Read(ref _lastActivity));

    /// <summary>The round trip last measured; zero before the first.</summary>
    public TimeSpan RoundTrip => _keepAlive.RoundTrip;

    /// <summary>True while a write waits for its socket, and after a cut until what waited is given back.</summary>
    public bool IsBlocked => _outbound.IsBlocked || (IsClosing && PendingBytes > 0);

    /// <summary>False until it has said anything: only so many may stay silent.</summary>
    public bool HasSpoken { get; private set; }

    /// <summary>Whether messages go to it with their headers; set by its CONNECT.</summary>
    public bool AcceptsHeaders { get => _output.AcceptsHeaders; set => _output.AcceptsHeaders = value; }

    /// <summary>Messages and bytes it has published; written by its read loop alone.</summary>
    public long InMessages { get; set; }

    /// <inheritdoc cref="InMessages"/>
    public long InBytes { get; set; }

    public long OutMessages => _output.Messages;

    public long OutBytes => _output.Bytes;

    public long Stalls => Interlocked.Read(ref _stalls);

    /// <summary>Serves the client until it ends. Never throws.</summary>
    public async Task RunAsync()
    {
        try
        {
            _services.Logger.ClientCreated(this);
            Admission admission = _services.Registry.Add(this);
            var greeting = new ClientGreeting(this, _context, _outbound, _services);
            if (Tls is { } tls ? await greeting.TryGreetAsync(tls, admission).ConfigureAwait(false) : greeting.TryGreet(admission))
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

    /// <summary>Ends the connection for an operator, who may have something to say.</summary>
    public void Kick(string words)
    {
        if (words.Length > 0)
        {
            SendLine(ErrorLine(Encoding.ASCII.GetBytes(words)));
        }

        Close(CloseReason.Kicked);
    }

    public void CloseStale()
    {
        _services.Logger.StaleConnection(this);
        Close(ProtocolError.StaleConnection, CloseReason.StaleConnection);
    }

    /// <inheritdoc/>
    public DeliveryResult Deliver(Subscription subscription, ref readonly Message message, ulong publisher)
    {
        if (subscription.IsFiltered && Permissions?.MayReceive(message.Subject, subscription.Queue, message.Reply) == false)
        {
            return DeliveryResult.Refused;
        }

        ConnectionSettings settings = _settings;
        DeliveryResult result = _output.Deliver(subscription, in message, publisher, settings, out bool isLast);
        if (result == DeliveryResult.Refused)
        {
            return result;
        }

        if (settings.IsTraced)
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

    /// <inheritdoc cref="ClientOutput.SetMax"/>
    public bool SetMax(Subscription subscription, long max) => _output.SetMax(subscription, max);

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
        return new LoginRequest
        {
            Options = options,
            Nonce = Membership.TakeNonce(),
            Way = Way,
            ConnectionId = Id,
            Remote = Remote,
            Certificate = (Session ?? Door?.Tls)?.RemoteCertificate,
            Principal = _context.Features.Get<IConnectionUserFeature>()?.User,
        };
    }

    /// <inheritdoc/>
    public void Rebind(User user)
    {
        Membership.Take(user);
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
            _services.Logger.SubscriptionRevoked(this, GoQuote.Text(subscription.Subject), GoQuote.Text(subscription.Sid), Membership.ShownName(Options));
            Unsubscribe(subscription);
        }
    }

    /// <inheritdoc/>
    public RequestInfo DescribeSelf(bool isShared) => ClientDescription.RequestInfo(this, isShared, _services.Info.ServerName);

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

        // One that was cut is watched until its memory is back.
        bool isWatched = _output.Watch(_settings, isSampleDue);
        return IsClosing ? PendingBytes > 0 : IsBlocked || isWatched;
    }

    /// <summary>The connection as it is now.</summary>
    /// <param name="maxSubscriptions">How many of its subscriptions are listed at most.</param>
    public ConnectionSnapshot Snapshot(int maxSubscriptions = 0) => ClientDescription.Snapshot(this, maxSubscriptions);

    /// <inheritdoc cref="ClientDescription.LogName"/>
    public override string ToString() => ClientDescription.LogName(this);

    private static byte[] ErrorLine(ReadOnlySpan<byte> text) => [.. "-ERR '"u8, .. text, .. "'\r\n"u8];

    // False where the queue takes no more. Otherwise somebody owes it a flush: the caller, where that is said.
    private bool TryAppend(ReadOnlySpan<byte> lines, out bool mustFlush, out bool isOver)
    {
        if (_settings.IsTraced)
        {
            ProtocolTrace.Sent(_services.Logger, this, lines);
        }

        return _output.TryAppend(lines, _settings.MaxPending, out mustFlush, out isOver);
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
        else if (!Membership.TryBecome(_services.Authenticator.Directory.Anonymous))
        {
            Close(ProtocolError.MaxAccountConnectionsExceeded, CloseReason.MaxAccountConnectionsExceeded);
        }
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
        bool wasMuch = batch.IsFull;
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
        else if (wasMuch || Turn.IsOver(isBusy))
        {
            // So many deliveries take milliseconds: whoever shares the thread has waited for long enough, whatever is left of this read.
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
        _outbound.Close();
        ConnectionSnapshot last = ClientDescription.LastSnapshot(this, _services.Time.GetUtcNow(), _outbound.BytesWhenCut); // behind Close: nothing is counted any more
        try
        {
            await new ClientFarewell(this, _outbound, _output, _publisher, _services).LetGoAsync(last).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            LogFailure(exception);
        }

        Membership.Leave();
        _publisher.Abandon();
        _outbound.Discard();
        _services.Registry.Remove(this, last);
        _services.Logger.ClientClosed(this, last.Reason.Text());
    }

    private bool SetReason(CloseReason reason) => Interlocked.CompareExchange(ref _closeReason, (int)reason, 0) == 0;

    private void OnWriteFailed() => Close(CloseReason.WriteError);

    private void OnWriteBlocked() => _services.SlowConsumers.Watch(this);

    /// <summary>Ends the transport at once. Never throws: whoever closes a slow receiver is another client's read loop, which a broken transport is no business of.</summary>
    public void Abort(string reason)
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
}
