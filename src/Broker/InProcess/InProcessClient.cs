using System.Text;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Accounts.Authentication;
using NatsKestrel.Broker.Accounts.Permissions;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Delivery;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.InProcess;

/// <summary>A client inside the broker's own process: no socket, no protocol, one copy of each message for each receiver.</summary>
/// <remarks>
/// Made by <see cref="NatsServer.Connect(InProcessClientOptions?)"/>, listed in <c>/connz</c> as any other, and ended by disposing of it or by the
/// server's stop. Every member may be used by several threads at once.
/// </remarks>
public sealed class InProcessClient : ILocalConnection, ISubscriber, IAsyncDisposable, IDisposable
{
    // What a waiting message costs beside its bytes: the object, its array, its place in the queue.
    private const int MessageOverhead = 128;

    private readonly ConnectionServices _services;
    private readonly InProcessClientOptions _options;
    private readonly DateTimeOffset _start;
    private readonly bool _isLimited; // not the application itself
    private readonly int _maxSubscriptions;
    private readonly Lock _gate = new(); // guards _subscribers and _handled
    private readonly Lock _permissionGate = new(); // permissions are asked about by one thread at a time
    private readonly HashSet<LocalSubscriber> _subscribers = [];
    private readonly HashSet<InProcessSubscription> _handled = [];
    private LocalPublisher? _idlePublisher;
    private Inbox? _inbox;
    private ClientPermissions? _permissions;
    private volatile User? _user;
    private ulong _lastSid;
    private int _closeReason;
    private long _lastActivity;
    private long _inMessages;
    private long _inBytes;
    private long _outMessages;
    private long _outBytes;
    private long _stalls;
    private long _slowConsumers;

    internal InProcessClient(ulong id, Account account, InProcessClientOptions options, ConnectionServices services, User? user = null)
    {
        Id = id;
        Account = account;
        _options = options;
        _services = services;
        _isLimited = options.RemoteEndPoint is not null;
        _start = services.Time.GetUtcNow();
        _lastActivity = services.Time.GetTimestamp();
        _maxSubscriptions = options.MaxSubscriptions > 0 ? options.MaxSubscriptions : services.Settings.MaxSubscriptions is > 0 and var limit ? limit : int.MaxValue;
        TakePermissions(user);
    }

    /// <summary>Its number among all connections (<c>cid</c>).</summary>
    public ulong Id { get; }

    /// <summary>The name it was given.</summary>
    public string Name => _options.Name;

    /// <summary>The account it works in.</summary>
    public string AccountName => Account.Name;

    /// <summary>True once it was disposed of, or ended by the server.</summary>
    public bool IsClosed => Volatile.Read(ref _closeReason) != 0;

    internal bool Echo => _options.Echo;

    internal TimeProvider Time => _services.Time;

    internal Account Account { get; }

    /// <summary>What it may do; null for everything.</summary>
    internal ClientPermissions? Permissions => Volatile.Read(ref _permissions);

    /// <summary>Called once it has ended, whoever ended it.</summary>
    internal Action? Ended { get; set; }

    /// <inheritdoc/>
    User? IUserConnection.User => _user;

    Account IUserConnection.Account => Account;

    UserPermissions? ILocalConnection.UserPermissions => Permissions?.User;

    ServerTotals ILocalConnection.Totals => new(
        1, 0, Interlocked.Read(ref _inMessages), Interlocked.Read(ref _inBytes), Interlocked.Read(ref _outMessages), Interlocked.Read(ref _outBytes),
        Interlocked.Read(ref _slowConsumers), 0, Interlocked.Read(ref _stalls));

    /// <summary>Publishes a message.</summary>
    /// <param name="subject">One or more tokens between dots, none of them empty or a wildcard.</param>
    /// <param name="data">The payload; not touched any more once the call has returned.</param>
    /// <param name="headers">Headers, or null.</param>
    /// <param name="reply">Where an answer is awaited, or null.</param>
    /// <param name="cancellationToken">Looked at before publishing: what has begun is finished.</param>
    /// <returns>Completes at once, unless a receiver is so slow that publishers are held back: then within 10 ms or so.</returns>
    /// <exception cref="NatsException">The subject is none, or reserved; or the message is larger than the server allows.</exception>
    /// <exception cref="ObjectDisposedException">The client has ended.</exception>
    public ValueTask PublishAsync(
        string subject, ReadOnlyMemory<byte> data, MessageHeaders? headers = null, string? reply = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Publish(subject, reply, headers, data, out ValueTask finished);
        return finished;
    }

