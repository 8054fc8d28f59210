namespace NatsKestrel.Server.Flags;

/// <summary>What a flag takes.</summary>
internal enum FlagKind
{
    /// <summary>Nothing, or <c>=true</c> or <c>=false</c>.</summary>
    Switch,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>Any text.</summary>
    Text,
}
