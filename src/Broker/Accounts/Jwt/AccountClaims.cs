using System.Text;
using System.Text.Json;
using NatsKestrel.Broker.Accounts.Callout;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Broker.Accounts.Jwt;

/// <summary>An account as its JWT describes it.</summary>
internal sealed class AccountClaims
{
    private readonly Dictionary<string, JsonElement?> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _revoked = new(StringComparer.Ordinal);

    private AccountClaims(SignedClaims claims)
    {
        Claims = claims;
        JsonElement nats = claims.Nats;
        JsonElement limits = JsonText.Object(nats, "limits") ?? default;
        _keys.Add(claims.Subject, null);
        foreach (JsonElement key in JsonText.Items(nats, "signing_keys"))
        {
            if (key.ValueKind == JsonValueKind.String)
            {
                _keys[key.GetString()!] = null;
            }
            else if (key.ValueKind == JsonValueKind.Object)
            {
                _keys[JsonText.Of(key, "key")] = JsonText.Object(key, "template");
            }
        }

        foreach (JsonProperty revocation in JsonText.Object(nats, "revocations")?.EnumerateObject() ?? default)
        {
            if (revocation.Value.ValueKind == JsonValueKind.Number && revocation.Value.TryGetInt64(out long until))
            {
                _revoked[revocation.Name] = until;
            }
        }

        Callout = CalloutRules.From(claims);
        DisallowsBearer = limits.ValueKind == JsonValueKind.Object && JsonText.Flag(limits, "disallow_bearer");
    }

    public SignedClaims Claims { get; }

    /// <summary>The service that decides about its users; null where their JWTs do.</summary>
    public CalloutRules? Callout { get; }

    /// <summary>True where users must sign, whatever their JWT says.</summary>
    public bool DisallowsBearer { get; }

    public static AccountClaims? TryRead(string jwt) => SignedClaims.TryRead(jwt, out _) is { } claims ? From(claims) : null;

    /// <returns>Null where they are not an account's.</returns>
    public static AccountClaims? From(SignedClaims claims) => claims.Type == "account" ? new AccountClaims(claims) : null;

    /// <summary>The same as settings say it, so that one code makes accounts of both.</summary>
    public AccountOptions ToOptions() => ToOptions(Claims, Claims.Nats, JsonText.Object(Claims.Nats, "limits") ?? default);

    /// <summary>True for the account's own key and those it lets sign.</summary>
    public bool IsSigner(string key) => _keys.ContainsKey(key);

    /// <summary>What every user signed by that key may do at most; null where the users' own claims say it.</summary>
    public JsonElement? TemplateOf(string key) => _keys.GetValueOrDefault(key);

    /// <summary>True for users whose JWT was issued before they were revoked.</summary>
    public bool IsRevoked(string user, DateTimeOffset issuedAt) =>
        IsBefore(_revoked, user, issuedAt) || IsBefore(_revoked, "*", issuedAt);

    /// <summary>Looks for the activation token of an import of this account's.</summary>
    /// <param name="import">The import.</param>
    /// <param name="isService">False for a stream.</param>
    /// <returns>Null where there is none.</returns>
    public SignedClaims? ActivationOf(ImportSourceOptions import, bool isService) => JsonText.Items(Claims.Nats, "imports")
        .Where(entry => JsonText.Of(entry, "account") == import.Account && JsonText.Of(entry, "subject") == import.Subject
            && JsonText.Of(entry, "type") == (isService ? "service" : "stream"))
        .Select(entry => SignedClaims.TryRead(JsonText.Of(entry, "token"), "activation")).FirstOrDefault(token => token is not null);

