using System.Buffers;
using System.Text;
using System.Text.Json;

namespace NatsKestrel.Broker.Connections;

/// <summary>Shows a CONNECT without what must stay secret.</summary>
internal static class ConnectRedactor
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = Protocol.GoJsonEncoder.Instance, SkipValidation = true };

    /// <summary>The JSON with the values of secret fields replaced, every one of them, at any depth.</summary>
    /// <returns>Where the text is no JSON, only that.</returns>
    public static string Redact(ReadOnlySpan<byte> json)
    {
        var output = new ArrayBufferWriter<byte>();
        try
        {
            var reader = new Utf8JsonReader(json);
            using var writer = new Utf8JsonWriter(output, Relaxed);
            while (reader.Read())
            {
                Copy(ref reader, writer);
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return "[unreadable]";
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static void Copy(ref Utf8JsonReader reader, Utf8JsonWriter writer)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                writer.WriteStartObject();
                break;
            case JsonTokenType.EndObject:
                writer.WriteEndObject();
                break;
            case JsonTokenType.StartArray:
                writer.WriteStartArray();
                break;
            case JsonTokenType.EndArray:
                writer.WriteEndArray();
                break;
            case JsonTokenType.PropertyName:
                CopyProperty(ref reader, writer);
                break;
            case JsonTokenType.String:
                writer.WriteStringValue(reader.GetString());
                break;
            default:
                writer.WriteRawValue(reader.ValueSpan, skipInputValidation: true);
                break;
        }
    }

    private static void CopyProperty(ref Utf8JsonReader reader, Utf8JsonWriter writer)
    {
        string name = reader.GetString()!;
        writer.WritePropertyName(name);
        if (IsSecret(name))
        {
            reader.Read();
            reader.Skip();
            writer.WriteStringValue("[REDACTED]");
        }
    }

    // LOG-1; the reference server shows jwt.
    private static bool IsSecret(string name) => name.ToUpperInvariant() is
        "PASS" or "PASSWORD" or "AUTH_TOKEN" or "TOKEN" or "JWT" or "SIG" or "NKEY" or "SEED" or "PROXY_SIG" or "ACCESS_TOKEN" or "COOKIE";
}
