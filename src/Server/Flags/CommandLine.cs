namespace NatsKestrel.Server.Flags;

/// <summary>A command line, read by the rules of Go's flag package.</summary>
/// <param name="Values">The flags that were given, by <see cref="Flag.Name"/>; the last of several counts. Switches are <c>true</c> or <c>false</c>.</param>
/// <param name="Rest">What stands behind the flags.</param>
/// <remarks>
/// By hand, because no parser of .NET's reads it: <c>-DV</c> is one flag and not two, <c>-p4223</c> is none, <c>--p</c> and <c>-p</c>
/// are the same, a switch takes its value only behind <c>=</c>, and the first word that is no flag ends the flags.
/// </remarks>
internal sealed record CommandLine(IReadOnlyDictionary<string, string> Values, IReadOnlyList<string> Rest)
{
    /// <summary>Reads it.</summary>
    /// <exception cref="FlagException">It has a flag that does not exist, or a value that its flag does not take.</exception>
    public static CommandLine Read(string[] args)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        int next = 0;
        while (next < args.Length && args[next] is ['-', _, ..] arg)
        {
            next++;
            if (arg == "--")
            {
                break;
            }

            string body = arg.StartsWith("--", StringComparison.Ordinal) ? arg[2..] : arg[1..];
            if (body is "" or ['-' or '=', ..])
            {
                throw new FlagException($"bad flag syntax: {arg}");
            }

            int equals = body.IndexOf('=');
            string name = equals < 0 ? body : body[..equals];
            if (!FlagTable.ByName.TryGetValue(name, out Flag? flag))
            {
                throw new FlagException($"flag provided but not defined: -{name}");
            }

            values[flag.Name] = Value(flag, name, equals < 0 ? null : body[(equals + 1)..], args, ref next);
        }

        return new CommandLine(values, args[next..]);
    }

    public bool Has(string flag) => Values.ContainsKey(flag);

    public bool IsOn(string flag) => Values.GetValueOrDefault(flag) == "true";

    public string? Find(string flag) => Values.GetValueOrDefault(flag);

    private static string Value(Flag flag, string name, string? given, string[] args, ref int next)
    {
        if (flag.Kind == FlagKind.Switch)
        {
            return given is null ? "true" : GoNumber.ParseBoolean(given) switch
            {
                true => "true",
                false => "false",
                _ => throw new FlagException($"invalid boolean value \"{given}\" for -{name}: parse error"),
            };
        }

        if (given is null && next == args.Length)
        {
            throw new FlagException($"flag needs an argument: -{name}");
        }

        string text = given ?? args[next++];
        return flag.Kind == FlagKind.Text ? text : GoNumber.ParseInteger(text, out string problem)
            ?? throw new FlagException($"invalid value \"{text}\" for flag -{name}: {problem}");
    }
}
