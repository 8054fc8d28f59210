using NatsKestrel.Broker;
using NatsKestrel.Broker.Connections;

namespace NatsKestrel.Admin.Access;

/// <summary>What the console and the REST administration do to the broker: each act is checked and written down here.</summary>
internal sealed class ConsoleActs(ConnectionRegistry registry, NatsServer server, ServerHealth health, Reloader reloader, AuditLog audit)
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

    /// <summary>Says what a reload of the settings would change; changes nothing.</summary>
    public ReloadPreview PreviewReload(ConsoleUser by)
    {
        Demand(by, ConsoleRole.Admin, "preview of a reload");
        ReloadPreview preview = reloader.Preview();
        audit.Add(by, "preview of a reload", preview.Problem ?? $"{preview.Changes.Count} options would change");
        return preview;
    }

    /// <summary>Reads the settings anew and applies what has changed: all of it, or nothing.</summary>
    public ActResult Reload(ConsoleUser by)
    {
        Demand(by, ConsoleRole.Admin, "reload");
        return Note(by, "reload", reloader.Run()
            ? new ActResult(true, "The settings were read anew and are in force.")
            : new ActResult(false, "Nothing was applied; the log says why."));
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
