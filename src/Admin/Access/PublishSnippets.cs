using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using NatsKestrel.Admin.Feed;

namespace NatsKestrel.Admin.Access;

/// <summary>How a message is published from elsewhere: a shell, C#, JavaScript.</summary>
internal static class PublishSnippets
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One text for each way; text payloads only.</summary>
    /// <param name="order">The message.</param>
    /// <param name="server">Where clients connect to.</param>
    /// <param name="http">Where its HTTP begins.</param>
    public static IEnumerable<(string Where, string Text)> Of(PublishOrder order, string server, Uri http)
    {
        bool isRequest = order.Replies > 0;
        string payload = PayloadText.Decode(order.Payload);
        (string Line, string Name, string Value)[] headers = [.. order.HeaderLines().Where(static header => header.Name.Length > 0)];
        string seconds = order.Timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        string count = order.Count > 1 ? $" --count {order.Count}" : "";
        string flags = string.Concat(headers.Select(static header => $" -H {Shell($"{header.Name}:{header.Value}")}"));
        yield return ("nats", isRequest
            ? $"nats req -s {server}{flags} --replies {order.Replies} --timeout {seconds}s {Shell(order.Subject)} {Shell(payload)}"
            : $"nats pub -s {server}{flags}{count} {Shell(order.Subject)} {Shell(payload)}");
        if (headers.Length == 0)
        {
            // HTTP carries no headers but those of NATS itself.
            string way = isRequest ? $"request/{Uri.EscapeDataString(order.Subject)}?timeout={order.Timeout.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)}" : $"publish/{Uri.EscapeDataString(order.Subject)}";
            yield return ("curl", $"curl --data-raw {Shell(payload)} {Shell(new Uri(http, "api/v1/" + way).AbsoluteUri)}");
        }

        string csharp = headers.Length == 0 ? "" : $", headers: new NatsHeaders {{ {string.Join(", ", headers.Select(static header => $"[{Literal(header.Name)}] = {Literal(header.Value)}"))} }}";
        yield return ("C#", isRequest
            ? $"var answer = await nats.RequestAsync<string, string>({Literal(order.Subject)}, {Literal(payload)}{csharp});"
            : $"await nats.PublishAsync({Literal(order.Subject)}, {Literal(payload)}{csharp});");
        string set = string.Concat(headers.Select(static header => $"h.append({Literal(header.Name)}, {Literal(header.Value)}); "));
        string script = headers.Length == 0 ? "" : $"const h = headers(); {set}";
        yield return ("JavaScript", isRequest
            ? $"{script}const answer = await nc.request({Literal(order.Subject)}, {Literal(payload)}{(headers.Length == 0 ? "" : $", {{ timeout: {order.Timeout.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)}, headers: h }}")});"
            : $"{script}nc.publish({Literal(order.Subject)}, {Literal(payload)}{(headers.Length == 0 ? "" : ", { headers: h }")});");
    }

    private static string Shell(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    // A JSON string is one of C# and of JavaScript as well.
    private static string Literal(string text) => JsonSerializer.Serialize(text, Relaxed);
}