    /// <summary>True where such a token of this account's lets the importer have the subject.</summary>
    public bool Grants(SignedClaims token, string importer, string subject, bool isService) =>
        token.Subject == importer && IsSigner(token.Issuer) && JsonText.Of(token.Nats, "issuer_account") is var owner && (owner.Length == 0 || owner == Claims.Subject)
        && JsonText.Of(token.Nats, "kind") == (isService ? "service" : "stream")
        && SubjectRules.Covers(Encoding.UTF8.GetBytes(JsonText.Of(token.Nats, "subject")), Encoding.UTF8.GetBytes(subject))
        && !JsonText.Items(Claims.Nats, "exports").Any(export => JsonText.Object(export, "revocations") is { } revoked
            && SubjectRules.Covers(Encoding.UTF8.GetBytes(JsonText.Of(export, "subject")), Encoding.UTF8.GetBytes(subject))
            && token.IssuedAt.ToUnixTimeSeconds() <= Math.Max(JsonText.Number(revoked, importer, -1), JsonText.Number(revoked, "*", -1)));

    private static bool IsBefore(Dictionary<string, long> revoked, string user, DateTimeOffset issuedAt) =>
        revoked.TryGetValue(user, out long until) && issuedAt.ToUnixTimeSeconds() <= until;

    private static AccountOptions ToOptions(SignedClaims claims, JsonElement nats, JsonElement limits) => new()
    {
        Name = claims.Subject,
        Nkey = claims.Subject,
        Exports = [.. JsonText.Items(nats, "exports").Select(ToExport)],
        Imports = [.. JsonText.Items(nats, "imports").Select(ToImport)],
        Mappings = [.. (JsonText.Object(nats, "mappings")?.EnumerateObject() ?? default).Select(ToMapping)],
        DefaultPermissions = JsonText.Object(nats, "default_permissions") is { } permissions ? JsonText.Permissions(permissions) : null,
        Limits = limits.ValueKind != JsonValueKind.Object ? new AccountLimitOptions() : new AccountLimitOptions
        {
            MaxConnections = Limit(limits, "conn"),
            MaxSubscriptions = Limit(limits, "subs"),
            MaxPayload = Limit(limits, "payload"),
            MaxLeafs = Limit(limits, "leaf"),
        },
    };

    private static int Limit(JsonElement limits, string name) => (int)Math.Clamp(JsonText.Number(limits, name, -1), -1, int.MaxValue);

    private static ExportOptions ToExport(JsonElement export)
    {
        bool isService = JsonText.Of(export, "type") == "service";
        return new ExportOptions
        {
            Stream = isService ? "" : JsonText.Of(export, "subject"),
            Service = isService ? JsonText.Of(export, "subject") : "",
            ResponseType = isService ? JsonText.Of(export, "response_type") : "",
            ResponseThreshold = new TimeSpan(JsonText.Number(export, "response_threshold", 0) / TimeSpan.NanosecondsPerTick),
            AccountTokenPosition = (int)JsonText.Number(export, "account_token_position", 0),
            NeedsActivation = JsonText.Flag(export, "token_req"),
        };
    }

    private static ImportOptions ToImport(JsonElement import)
    {
        var source = new ImportSourceOptions { Account = JsonText.Of(import, "account"), Subject = JsonText.Of(import, "subject") };
        string local = JsonText.Of(import, "local_subject");
        bool isService = JsonText.Of(import, "type") == "service";
        string to = JsonText.Of(import, "to");
        return new ImportOptions
        {
            Service = isService ? source : null,
            Stream = isService ? null : source,
            To = local.Length > 0 ? local : isService ? to : "",
            Prefix = !isService && local.Length == 0 ? to : "",
            Share = isService && JsonText.Flag(import, "share"),
        };
    }

    private static MappingOptions ToMapping(JsonProperty mapping) => new()
    {
        Source = mapping.Name,
        Destinations = mapping.Value.ValueKind != JsonValueKind.Array ? [] : [.. mapping.Value.EnumerateArray().Select(destination => new MappingDestinationOptions
        {
            Destination = JsonText.Of(destination, "subject"),
            Weight = (int)JsonText.Number(destination, "weight", 100) is var weight and > 0 ? weight : 100,
            Cluster = JsonText.Of(destination, "cluster"),
        })],
    };
}
