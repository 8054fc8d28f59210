using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace NatsKestrel.Broker.Subjects;

/// <summary>Makes one subject of another: <c>orders.*.*</c> to <c>orders.{{partition(3,1)}}.$2</c>.</summary>
/// <remarks>The functions are those of nats-server 2.15; what <see cref="TryCreate"/> refuses stops the start.</remarks>
internal sealed partial class SubjectTransform
{
    private readonly SubjectPart[] _parts;
    private readonly int _restFrom;

    private SubjectTransform(string source, SubjectPart[] parts)
    {
        Source = Encoding.UTF8.GetBytes(source);
        _parts = parts;
        _restFrom = SubjectRules.CountTokens(Source) - 1;
    }

    /// <summary>The subjects that it applies to: a valid subscription subject.</summary>
    public byte[] Source { get; }

    /// <summary>Makes one of the texts in settings.</summary>
    /// <returns>Null with a reason, which follows the key in a sentence, where they fit no transform.</returns>
    public static SubjectTransform? TryCreate(string source, string destination, out string problem)
    {
        problem = "must be a subject without empty tokens";
        if (!SubjectRules.IsSafeSubscription(Encoding.UTF8.GetBytes(source)) || destination.Length == 0)
        {
            return null;
        }

        string[] sourceTokens = source.Split('.');
        int[] wildcards = [.. sourceTokens.Index().Where(token => token.Item == "*").Select(token => token.Index)];
        string[] tokens = Tokens(destination);
        if ((sourceTokens[^1] == ">") != (tokens[^1] == ">"))
        {
            problem = "must end in > where its source does, and only there";
            return null;
        }

        var parts = new SubjectPart[tokens.Length];
        for (int i = 0; i < tokens.Length; i++)
        {
            if (ReadPart(tokens[i], isLast: i == tokens.Length - 1, wildcards, out problem) is not { } part)
            {
                return null;
            }

            parts[i] = part;
        }

        problem = "";
        return new SubjectTransform(source, parts);
    }

    /// <summary>Writes what the subject becomes.</summary>
    /// <param name="subject">Matches <see cref="Source"/>.</param>
    /// <param name="target">Gets the subject; another array takes its place where it is too small.</param>
    /// <param name="random">A draw for <c>{{random(n)}}</c>.</param>
    /// <returns>Bytes written.</returns>
    public int Apply(ReadOnlySpan<byte> subject, ref byte[] target, uint random)
    {
        var writer = new SubjectWriter(target);
        for (int i = 0; i < _parts.Length; i++)
        {
            if (i > 0)
            {
                writer.Write("."u8);
            }

            ref readonly SubjectPart part = ref _parts[i];
            if (part.Function == SubjectFunction.Rest)
            {
                writer.Write(TokensFrom(subject, _restFrom));
            }
            else
            {
                part.Write(subject, ref writer, random);
            }
        }

        target = writer.Buffer;
        return writer.Length;
    }

    /// <summary>One token of a subject.</summary>
    internal static ReadOnlySpan<byte> Token(ReadOnlySpan<byte> subject, int index)
    {
        ReadOnlySpan<byte> rest = TokensFrom(subject, index);
        return rest[..SubjectRules.TokenEnd(rest, 0)];
    }

    private static ReadOnlySpan<byte> TokensFrom(ReadOnlySpan<byte> subject, int index)
    {
        int start = 0;
        for (; index > 0; index--)
        {
            start = SubjectRules.TokenEnd(subject, start) + 1;
        }

        return subject[start..];
    }

    // A function's argument may hold no dot, so the dots are those between tokens.
    private static string[] Tokens(string destination) => destination.Split('.');

    private static SubjectPart? ReadPart(string token, bool isLast, int[] wildcards, out string problem)
    {
        problem = "must have no empty token";
        if (token.Length == 0)
        {
            return null;
        }

        if (token == ">" && isLast)
        {
            return new SubjectPart(SubjectFunction.Rest);
        }

        problem = "must name a wildcard of its source by number ($1), not by *";
        if (token is "*" or ">")
        {
            return null;
        }

        if (token[0] == '$' && int.TryParse(token.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            return Checked(new SubjectPart(SubjectFunction.Wildcard, [number]), wildcards, out problem);
        }

        if (!token.StartsWith("{{", StringComparison.Ordinal) || !token.EndsWith("}}", StringComparison.Ordinal))
        {
            problem = "must have no spaces";
            return token.Any(c => c <= ' ') ? null : new SubjectPart(SubjectFunction.None, Text: Encoding.UTF8.GetBytes(token));
        }

        var call = Call().Match(token);
        problem = $"has a function that is none: {token}";
        string[] arguments = [.. call.Groups["arguments"].Value.Split(',').Select(argument => argument.Trim())];
        return call.Success && ReadCall(call.Groups["name"].Value.ToUpperInvariant(), arguments) is { } part ? Checked(part, wildcards, out problem) : null;
    }

    private static SubjectPart? ReadCall(string name, string[] arguments)
    {
        if (name == "SPLIT")
        {
            return arguments is [var index, { Length: > 0 } delimiter] && Number(index) is { } token && !delimiter.Contains(' ')
                ? new SubjectPart(SubjectFunction.Split, [token], Text: Encoding.UTF8.GetBytes(delimiter))
                : null;
        }

        int?[] numbers = [.. arguments.Select(Number)];
        if (numbers.Contains(null))
        {
            return null;
        }

        int[] values = [.. numbers.Select(value => value!.Value)];
        return (name, values) switch
        {
            ("WILDCARD", [var token]) => new SubjectPart(SubjectFunction.Wildcard, [token]),
            ("PARTITION", [> 0, ..]) => new SubjectPart(SubjectFunction.Partition, values[1..], values[0]),
            ("RANDOM", [> 0]) => new SubjectPart(SubjectFunction.Random, [], values[0]),
            ("SPLITFROMLEFT", [var token, var position]) => new SubjectPart(SubjectFunction.SplitFromLeft, [token], position),
            ("SPLITFROMRIGHT", [var token, var position]) => new SubjectPart(SubjectFunction.SplitFromRight, [token], position),
            ("SLICEFROMLEFT", [var token, var size]) => new SubjectPart(SubjectFunction.SliceFromLeft, [token], size),
            ("SLICEFROMRIGHT", [var token, var size]) => new SubjectPart(SubjectFunction.SliceFromRight, [token], size),
            ("LEFT", [var token, var length]) => new SubjectPart(SubjectFunction.Left, [token], length),
            ("RIGHT", [var token, var length]) => new SubjectPart(SubjectFunction.Right, [token], length),
            _ => null,
        };
    }

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : null;

    // From the number of a wildcard to the place of its token.
    private static SubjectPart? Checked(SubjectPart part, int[] wildcards, out string problem)
    {
        problem = "names a wildcard that its source has not";
        int[] numbers = part.Wildcards ?? [];
        return numbers.All(number => number >= 1 && number <= wildcards.Length)
            ? part with { Wildcards = [.. numbers.Select(number => wildcards[number - 1])] }
            : null;
    }

    [GeneratedRegex(@"^\{\{\s*(?<name>[a-zA-Z]+)\s*\(\s*(?<arguments>[^()]*)\)\s*\}\}$", RegexOptions.ExplicitCapture)]
    private static partial Regex Call();
}
