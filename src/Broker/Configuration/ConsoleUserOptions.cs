namespace NatsKestrel.Broker.Configuration;

/// <summary>Somebody who signs in to the console by name. Has nothing to do with those who log in to the broker.</summary>
public sealed class ConsoleUserOptions
{
    /// <summary>The name; unique.</summary>
    public string Name { get; set; } = "";

    /// <summary>What they may do: <c>viewer</c>, <c>operator</c> or <c>admin</c>.</summary>
    /// <value>Default viewer.</value>
    public string Role { get; set; } = "viewer";

    /// <summary>The bcrypt hash of the password (<c>$2a$…</c>); a plain one is refused.</summary>
    public string Password { get; set; } = "";
}
