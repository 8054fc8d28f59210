using System.Text.Json;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.SystemAccount;

/// <summary>Reads the JSON body of a request as nats-server does: names in any letter case, the last of several, and Go's words for what is wrong.</summary>
internal sealed class RequestOptions
{
    private readonly string _type;
    private JsonElement _root;

    private RequestOptions(string type) => _type = type;

    /// <summary>What cannot be read in the body, as far as it was read; null where nothing is wrong.</summary>
    public string? Error { get; private set; }

    /// <summary>What can be read and makes no sense; null where nothing is wrong.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Begins to read a body; an empty one says nothing.</summary>
    /// <param name="body">JSON.</param>
    /// <param name="type">What nats-server calls these options, in its errors.</param>
    public static RequestOptions Read(ReadOnlyMemory<byte> body, string type)
    {
        var options = new RequestOptions(type);
        if (!body.IsEmpty)
        {
            options.Parse(body);
        }

        return options;
    }

    /// <summary>A text; empty where it is absent.</summary>
    public string Text(string name, string goType = "string") => Find(name, goType, JsonValueKind.String) is { } value ? value.GetString()! : "";

    public bool Boolean(string name) => Find(name, "bool", JsonValueKind.True, JsonValueKind.False) is { ValueKind: JsonValueKind.True };

    /// <summary>A whole number; 0 where it is absent.</summary>
    public long Integer(string name, string goType = "int")
    {
        if (Find(name, goType, JsonValueKind.Number) is not { } value)
        {
            return 0;
        }

        if (!value.TryGetInt64(out long number))
        {
            FailType($"number {value.GetRawText()}", name, goType);
        }

        return number;
    }

    /// <summary>A whole number that is not below 0; 0 where it is absent.</summary>
    public ulong Unsigned(string name)
    {
        if (Find(name, "uint64", JsonValueKind.Number) is not { } value)
        {
            return 0;
        }

        if (!value.TryGetUInt64(out ulong number))
        {
            FailType($"number {value.GetRawText()}", name, "uint64");
        }

        return number;
    }

    /// <summary>Several texts; none where it is absent.</summary>
    public IReadOnlyList<string> Texts(string name)
    {
        if (Find(name, "[]string", JsonValueKind.Array) is not { } value)
        {
            return [];
        }

        foreach ((int index, JsonElement item) in value.EnumerateArray().Index())
        {
            if (item.ValueKind != JsonValueKind.String)
            {
                Error ??= $"json: cannot unmarshal {KindName(item.ValueKind)} into {_type}.{name}.{index} of type string";
                return [];
            }
        }

        return [.. value.EnumerateArray().Select(item => item.GetString()!)];
    }

    /// <summary>Takes note of what makes no sense, unless there is something already.</summary>
    public void Refuse(string problem) => Refusal ??= problem;

    private void Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            _root = document.RootElement.Clone();
            ReadTexts(_root);
        }
        catch (JsonException exception)
        {
            Error = Describe(body.Span, exception);
            return;
        }
        catch (InvalidOperationException)
        {
            // An escaped half of a character: Go replaces it, but nothing we know of has such a name.
            Error = "invalid character in string escape code";
            return;
        }

        if (_root.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null))
        {
            Error = $"json: cannot unmarshal {KindName(_root.ValueKind)} into Go value of type server.{_type}";
        }
    }

    // All that Find and its callers will read, so that they never fail.
    private static void ReadTexts(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            element.GetString();
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in element.EnumerateArray())
            {
                ReadTexts(item);
            }
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in element.EnumerateObject())
            {
                _ = property.Name;
                ReadTexts(property.Value);
            }
        }
    }

    private JsonElement? Find(string name, string goType, params ReadOnlySpan<JsonValueKind> kinds)
    {
        if (_root.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        JsonElement found = _root.EnumerateObject().LastOrDefault(property => property.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
        if (found.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
        {
            return null;
        }

        if (kinds.Contains(found.ValueKind))
        {
            return found;
        }

        FailType(KindName(found.ValueKind), name, goType);
        return null;
    }

    private void FailType(string given, string name, string goType) =>
        Error ??= $"json: cannot unmarshal {given} into Go struct field {_type}.{name} of type {goType}";

    private static string KindName(JsonValueKind kind) => kind switch
    {
        JsonValueKind.True or JsonValueKind.False => "bool",
        _ => kind.ToString().ToLowerInvariant(),
    };

    private static string Describe(ReadOnlySpan<byte> body, JsonException exception)
    {
        int offset = (int)(exception.BytePositionInLine ?? 0);
        for (long line = exception.LineNumber ?? 0; line > 0; line--)
        {
            offset += body[offset..].IndexOf((byte)'\n') + 1;
        }

        ReadOnlySpan<byte> before = body[..Math.Min(offset, body.Length)].TrimEnd(" \t\r\n"u8);
        return offset >= body.Length ? "unexpected end of JSON input"
            : $"invalid character {GoQuote.Text(body.Slice(offset, 1)).Replace('"', '\'')} {Place(before)}";
    }

    // Where Go would say that it is. It knows a few more places; these are where mistakes are made.
    private static string Place(ReadOnlySpan<byte> before) => before switch
    {
        [] or [.., (byte)':' or (byte)'['] => "looking for beginning of value",
        [.., (byte)'{'] => "looking for beginning of object key string",
        [.., (byte)'}' or (byte)']'] => "after top-level value",
        _ => "looking for beginning of value",
    };
}
