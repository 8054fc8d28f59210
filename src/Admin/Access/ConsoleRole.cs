namespace NatsKestrel.Admin.Access;

/// <summary>What somebody may do in the console; each role may do all that those before it may.</summary>
internal enum ConsoleRole
{
    /// <summary>Look at numbers and names.</summary>
    Viewer,

    /// <summary>Listen in, publish, and cut connections.</summary>
    Operator,

    /// <summary>Make the server leave, and take its settings away.</summary>
    Admin,
}
