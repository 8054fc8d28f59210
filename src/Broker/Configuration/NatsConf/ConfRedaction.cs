namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary>Keeps secrets out of messages.</summary>
internal static class ConfRedaction
{
    /// <summary>What stands in place of a secret.</summary>
    public const string Mark = "[REDACTED]";

    private static readonly string[] SecretKeys =
        ["pass", "password", "token", "seed", "nkey", "key", "prev_key", "encryption_key", "ek", "jwt", "creds", "credentials", "default_sentinel"];

    /// <summary>True for the key of a value that must not be shown.</summary>
    public static bool IsSecret(string key) => SecretKeys.Contains(key, StringComparer.OrdinalIgnoreCase);

    /// <summary>A URL without the user and password that may stand in it.</summary>
    public static string Url(string url)
    {
        int start = url.IndexOf("://", StringComparison.Ordinal) is >= 0 and int scheme ? scheme + 3 : 0;
        int at = url.LastIndexOf('@');
        return at < start ? url : $"{url[..start]}{Mark}{url[at..]}";
    }
}
