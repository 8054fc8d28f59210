using System.Net;
using System.Text;
using System.Text.Json;
using NatsKestrel.Broker.Accounts.Authentication;
using NatsKestrel.Broker.Accounts.Permissions;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Accounts.Jwt;

/// <summary>Logs users in by JWT: each link from the user over its account to a trusted operator is looked at.</summary>
internal static class UserClaims
{
    /// <summary>Who the client is.</summary>
    /// <returns>Null where any link is broken. Nothing says which one.</returns>
    public static User? Check(LoginRequest request, OperatorTrust trust, AccountDirectory accounts, DateTimeOffset now)
    {
        if (SignedClaims.TryRead(request.Options.Jwt, "user") is not { } claims)
        {
            return null;
        }

        bool HasSigned(JsonElement rules, AccountClaims account) => JsonText.Flag(rules, "bearer_token")
            ? !account.DisallowsBearer
            : request.Nonce is not null && Ed25519.Verify(claims.Subject, Encoding.ASCII.GetBytes(request.Nonce), request.Options.Sig);

        return Check(claims, request, trust, accounts, now, HasSigned);
    }

    /// <summary>Who the client is by claims that somebody else has brought: it need not sign itself.</summary>
    public static User? CheckIssued(SignedClaims claims, LoginRequest request, OperatorTrust trust, AccountDirectory accounts, DateTimeOffset now) =>
        Check(claims, request, trust, accounts, now, static (_, _) => true);

    private static User? Check(
        SignedClaims claims, LoginRequest request, OperatorTrust trust, AccountDirectory accounts, DateTimeOffset now, Func<JsonElement, AccountClaims, bool> hasSigned)
    {
        if (!claims.IsValidAt(now))
        {
            return null;
        }

        string issuerAccount = JsonText.Of(claims.Nats, "issuer_account");
        string name = issuerAccount.Length > 0 ? issuerAccount : claims.Issuer;
        if (trust.Find(name, now) is not { } account || !account.IsSigner(claims.Issuer)
            || account.IsRevoked(claims.Subject, claims.IssuedAt) || !accounts.TryGet(name, out Account? found))
        {
            return null;
        }

        // A key with a scope decides alone what its users may do: claims of their own would be a way around it.
        JsonElement? template = account.TemplateOf(claims.Issuer);
        JsonElement rules = template ?? claims.Nats;
        return hasSigned(rules, account) && IsAllowedHere(request, rules, now) ? ToUser(claims, account, found, rules, isTemplate: template is not null) : null;
    }

    /// <summary>Who somebody is who logged in by a JWT, now that accounts may have changed.</summary>
    /// <param name="earlier">Who it was.</param>
    /// <param name="trust">What is trusted now.</param>
    /// <param name="accounts">The accounts there are now.</param>
    /// <param name="now">The time.</param>
    /// <param name="problem">What it must be told, where the result is null.</param>
    public static User? CheckAgain(User earlier, OperatorTrust trust, AccountDirectory accounts, DateTimeOffset now, out ProtocolError problem)
    {
        problem = ProtocolError.AuthorizationViolation;
        if (earlier.Jwt is not { } jwt)
        {
            return null;
        }

        if (trust.Find(jwt.Account, now) is not { } claims || !accounts.TryGet(jwt.Account, out Account? account))
        {
            problem = ProtocolError.AccountAuthenticationExpired;
            return null;
        }

        if (claims.IsRevoked(jwt.Subject, jwt.IssuedAt))
        {
            problem = ProtocolError.UserAuthenticationRevoked;
            return null;
        }

        if (!claims.IsSigner(jwt.Issuer))
        {
            problem = ProtocolError.Violation; // nats-server closes without a word
            return null;
        }

        return jwt.IsBearer && claims.DisallowsBearer ? null : earlier with { Account = account, AccountExpires = claims.Claims.Expires };
    }

    /// <summary>A user of an account of the settings, as a service signed it.</summary>
    /// <param name="claims">What it signed.</param>
    /// <param name="account">The account.</param>
    /// <param name="name">What the client calls itself; counts where the claims have no name.</param>
    /// <returns>Null where its permissions are none.</returns>
    public static User? Plain(SignedClaims claims, Account account, string name)
    {
        name = claims.Name.Length > 0 ? claims.Name : name.Length > 0 ? name : claims.Subject;
        PermissionOptions? permissions = JsonText.Permissions(claims.Nats) ?? account.Options.DefaultPermissions;
        return PermissionRules.Check("", permissions).Any() ? null : new User
        {
            Name = name,
            LogName = $"user:{name}",
            Account = account,
            Permissions = UserPermissions.From(permissions),
            MaxPayload = JsonText.Number(claims.Nats, "payload", -1),
            MaxSubscriptions = JsonText.Number(claims.Nats, "subs", -1),
            Expires = claims.Expires,
            IsOfApplication = true,
        };
    }

    /// <summary>True where claims allow the way in, the address and the time of day.</summary>
    public static bool IsAllowedHere(LoginRequest request, JsonElement rules, DateTimeOffset now) =>
        (ConnectionTypeNames.Parse(JsonText.Texts(rules, "allowed_connection_types")) & request.Way) != 0
        && IsFromHere(rules, request.Remote?.Address)
        && IsInTime(rules, now);

    private static bool IsFromHere(JsonElement rules, IPAddress? address)
    {
        List<string> sources = JsonText.Texts(rules, "src");
        return sources.Count == 0
            || (address is not null && sources.Exists(source => IPNetwork.TryParse(source, out IPNetwork network) && network.Contains(address)));
    }

    private static bool IsInTime(JsonElement rules, DateTimeOffset now)
    {
        JsonElement[] windows = [.. JsonText.Items(rules, "times")];
        if (windows.Length == 0)
        {
            return true;
        }

        string zone = JsonText.Of(rules, "times_location");
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone.Length > 0 ? zone : "UTC", out TimeZoneInfo? location))
        {
            return false;
        }

        TimeOnly time = TimeOnly.FromTimeSpan(TimeZoneInfo.ConvertTime(now, location).TimeOfDay);
        return Array.Exists(windows, window => TimeOnly.TryParse(JsonText.Of(window, "start"), out TimeOnly start)
            && TimeOnly.TryParse(JsonText.Of(window, "end"), out TimeOnly end) && time.IsBetween(start, end));
    }

    private static User? ToUser(SignedClaims claims, AccountClaims account, Account found, JsonElement rules, bool isTemplate)
    {
        PermissionOptions? permissions = JsonText.Permissions(rules);
        if (isTemplate && permissions is not null && !PermissionTemplate.TryFill(permissions, claims, account.Claims))
        {
            return null;
        }

        permissions ??= found.Options.DefaultPermissions;
        if (PermissionRules.Check("", permissions).Any())
        {
            return null;
        }

        return new User
        {
            Name = claims.Subject,
            LogName = $"jwt:{claims.Subject}",
            Account = found,
            Permissions = UserPermissions.From(permissions),
            MaxPayload = JsonText.Number(rules, "payload", -1),
            MaxSubscriptions = JsonText.Number(rules, "subs", -1),
            Expires = claims.Expires,
            AccountExpires = account.Claims.Expires,
            Jwt = new UserJwt(claims.Subject, claims.Issuer, found.Name, claims.IssuedAt, JsonText.Flag(rules, "bearer_token")),
        };
    }
}
