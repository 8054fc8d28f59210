namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary>One value of a configuration file, with variables and includes resolved.</summary>
/// <param name="Position">Where it stands; of maps and arrays, just behind the opening bracket.</param>
internal abstract record ConfValue(ConfPosition Position)
{
    /// <summary>What nats-server calls this type in its messages.</summary>
    public abstract string TypeName { get; }
}

internal sealed record ConfText(ConfPosition Position, string Text) : ConfValue(Position)
{
    public override string TypeName => "string";
}

internal sealed record ConfInteger(ConfPosition Position, long Number) : ConfValue(Position)
{
    public override string TypeName => "int64";
}

internal sealed record ConfFloat(ConfPosition Position, double Number) : ConfValue(Position)
{
    public override string TypeName => "float64";
}

internal sealed record ConfFlag(ConfPosition Position, bool IsOn) : ConfValue(Position)
{
    public override string TypeName => "bool";
}

/// <summary>A date and time; no setting takes one.</summary>
internal sealed record ConfDate(ConfPosition Position, DateTime Time) : ConfValue(Position)
{
    public override string TypeName => "time.Time";
}

internal sealed record ConfArray(ConfPosition Position, IReadOnlyList<ConfValue> Items) : ConfValue(Position)
{
    public override string TypeName => "[]interface {}";
}

internal sealed record ConfMap(ConfPosition Position, ConfEntries Entries) : ConfValue(Position)
{
    public override string TypeName => "map[string]interface {}";
}