    /// <summary>Publishes text as UTF-8.</summary>
    /// <inheritdoc cref="PublishAsync(string, ReadOnlyMemory{byte}, MessageHeaders?, string?, CancellationToken)"/>
    public ValueTask PublishAsync(
        string subject, string text, MessageHeaders? headers = null, string? reply = null, CancellationToken cancellationToken = default) =>
        PublishAsync(subject, Encoding.UTF8.GetBytes(text), headers, reply, cancellationToken);

    /// <summary>Publishes a message and waits for the first answer.</summary>
    /// <param name="subject">The subject of the request.</param>
    /// <param name="data">The payload.</param>
    /// <param name="headers">Headers, or null.</param>
    /// <param name="timeout">How long to wait; null for <see cref="InProcessClientOptions.RequestTimeout"/>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="NoRespondersException">Nobody listens to the subject; known at once.</exception>
    /// <exception cref="TimeoutException">No answer came in time.</exception>
    /// <exception cref="NatsException">As for <see cref="PublishAsync(string, ReadOnlyMemory{byte}, MessageHeaders?, string?, CancellationToken)"/>.</exception>
    public async Task<NatsMessage> RequestAsync(
        string subject, ReadOnlyMemory<byte> data, MessageHeaders? headers = null, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Inbox inbox = GetInbox();
        var (number, reply, answer) = inbox.Expect();

        try
        {
            // Counts from before the request is out: a slow receiver may hold it up.
            Task<NatsMessage> waiting = answer.WaitAsync(timeout ?? _options.RequestTimeout, Time, cancellationToken);
            PublishResult result = Publish(subject, reply, headers, data, out ValueTask finished);
            await finished.ConfigureAwait(false);
            if (result == PublishResult.Nobody)
            {
                throw NobodyAt(subject);
            }

            NatsMessage message = await waiting.ConfigureAwait(false);
            return message.IsNoResponders ? throw NobodyAt(subject) : message;
        }
        finally
        {
            inbox.Forget(number);
        }
    }

    /// <inheritdoc cref="RequestAsync(string, ReadOnlyMemory{byte}, MessageHeaders?, TimeSpan?, CancellationToken)"/>
    public Task<NatsMessage> RequestAsync(
        string subject, string text, MessageHeaders? headers = null, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        RequestAsync(subject, Encoding.UTF8.GetBytes(text), headers, timeout, cancellationToken);

    /// <summary>Listens to a subject; from now on, not from the first read on.</summary>
    /// <param name="subject">A subject, with <c>*</c> for any token and <c>&gt;</c> for all that follow.</param>
    /// <param name="options">Queue group and limits; null for the defaults.</param>
    /// <returns>To be read with <c>await foreach</c>, and disposed of in the end.</returns>
    /// <exception cref="NatsException">The subject is none, or there are as many subscriptions as may be.</exception>
    /// <exception cref="ObjectDisposedException">The client has ended.</exception>
    public InProcessSubscription Subscribe(string subject, SubscribeOptions? options = null)
    {
        options ??= new SubscribeOptions();
        Check(subject, options);
        var subscription = new InProcessSubscription(
            this, subject, options, NextSid(), options.MaxPendingBytes > 0 ? options.MaxPendingBytes : _services.Settings.MaxPending);
        Add(subscription.Subscriber);
        return subscription;
    }

    /// <summary>Listens to a subject with a callback, which is called for one message after the other.</summary>
    /// <param name="subject">A subject, with <c>*</c> for any token and <c>&gt;</c> for all that follow.</param>
    /// <param name="handler">Called on a thread of the pool. What it throws is logged, and the next message comes.</param>
    /// <param name="options">Queue group and limits; null for the defaults.</param>
    /// <inheritdoc cref="Subscribe(string, SubscribeOptions?)" path="/exception"/>
    public InProcessSubscription Subscribe(string subject, Func<NatsMessage, ValueTask> handler, SubscribeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        InProcessSubscription subscription = Subscribe(subject, options);
        lock (_gate)
        {
            subscription.Handling = Task.Run(() => HandleAsync(subscription, handler));
            _handled.Add(subscription);
        }

        return subscription;
    }

    /// <summary>Ends it: all its subscriptions end, and what waits for an answer fails.</summary>
    public void Dispose() => Close(CloseReason.ClientClosed);

    /// <summary>Ends it, and waits until its callbacks are done. Not to be awaited inside one of them.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] handlings;
        lock (_gate)
        {
            handlings = [.. _handled.Select(subscription => subscription.Handling)];
        }

        Dispose();
        await Task.WhenAll(handlings).ConfigureAwait(false);
    }

