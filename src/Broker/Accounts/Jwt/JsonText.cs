using System.Text.Json;
using NatsKestrel.Broker.Configuration;

namespace NatsKestrel.Broker.Accounts.Jwt;

/// <summary>Reads members of claims, forgiving those that are absent.</summary>
internal static class JsonText
{
    /// <summary>A text, or empty.</summary>
    public static string Of(JsonElement element, string name) =>
        Find(element, name, JsonValueKind.String) is { } value ? value.GetString()! : "";

    /// <summary>A number, or what stands for none.</summary>
    public static long Number(JsonElement element, string name, long otherwise) =>
        Find(element, name, JsonValueKind.Number) is { } value && value.TryGetInt64(out long number) ? number : otherwise;

    public static bool Flag(JsonElement element, string name) => Find(element, name, JsonValueKind.True) is not null;

    /// <summary>A time in seconds since 1970; null for none, which 0 stands for too.</summary>
    public static DateTimeOffset? Time(JsonElement element, string name) =>
        Number(element, name, 0) is var seconds && seconds is > 0 and < 253_402_300_799 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    /// <summary>The texts of a list.</summary>
    public static List<string> Texts(JsonElement element, string name) =>
        [.. Items(element, name).Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)];

    /// <summary>A list of texts and of nothing else; null where there is none.</summary>
    public static List<string>? List(JsonElement element, string name) => Find(element, name, JsonValueKind.Array) is { } list
        && list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) ? Texts(element, name) : null;

    /// <summary>What is in a list; nothing where there is none.</summary>
    public static IEnumerable<JsonElement> Items(JsonElement element, string name) =>
        Find(element, name, JsonValueKind.Array) is { } list ? list.EnumerateArray() : [];

    /// <summary>An object; null where there is none.</summary>
    public static JsonElement? Object(JsonElement element, string name) => Find(element, name, JsonValueKind.Object);

    /// <summary><c>pub</c>, <c>sub</c> and <c>resp</c>, as settings have them; null where none of them says anything.</summary>
    public static PermissionOptions? Permissions(JsonElement element)
    {
        var permissions = new PermissionOptions { Publish = Lists(element, "pub"), Subscribe = Lists(element, "sub") };
        if (Object(element, "resp") is { } responses)
        {
            permissions.AllowResponses = new ResponsePermissionOptions
            {
                Max = (int)Math.Clamp(Number(responses, "max", 0), -1, int.MaxValue),
                Expires = new TimeSpan(Number(responses, "ttl", 0) / TimeSpan.NanosecondsPerTick),
            };
        }

        return permissions is { Publish: null, Subscribe: null, AllowResponses: null } ? null : permissions;
    }

    private static JsonElement? Find(JsonElement element, string name, JsonValueKind kind) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind == kind ? value : null;

    private static SubjectPermissionOptions? Lists(JsonElement element, string name) => Object(element, name) is { } lists
        && (Texts(lists, "allow"), Texts(lists, "deny")) is var (allow, deny) && allow.Count + deny.Count > 0
        ? new SubjectPermissionOptions { Allow = allow, Deny = deny }
        : null;
}
