using NatsKestrel.Broker;
using NatsKestrel.Broker.Accounts.Authentication;
using NatsKestrel.Broker.Connections;

namespace NatsKestrel.Admin.Access;

/// <summary>What the console and the REST administration do to the broker: each act is checked and written down here.</summary>
internal sealed class ConsoleActs(ConnectionRegistry registry, NatsServer server, ServerHealth health, Reloader reloader, UserBlocks blocks, Authenticator authenticator, AuditLog audit)
{
    /// <summary>Characters of what is said to clients at most.</summary>
    public const int MaxWords = 100;

    /// <summary>Cuts connections; their clients come back unless they are told not to.</summary>
    /// <param name="by">Who does it.</param>
    /// <param name="ids">The connections.</param>
    /// <param name="reason">What their clients are told by <c>-ERR</c>; empty for nothing.</param>
    public ActResult Kick(ConsoleUser by, IReadOnlyCollection<ulong> ids, string reason = "")
    {
        Demand(by, ConsoleRole.Operator, "kick");
        string words = Words(reason);
        int kicked = ids.Count(id => registry.Kick(id, words));
        string which = ids.Count <= 5 ? string.Join(", ", ids) : $"{ids.Count} connections";
        return Note(by, $"kick {which}{(words.Length > 0 ? $": {words}" : "")}", new ActResult(kicked > 0, $"{kicked} of {ids.Count} cut"));
    }

    /// <summary>Keeps a user out for a while, and cuts its connections.</summary>
    public ActResult Block(ConsoleUser by, string name, TimeSpan duration, string reason = "")
    {
        string act = $"block user {name} for {duration.TotalMinutes:0.#} min";
        Demand(by, ConsoleRole.Operator, act);
        if (!authenticator.IsRequired)
        {
            return Note(by, act, new ActResult(false, "Nobody has to log in here: it would keep nobody out."));
        }

        if (name.Length == 0 || !blocks.TryBlock(name, duration))
        {
            return Note(by, act, new ActResult(false, $"A user is kept out for at most {UserBlocks.MaxDuration.TotalHours:0} hours, and {UserBlocks.MaxUsers} users at one time."));
        }

        string words = Words(reason);
        int cut = registry.SnapshotOpen().Count(connection => connection.AuthorizedUser == name && registry.Kick(connection.Id, words));
        return Note(by, act, new ActResult(true, $"kept out; {cut} {(cut == 1 ? "connection" : "connections")} cut"));
    }

    /// <summary>Lets a user in again before its time.</summary>
    public ActResult Lift(ConsoleUser by, string name)
    {
        Demand(by, ConsoleRole.Operator, $"let user {name} in again");
        return Note(by, $"let user {name} in again", blocks.Lift(name) ? new ActResult(true, "may log in again") : new ActResult(false, "was not kept out"));
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

    // A quote or a line end would end the line of the protocol that carries it.
    private static string Words(string reason) =>
        string.Concat(reason.Where(static character => character is >= ' ' and <= '~' and not '\'').Take(MaxWords)).Trim();

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
