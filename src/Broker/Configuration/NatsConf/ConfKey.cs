namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary>What this server does with a key of the file.</summary>
internal enum ConfSupport
{
    /// <summary>It becomes an option.</summary>
    Honoured,

    /// <summary>It is checked, and refused unless its value switches nothing on.</summary>
    Refused,

    /// <summary>It is checked and then left alone: it only tunes a part of the server that is off.</summary>
    Idle,
}

/// <summary>Reads the value of one key, and writes it to <paramref name="option"/> of the section.</summary>
internal delegate void ConfForm(ConfScope scope, ConfEntry entry, string option);

/// <summary>One key that nats-server knows.</summary>
/// <param name="Names">Its name, and the other names it goes by, with bars between: <c>max_connections|max_conn</c>.</param>
/// <param name="Form">What its value must look like, and how it is converted.</param>
/// <param name="Option">The option inside the block's section; empty where there is none, or where the form knows several.</param>
/// <param name="Support">What becomes of it.</param>
internal sealed record ConfKey(string Names, ConfForm Form, string Option = "", ConfSupport Support = ConfSupport.Honoured)
{
    /// <summary>The name and its aliases.</summary>
    public IReadOnlyList<string> AllNames { get; } = Names.Split('|');

    public void Read(ConfScope scope, ConfEntry entry)
    {
        if (Support == ConfSupport.Honoured)
        {
            Form(scope, entry, Option);
            return;
        }

        Form(scope.WithoutSettings(), entry, Option);
        if (Support == ConfSupport.Refused && !IsOff(entry.Value))
        {
            scope.Error(entry.Position, $"{entry.Key} is not supported yet");
        }
    }

    private static bool IsOff(ConfValue value) => value switch
    {
        ConfFlag flag => !flag.IsOn,
        ConfInteger integer => integer.Number == 0,
        ConfText text => text.Text.Length == 0 || text.Text.Equals("disabled", StringComparison.OrdinalIgnoreCase),
        ConfArray array => array.Items.Count == 0,
        ConfMap map => map.Entries.All(entry => IsOff(entry.Value)),
        _ => false,
    };
}
