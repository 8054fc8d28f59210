using System.Collections.Concurrent;
using NatsKestrel.Broker.Accounts.Imports;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Broker.Accounts;

/// <summary>A tenant: the subjects of one account never meet another's, but by import.</summary>
internal sealed class Account
{
    private readonly ConcurrentDictionary<Subscription, Subscription[]> _shadows = new();
    private StreamImport[] _streams = [];
    private Subscription[] _services = [];
    private int _clients;

    public Account(string name, SublistLimits limits, TimeProvider? time = null)
    {
        Name = name;
        Sublist = new Sublist<Subscription>(limits);
        Replies = new ServiceReplies(this, time ?? TimeProvider.System);
    }

    public string Name { get; }

    /// <summary>Who listens to what in this account. Subscriptions come and go by <see cref="Insert"/> and <see cref="Remove"/>.</summary>
    public Sublist<Subscription> Sublist { get; }

    /// <summary>What its services owe to other accounts.</summary>
    public ServiceReplies Replies { get; }

    /// <summary>Subjects that are replaced in what its clients publish; null for none.</summary>
    public AccountMappings? Mappings { get; set; }

    /// <summary>What the account and each of its connections may have; replaced whole.</summary>
    public AccountLimitOptions Limits { get; set; } = new();

    /// <summary>True where a service in it decides who may log in.</summary>
    public bool HasCallout { get; set; }

    /// <summary>As it is configured: for monitoring.</summary>
    public AccountOptions Options { get; set; } = new();

    /// <summary>What others may import from it: what is configured, and what the server adds.</summary>
    public IReadOnlyList<ExportOptions> Exports { get; set; } = [];

    /// <summary>What it takes from others: what is configured, and what the server adds.</summary>
    public IReadOnlyList<ImportOptions> Imports { get; set; } = [];

    /// <summary>Its client connections.</summary>
    public int Clients => Volatile.Read(ref _clients);

    /// <summary>Largest message of a connection in it, for a user with that limit; negative limits are none.</summary>
    public int MaxPayloadFor(long user) => Stricter(Limits.MaxPayload, user);

    /// <summary>Subscriptions of a connection in it, for a user with that limit; negative limits are none.</summary>
    public int MaxSubscriptionsFor(long user) => Stricter(Limits.MaxSubscriptions, user);

    /// <summary>Takes a client in.</summary>
    /// <returns>False where the account is full.</returns>
    public bool TryEnter()
    {
        int limit = Limits.MaxConnections;
        if (Interlocked.Increment(ref _clients) > limit && limit >= 0)
        {
            Leave();
            return false;
        }

        return true;
    }

    /// <summary>Lets a client go that was taken in.</summary>
    public void Leave() => Interlocked.Decrement(ref _clients);

    /// <summary>Adds a subscription; it also gets what the account imports.</summary>
    public void Insert(Subscription subscription)
    {
        Sublist.Insert(subscription);
        if (Volatile.Read(ref _streams).Length > 0)
        {
            AddShadows(subscription);
        }
    }

    /// <summary>Takes a subscription out, which is closed by now.</summary>
    public void Remove(Subscription subscription)
    {
        Sublist.Remove(subscription);
        RemoveShadows(subscription);
    }

    /// <summary>Takes many out.</summary>
    public void RemoveMany(ReadOnlySpan<Subscription> subscriptions)
    {
        Sublist.RemoveMany(subscriptions);
        if (!_shadows.IsEmpty)
        {
            foreach (Subscription subscription in subscriptions)
            {
                RemoveShadows(subscription);
            }
        }
    }

    /// <summary>Takes other imports from now on, for subscriptions that there are and for those to come.</summary>
    public void Import(StreamImport[] streams, IReadOnlyCollection<ServiceImport> services)
    {
        Sublist.RemoveMany(_services);
        _services = [.. services.Select(service => new Subscription(new AccountLink(service), service.Subject.Local, [], "s"u8))];
        Sublist.InsertMany(_services);
        if (streams.Length == 0 && _streams.Length == 0)
        {
            return;
        }

        foreach (Subscription subscription in _shadows.Keys)
        {
            RemoveShadows(subscription);
        }

        Volatile.Write(ref _streams, streams);
        foreach (Subscription subscription in Sublist.Entries())
        {
            if (subscription.Subscriber is not (AccountLink or StreamImportLink))
            {
                AddShadows(subscription);
            }
        }
    }

    private void AddShadows(Subscription subscription)
    {
        Subscription[] shadows = [.. Volatile.Read(ref _streams).Select(stream => stream.TryShadow(subscription)).OfType<Subscription>()];
        if (shadows.Length == 0 || !_shadows.TryAdd(subscription, shadows))
        {
            return;
        }

        foreach (Subscription shadow in shadows)
        {
            // Not by Insert: what an account imports is not its own to hand on.
            Exporter(shadow).Sublist.Insert(shadow);
        }

        // Whoever removed it meanwhile may have found no shadows yet.
        if (subscription.IsClosed)
        {
            RemoveShadows(subscription);
        }
    }

    private void RemoveShadows(Subscription subscription)
    {
        if (!_shadows.TryRemove(subscription, out Subscription[]? shadows))
        {
            return;
        }

        foreach (Subscription shadow in shadows)
        {
            shadow.Close();
            Exporter(shadow).Sublist.Remove(shadow);
        }
    }

    private static Account Exporter(Subscription shadow) => ((StreamImportLink)shadow.Subscriber).Import.From;

    /// <summary>Who looks at what is published in this account.</summary>
    public MessageObservers Observers { get; } = new();

    private static int Stricter(int account, long user) => Math.Min(account < 0 ? int.MaxValue : account, user is < 0 or > int.MaxValue ? int.MaxValue : (int)user);
}
