using NatsKestrel.Broker;
using NatsKestrel.Broker.Connections;

namespace NatsKestrel.Admin.Access;

/// <summary>What the console and the REST administration do to the broker: each act is checked and written down here.</summary>
internal sealed class ConsoleActs(ConnectionRegistry registry, NatsServer server, ServerHealth health, AuditLog audit)
{
    /// <summary>Cuts connections; their clients come back unless they are told not to.</summary>
    public ActResult Kick(ConsoleUser by, IReadOnlyCollection<ulong> ids)
    {
        Demand(by, ConsoleRole.Operator, "kick");
        int kicked = ids.Count(registry.Kick);
        string which = ids.Count <= 5 ? string.Join(", ", ids) : $"{ids.Count} connections";
        return Note(by, $"kick {which}", new ActResult(kicked > 0, $"{kicked} of {ids.Count} cut"));
    }

    /// <summary>Makes the server leave: no new clients, a notice to those there are, one goodbye after the other.</summary>
    public ActResult EnterLameDuck(ConsoleUser by)
    {
        Demand(by, ConsoleRole.Admin, "lame duck mode");
        if (health.IsLameDuck)
        {
            return Note(by, "lame duck mode", new ActResult(false, "the server is leaving already"));
        }

        _ = server.EnterLameDuckAsync().ContinueWith(
            leaving => audit.Add(by, "lame duck mode", leaving.IsFaulted ? "failed" : "all clients have left"), TaskScheduler.Default);
        return Note(by, "lame duck mode", new ActResult(true, "entered"));
    }

    private void Demand(ConsoleUser by, ConsoleRole role, string act)
    {
        if (!by.May(role))
        {
            audit.Add(by, act, "refused: needs the role " + role);
            throw new UnauthorizedAccessException($"This needs the role {role}.");
        }
    }

    private ActResult Note(ConsoleUser by, string act, ActResult result)
    {
        audit.Add(by, act, result.Text);
        return result;
    }
}
