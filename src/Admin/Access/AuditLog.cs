using Microsoft.Extensions.Logging;
using NatsKestrel.Broker.Connections;

namespace NatsKestrel.Admin.Access;

/// <summary>Every act of administration, of the console and of the REST interface: in the log, and the last thousand on a page.</summary>
internal sealed class AuditLog(TimeProvider time, ILogger<AuditLog> logger)
{
    private const int Kept = 1000;

    private readonly EventRing<AuditEntry> _entries = new(Kept);

    public void Add(ConsoleUser user, string act, string outcome) => Add(user.Name, user.Address, act, outcome);

    public void Add(string user, string address, string act, string outcome)
    {
        _entries.Add(new AuditEntry(time.GetUtcNow(), user, address, act, outcome));
        logger.Audit(user, address, Format.Foreign(act), outcome);
    }

    /// <summary>The entries kept, the latest first.</summary>
    public AuditEntry[] Latest() => [.. _entries.ToArray().Reverse()];
}
