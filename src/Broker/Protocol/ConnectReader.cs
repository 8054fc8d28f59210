using System.Text;
using System.Text.Json;

namespace NatsKestrel.Broker.Protocol;

/// <summary>Reads the JSON of CONNECT over the options already in force, as Go's decoder would.</summary>
/// <remarks>
/// Names match in any letter case, unknown ones are skipped, the last of several wins, <c>null</c> changes nothing; a value
/// of another type than nats-server 2.15.1 declares fails the whole text, also for fields that mean nothing to us.
/// </remarks>
internal static class ConnectReader
{
    private const int MaxNameBytes = 256;
    private const int MaxLangBytes = 64;
    private const int MaxVersionBytes = 64;

    // One deeper fails. nats-server follows any depth that fits its control line.
    private static readonly JsonReaderOptions Strict = new() { MaxDepth = 64 };

    /// <summary>What holds after a CONNECT with this argument.</summary>
    /// <exception cref="ProtocolException">The text is no JSON object, or a known field has the wrong type.</exception>
    public static ConnectOptions Read(ReadOnlySpan<byte> json, ConnectOptions current)
    {
        try
        {
            var reader = new Utf8JsonReader(json, Strict);
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                current = ReadObject(ref reader, current);
            }
            else
            {
                Require(reader.TokenType == JsonTokenType.Null);
            }

            // At the end this finds text behind the value.
            reader.Read();
            return current;
        }
        catch (JsonException)
        {
            // Its message quotes the input, which may hold a password: it goes nowhere.
            throw new ProtocolException(ProtocolError.Violation);
        }
    }

    /// <summary>Checks the argument of an INFO, whose content means nothing to a server.</summary>
    /// <exception cref="ProtocolException">The text is neither a JSON object nor <c>null</c>, or a field has the wrong type.</exception>
    public static void CheckInfo(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, Strict);
            reader.Read();
            Require(reader.TokenType is JsonTokenType.StartObject or JsonTokenType.Null);
            while (reader.TokenType != JsonTokenType.Null && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = Text(ref reader).ToLowerInvariant();
                reader.Read();
                if (reader.TokenType != JsonTokenType.Null)
                {
                    CheckInfoField(ref reader, name);
                }
            }

            reader.Read();
        }
        catch (JsonException)
        {
            throw new ProtocolException(ProtocolError.Violation);
        }
    }

    private static void CheckInfoField(ref Utf8JsonReader reader, string name)
    {
        switch (name)
        {
            case "server_id" or "server_name" or "version" or "git_commit" or "go" or "host" or "ip" or "client_ip" or "nonce"
                or "cluster" or "domain" or "xkey" or "remote_account":
                String(ref reader);
                break;
            case "proto" or "port" or "max_payload" or "client_id" or "api_lvl":
                Integer(ref reader);
                break;
            case "headers" or "auth_required" or "tls_required" or "tls_verify" or "tls_available" or "jetstream" or "ldm"
                or "connect_info" or "acc_is_sys":
                Bool(ref reader);
                break;
            default:
                reader.Skip();
                break;
        }
    }

    private static ConnectOptions ReadObject(ref Utf8JsonReader reader, ConnectOptions options)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = Text(ref reader).ToLowerInvariant();
            reader.Read();
            if (reader.TokenType != JsonTokenType.Null)
            {
                options = ReadField(ref reader, name, options);
            }
        }

        return options;
    }

    private static ConnectOptions ReadField(ref Utf8JsonReader reader, string name, ConnectOptions options)
    {
        switch (name)
        {
            case "verbose": return options with { Verbose = Bool(ref reader) };
            case "pedantic": return options with { Pedantic = Bool(ref reader) };
            case "echo": return options with { Echo = Bool(ref reader) };
            case "headers": return options with { Headers = Bool(ref reader) };
            case "no_responders": return options with { NoResponders = Bool(ref reader) };
            case "protocol": return options with { Protocol = Integer(ref reader) };
            case "name": return options with { Name = Truncate(String(ref reader), MaxNameBytes) };
            case "lang": return options with { Lang = Truncate(String(ref reader), MaxLangBytes) };
            case "version": return options with { Version = Truncate(String(ref reader), MaxVersionBytes) };
            case "user": return options with { User = String(ref reader) };
            case "pass": return options with { Pass = String(ref reader) };
            case "auth_token": return options with { AuthToken = String(ref reader) };
            case "nkey": return options with { Nkey = String(ref reader) };
            case "sig": return options with { Sig = String(ref reader) };
            case "jwt": return options with { Jwt = String(ref reader) };
            case "account": return options with { Account = String(ref reader) };
            case "new_account": return options with { NewAccount = Bool(ref reader) };
            case "tls_required": Bool(ref reader); break;
            case "proxy_sig" or "remote_account": String(ref reader); break;
            case "import" or "export": CheckSubjects(ref reader); break;
            default: reader.Skip(); break;
        }

        return options;
    }

    /// <summary>A leaf node's permissions: <c>{"allow": [subject…], "deny": [subject…]}</c>. Clients' are only checked.</summary>
    private static void CheckSubjects(ref Utf8JsonReader reader)
    {
        Require(reader.TokenType == JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isList = Text(ref reader).ToLowerInvariant() is "allow" or "deny";
            reader.Read();
            if (!isList || reader.TokenType == JsonTokenType.Null)
            {
                reader.Skip();
                continue;
            }

            Require(reader.TokenType == JsonTokenType.StartArray);
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                Require(reader.TokenType is JsonTokenType.String or JsonTokenType.Null);
            }
        }
    }

    private static bool Bool(ref Utf8JsonReader reader)
    {
        Require(reader.TokenType is JsonTokenType.True or JsonTokenType.False);
        return reader.GetBoolean();
    }

    /// <summary>Go reads 64 bits here: what is too large for us is a wrong number, not a wrong type.</summary>
    private static int Integer(ref Utf8JsonReader reader)
    {
        long value = 0;
        Require(reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out value));
        return (int)Math.Clamp(value, int.MinValue, int.MaxValue);
    }

    private static string String(ref Utf8JsonReader reader)
    {
        Require(reader.TokenType == JsonTokenType.String);
        return Text(ref reader);
    }

    /// <summary>The text of a string or name; what is no Unicode becomes U+FFFD, as in Go, where <c>GetString</c> would throw.</summary>
    private static string Text(ref Utf8JsonReader reader)
    {
        string text = Encoding.UTF8.GetString(reader.ValueSpan);
        return reader.ValueIsEscaped ? Unescape(text) : text;
    }

    private static string Unescape(string text)
    {
        var plain = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                plain.Append(text[i]);
                continue;
            }

            // The reader has already refused every other escape.
            switch (text[++i])
            {
                case 'b': plain.Append('\b'); break;
                case 'f': plain.Append('\f'); break;
                case 'n': plain.Append('\n'); break;
                case 'r': plain.Append('\r'); break;
                case 't': plain.Append('\t'); break;
                case 'u':
                    plain.Append((char)Convert.ToUInt16(text.Substring(i + 1, 4), 16));
                    i += 4;
                    break;
                default: plain.Append(text[i]); break;
            }
        }

        // There and back, for halves of surrogate pairs.
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(plain.ToString()));
    }

    /// <summary>Cuts what connection records would keep for long, between two characters.</summary>
    private static string Truncate(string text, int maxBytes)
    {
        int bytes = 0;
        int length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > maxBytes)
            {
                return text[..length];
            }

            length += rune.Utf16SequenceLength;
        }

        return text;
    }

    private static void Require(bool condition)
    {
        if (!condition)
        {
            throw new ProtocolException(ProtocolError.Violation);
        }
    }
}