    /// <summary>How the log names it.</summary>
    public override string ToString() => $"{_options.Type} - cid:{Id}{(Name.Length > 0 ? $" - \"{Name}\"" : "")}";

    // Messages go to its subscriptions, each of which is a subscriber of its own; the client itself only publishes.
    DeliveryResult ISubscriber.Deliver(Subscription subscription, ref readonly Message message, ulong publisher) => DeliveryResult.Refused;

    void ISubscriber.Flush()
    {
    }

    Task ISubscriber.WaitForRoomAsync(TimeSpan limit) => Task.CompletedTask;

    void IUserConnection.Close(CloseReason reason) => Close(reason);

    // There is no line to write the error into: whoever uses the client finds it ended.
    void IUserConnection.Close(ProtocolError error, CloseReason reason) => Close(reason);

    bool IUserConnection.IsInAccount => _isLimited && !IsClosed;

    void IUserConnection.Rebind(User user)
    {
        TakePermissions(user);
        LocalSubscriber[] all;
        lock (_gate)
        {
            all = [.. _subscribers];
        }

        foreach (LocalSubscriber subscriber in all)
        {
            Recheck(subscriber);
        }
    }

    ConnectionSnapshot ILocalConnection.Snapshot(int maxSubscriptions) => Snapshot(maxSubscriptions);

    /// <summary>Makes it known to monitoring.</summary>
    internal void Open()
    {
        if (_isLimited && !Account.TryEnter())
        {
            throw new NatsException(Encoding.UTF8.GetString(ProtocolErrors.Text(ProtocolError.MaxAccountConnectionsExceeded)));
        }

        if (!_services.Registry.TryAdd(this, _isLimited))
        {
            LeaveAccount();
            throw new NatsException(Encoding.UTF8.GetString(ProtocolErrors.Text(ProtocolError.MaxConnectionsExceeded)));
        }
    }

    /// <summary>Checks a subject that will be published to.</summary>
    /// <exception cref="NatsException">It is none.</exception>
    internal void CheckPublish(string subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        LocalSubjects.CheckPublish(subject, null, 0, MaxPayload, _services.Settings);
    }

    /// <summary>Ends a subscription, as far as the server is concerned; safe against being called twice.</summary>
    internal void Remove(LocalSubscriber subscriber)
    {
        Subscription subscription = subscriber.Subscription;
        lock (_gate)
        {
            if (!_subscribers.Remove(subscriber))
            {
                return;
            }
        }

        subscription.Close();
        Account.Remove(subscription);
        _services.SlowConsumers.TryAddSubscriptionBytes(-subscription.MemoryBytes);
    }

    internal void CountDelivered(int length)
    {
        Interlocked.Increment(ref _outMessages);
        Interlocked.Add(ref _outBytes, length);
    }

    internal void CountStall() => Interlocked.Increment(ref _stalls);

    /// <summary>Gives a message the subject that the account's mappings make of its own, and asks whether that may be published to.</summary>
    private bool MayPublish(Publisher publisher, ref Message message)
    {
        if (Permissions is not { } permissions)
        {
            return publisher.MayPublish(Account, null, ref message) && (_options.IsServer || !ReservedSubjects.IsReserved(Account, message.Subject));
        }

        lock (_permissionGate)
        {
            return publisher.MayPublish(Account, permissions, ref message) && !ReservedSubjects.IsReserved(Account, message.Subject);
        }
    }

    /// <summary>Takes note that a subscription has fallen behind.</summary>
    internal void ReportSlowConsumer(Subscription subscription)
    {
        Interlocked.Increment(ref _slowConsumers);
        if (_services.MayLog(_services.SlowConsumerLog))
        {
            _services.Logger.LocalSlowConsumer(this, Describe(subscription));
        }
    }

    /// <summary>Accounts for a message that is about to wait.</summary>
    /// <returns>False where the process has no room for it.</returns>
    internal bool TryHold(int length)
    {
        if (_services.SlowConsumers.TryAddSubscriptionBytes(length + MessageOverhead))
        {
            return true;
        }

        Release(1, length);
        return false;
    }

    /// <summary>Accounts for messages that wait no longer.</summary>
    internal void Release(int messages, long bytes)
    {
        long held = bytes + ((long)messages * MessageOverhead);
        if (held > 0)
        {
            _services.SlowConsumers.TryAddSubscriptionBytes(-held);
        }
    }

    internal static string Describe(Subscription subscription) => Encoding.UTF8.GetString(subscription.Subject);

    private static NoRespondersException NobodyAt(string subject) => new($"Nobody listens to {subject}.");

    private void Close(CloseReason reason)
    {
        if (Interlocked.CompareExchange(ref _closeReason, (int)reason, 0) != 0)
        {
            return;
        }

        LocalSubscriber[] all;
        lock (_gate)
        {
            all = [.. _subscribers];
        }

        ConnectionSnapshot last = Snapshot(0) with { Stop = Time.GetUtcNow() };
        foreach (LocalSubscriber subscriber in all)
        {
            Remove(subscriber);
            subscriber.End();
        }

        LeaveAccount();
        _services.Registry.Remove(this, last);
        Ended?.Invoke();
    }

    // What the server itself asks and answers is not bound by anybody's limits.
    private int MaxPayload => _options.IsServer ? _services.Settings.MaxPayload : Math.Min(_services.Settings.MaxPayload, Account.MaxPayloadFor(_user?.MaxPayload ?? -1));

    private int MaxSubscriptions => _options.IsServer ? _maxSubscriptions : Math.Min(_maxSubscriptions, Account.MaxSubscriptionsFor(_user?.MaxSubscriptions ?? -1));

    private void LeaveAccount()
    {
        if (_isLimited)
        {
            Account.Leave();
        }
    }

    private PublishResult Publish(string subject, string? reply, MessageHeaders? headers, ReadOnlyMemory<byte> data, out ValueTask finished)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        ArgumentNullException.ThrowIfNull(subject);
        byte[]? header = headers is { Count: > 0 } ? headers.ToBytes() : null;
        long length = data.Length + (long)(header?.Length ?? 0);
        LocalSubjects.CheckPublish(subject, reply, length, MaxPayload, _services.Settings);
        if (header is not null && !_services.Settings.HeaderSupport)
        {
            throw new NatsException("The server takes no message headers.");
        }

        Interlocked.Increment(ref _inMessages);
        Interlocked.Add(ref _inBytes, length);
        Volatile.Write(ref _lastActivity, Time.GetTimestamp());

        // One is kept for the next call; calls at the same time have one each.
        LocalPublisher publisher = Interlocked.Exchange(ref _idlePublisher, null) ?? new LocalPublisher(this, MayPublish);
        PublishResult result = publisher.Publish(Account, subject, reply, header, data);
        finished = FinishAsync(publisher);
        return result == PublishResult.TooManyTokens ? throw new NatsException($"The subject {subject} has too many tokens.") : result;
    }

    private void TakePermissions(User? user)
    {
        _user = user;
        Volatile.Write(ref _permissions, user?.Permissions is { } permissions ? new ClientPermissions(permissions, Time) : null);
    }

    private void Recheck(LocalSubscriber subscriber)
    {
        Subscription subscription = subscriber.Subscription;
        if (subscription.MayStay(Permissions))
        {
            return;
        }

        // An inbox is made anew when the next request needs one.
        Interlocked.CompareExchange(ref _inbox, null, subscriber as Inbox);
        Remove(subscriber);
        subscriber.End(new NatsException(Encoding.UTF8.GetString(PermissionErrors.SubscriptionRevoked(subscription.Subject, subscription.Queue, subscription.Sid))));
    }

    private ValueTask FinishAsync(LocalPublisher publisher)
    {
        ValueTask finished = publisher.FinishAsync();
        _services.SlowConsumers.Relieve();
        if (!finished.IsCompletedSuccessfully)
        {
            return AwaitAsync(finished, publisher);
        }

        Volatile.Write(ref _idlePublisher, publisher);
        return ValueTask.CompletedTask;
    }

    private async ValueTask AwaitAsync(ValueTask finished, LocalPublisher publisher)
    {
        await finished.ConfigureAwait(false);
        Volatile.Write(ref _idlePublisher, publisher);
    }

    private void Check(string subject, SubscribeOptions options)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxPendingMessages, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxPendingBytes);
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxMessages);
        LocalSubjects.CheckSubscribe(subject, options.QueueGroup, _services.Settings);
    }

    private void Add(LocalSubscriber subscriber)
    {
        ClientPermissions? permissions = Permissions;
        lock (_permissionGate)
        {
            if (permissions?.MaySubscribe(subscriber.Subscription.Subject, subscriber.Subscription.Queue) == false)
            {
                throw new NatsException(Encoding.UTF8.GetString(PermissionErrors.Subscribe(subscriber.Subscription.Subject, subscriber.Subscription.Queue)));
            }
        }

        long bytes = subscriber.Subscription.MemoryBytes;
        bool hasMemory = _services.SlowConsumers.TryAddSubscriptionBytes(bytes);
        bool isAdded = false;
        lock (_gate)
        {
            if (hasMemory && !IsClosed && _subscribers.Count < MaxSubscriptions)
            {
                isAdded = _subscribers.Add(subscriber);
            }
        }

        if (!isAdded)
        {
            _services.SlowConsumers.TryAddSubscriptionBytes(-bytes);
            ObjectDisposedException.ThrowIf(IsClosed, this);
            throw new NatsException(Encoding.UTF8.GetString(ProtocolErrors.Text(ProtocolError.MaxSubscriptionsExceeded)));
        }

        Account.Insert(subscriber.Subscription);
        if (subscriber.Subscription.IsClosed || IsClosed)
        {
            // It was closed while it was being added: whichever of the two was last has taken it out.
            Account.Remove(subscriber.Subscription);
        }
        else if (Permissions != permissions)
        {
            // They changed in between, and whoever changed them may not have seen this subscription.
            Recheck(subscriber);
        }
    }

    private Inbox GetInbox()
    {
        if (Volatile.Read(ref _inbox) is { } existing)
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return existing;
        }

        var inbox = new Inbox(this, $"{(_options.IsServer ? "$SYS._INBOX" : "_INBOX")}.{NkeyText.NewServerId()[^22..]}.", NextSid());
        Add(inbox);
        if (Interlocked.CompareExchange(ref _inbox, inbox, null) is not { } other)
        {
            return inbox;
        }

        Remove(inbox);
        return other;
    }

    private ulong NextSid() => Interlocked.Increment(ref _lastSid);

    private async Task HandleAsync(InProcessSubscription subscription, Func<NatsMessage, ValueTask> handler)
    {
        try
        {
            await foreach (NatsMessage message in subscription.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                try
                {
                    await handler(message).ConfigureAwait(false);
                }
                catch (Exception exception)
                {
                    _services.Logger.HandlerFailed(exception, this, subscription.Subject);
                }
            }
        }
        catch (NatsException)
        {
            // A slow consumer, counted and logged when it was cut; or a subject that is no longer permitted.
        }
        finally
        {
            lock (_gate)
            {
                _handled.Remove(subscription);
            }
        }
    }

    private ConnectionSnapshot Snapshot(int maxSubscriptions)
    {
        LocalSubscriber[] subscribers;
        lock (_gate)
        {
            subscribers = [.. _subscribers];
        }

        Subscription[] listed = [.. subscribers.Take(maxSubscriptions).Select(subscriber => subscriber.Subscription)];
        return new ConnectionSnapshot
        {
            Id = Id,
            Type = _options.Type,
            Remote = _options.RemoteEndPoint,
            Start = _start,
            LastActivity = Time.GetUtcNow() - Time.GetElapsedTime(Volatile.Read(ref _lastActivity)),
            Reason = (CloseReason)Volatile.Read(ref _closeReason),
            RoundTrip = TimeSpan.Zero,
            PendingBytes = subscribers.Sum(subscriber => subscriber.PendingBytes),
            InMessages = Interlocked.Read(ref _inMessages),
            InBytes = Interlocked.Read(ref _inBytes),
            OutMessages = Interlocked.Read(ref _outMessages),
            OutBytes = Interlocked.Read(ref _outBytes),
            Stalls = Interlocked.Read(ref _stalls),
            SubscriptionCount = subscribers.Length,
            Name = Name,
            Lang = ".NET",
            Version = ServerIdentity.OwnVersion,
            AccountName = Account.Name,
            AuthorizedUser = _options.User,
            Permissions = Permissions?.Options,
            Subscriptions = SubscriptionSnapshot.All(listed, Account.Name),
        };
    }
}
