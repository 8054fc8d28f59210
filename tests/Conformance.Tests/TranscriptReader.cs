using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace NatsKestrel.Conformance.Tests;

/// <summary>Reads transcript files; <c>Transcripts/README.md</c> describes them.</summary>
internal sealed partial class TranscriptReader
{
    private readonly string _file;
    private readonly List<Transcript> _transcripts = [];
    private readonly Dictionary<string, string> _macros = [];
    private readonly List<Step> _steps = [];
    private ImmutableSortedDictionary<string, string> _settings = ImmutableSortedDictionary<string, string>.Empty;
    private string? _name;
    private string? _divergence;
    private Side? _side;
    private int _line;

    private TranscriptReader(string file) => _file = file;

    /// <summary>Reads the text of one file.</summary>
    /// <exception cref="FormatException">A line that is none, with the place.</exception>
    public static ImmutableArray<Transcript> Read(string file, string text)
    {
        var reader = new TranscriptReader(file);
        foreach (string line in text.Split('\n'))
        {
            reader._line++;
            if (line.Length > 0 && line[0] != '#')
            {
                reader.ReadLine(line.TrimEnd('\r'));
            }
        }

        reader.EndCase();
        return [.. reader._transcripts];
    }

    private void ReadLine(string line)
    {
        if (line.StartsWith("== ", StringComparison.Ordinal))
        {
            EndCase();
            _name = line[3..];
        }
        else if (MacroLine().Match(line) is { Success: true } macro)
        {
            Require(_name is null, "'let' stands above the first case");
            _macros.Add(macro.Groups["name"].Value, macro.Groups["text"].Value);
        }
        else
        {
            Require(_name is not null, "a case begins with '== name'");
            ReadCaseLine(line);
        }
    }

    private void ReadCaseLine(string line)
    {
        if (line.StartsWith("server: ", StringComparison.Ordinal))
        {
            _settings = line[8..].Split(", ").Select(setting => setting.Split(' ')).ToImmutableSortedDictionary(pair => pair[0], pair => pair[1]);
        }
        else if (line.StartsWith("divergence: ", StringComparison.Ordinal))
        {
            _divergence = line[12..];
        }
        else if (line is "reference:" or "natskestrel:" or "both:")
        {
            Require(_divergence is not null, "sides differ only under a 'divergence:'");
            _side = line switch { "reference:" => Side.Reference, "natskestrel:" => Side.NatsKestrel, _ => null };
        }
        else if (StepLine().Match(line) is { Success: true } step)
        {
            ReadStep(step.Groups["client"].Value, step.Groups["action"].Value, step.Groups["text"].Value);
        }
        else
        {
            Require(false, $"cannot read '{line}'");
        }
    }

    private void ReadStep(string client, string action, string text)
    {
        switch (action)
        {
            case ">":
                AddText(client, StepAction.Send, text);
                break;
            case "<?":
                AddText(client, StepAction.ExpectInAnyOrder, text);
                break;
            case "<|":
                AddText(client, StepAction.ExpectOneOf, text);
                break;
            case "<" when InfoText().IsMatch(text):
                Add(client, StepAction.ExpectInfo, fields: [.. text.Split(' ')[1..].Select(field => field.Split('=', 2)).Select(pair => KeyValuePair.Create(pair[0], pair[1]))]);
                break;
            case "<":
                AddText(client, StepAction.Expect, text);
                break;
            default:
                Add(client, text switch
                {
                    "sync" => StepAction.Sync,
                    "closed" => StepAction.ExpectClosed,
                    "ends" => StepAction.EndSending,
                    "leaves" => StepAction.Leave,
                    _ => throw Error($"a client cannot '{text}'"),
                });
                break;
        }
    }

    /// <summary>Adds bytes to the step before if they continue it: sends become one write, choices one set.</summary>
    private void AddText(string client, StepAction action, string text)
    {
        byte[] bytes = Bytes(text);
        bool continues = _steps.Count > 0 && _steps[^1] is var last && last.Client == client && last.Action == action && last.For == _side;
        if (continues && action is StepAction.Send)
        {
            _steps[^1] = _steps[^1] with { Texts = [[.. _steps[^1].Texts[0], .. bytes]] };
        }
        else if (continues && action is StepAction.ExpectInAnyOrder or StepAction.ExpectOneOf && continues)
        {
            _steps[^1] = _steps[^1] with { Texts = _steps[^1].Texts.Add(bytes) };
        }
        else
        {
            Add(client, action, bytes);
        }
    }

    private void Add(string client, StepAction action, byte[]? text = null, ImmutableArray<KeyValuePair<string, string>> fields = default) =>
        _steps.Add(new Step(_line, client, action, _side, text is null ? [] : [text], fields.IsDefault ? [] : fields));

    private byte[] Bytes(string text)
    {
        text = AngleBrackets().Replace(text, match => match.Groups["count"] is { Success: true } count
            ? string.Concat(Enumerable.Repeat(match.Groups["text"].Value, int.Parse(count.ValueSpan, CultureInfo.InvariantCulture)))
            : _macros.GetValueOrDefault(match.Groups["name"].Value, match.Value));
        bool continued = text.EndsWith('\\') && !text.EndsWith(@"\\", StringComparison.Ordinal);
        text = continued ? text[..^1] : text + @"\r\n";

        var bytes = new List<byte>();
        foreach (Match part in TextParts().Matches(text))
        {
            bytes.AddRange(part.Value switch
            {
                @"\r" => "\r"u8,
                @"\n" => "\n"u8,
                @"\t" => "\t"u8,
                @"\s" => " "u8,
                @"\\" => "\\"u8,
                ['\\', 'x', .. var digits] => [byte.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture)],
                ['\\', ..] => throw Error($"no such escape: {part.Value}"),
                _ => Encoding.UTF8.GetBytes(part.Value),
            });
        }

        return [.. bytes];
    }

    private void EndCase()
    {
        if (_name is null)
        {
            return;
        }

        Require(_steps.Count > 0, "the case has no steps");
        Require(_transcripts.TrueForAll(transcript => transcript.Name != _name), $"two cases are called '{_name}'");
        _transcripts.Add(new Transcript(_file, _name, _settings, _divergence, [.. _steps]));
        _steps.Clear();
        (_settings, _divergence, _side) = (_settings.Clear(), null, null);
    }

    private void Require([System.Diagnostics.CodeAnalysis.DoesNotReturnIf(false)] bool condition, string otherwise)
    {
        if (!condition)
        {
            throw Error(otherwise);
        }
    }

    private FormatException Error(string message) => new($"{_file}.txt:{_line}: {message}.");

    [GeneratedRegex(@"^let (?<name>[a-z-]+) = (?<text>.+)$")]
    private static partial Regex MacroLine();

    [GeneratedRegex(@"^(?<client>[A-Z])(?<action>>|<\?|<\||<|:)( (?<text>.*))?$")]
    private static partial Regex StepLine();

    [GeneratedRegex(@"^INFO( [a-z_]+=\S+)*$")]
    private static partial Regex InfoText();

    [GeneratedRegex(@"<((?<count>\d+)\*(?<text>[^>]+)|(?<name>[a-z-]+))>")]
    private static partial Regex AngleBrackets();

    [GeneratedRegex(@"\\x[0-9a-f]{2}|\\.|[^\\]+", RegexOptions.Singleline)]
    private static partial Regex TextParts();
}
