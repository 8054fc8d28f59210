using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using NatsKestrel.Broker.Accounts.Imports;
using NatsKestrel.Broker.Accounts.Jwt;
using NatsKestrel.Broker.Accounts.Permissions;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Protocol;
using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Broker.Accounts;

/// <summary>Checks keys and subjects in the settings of users and accounts before the first port opens.</summary>
internal sealed class AccountsValidator(IConfiguration configuration) : IValidateOptions<NatsBrokerOptions>
{
    public ValidateOptionsResult Validate(string? name, NatsBrokerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        string[] problems = [.. Check(options).Select(rule => OptionProblem.Broken(configuration, options, rule.Key, rule.Text))];
        return problems.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    /// <summary>Every rule that is broken.</summary>
    public static IEnumerable<BrokenRule> Check(NatsBrokerOptions options) =>
        LoginRules.AllUsers(options).SelectMany(user => CheckUser(user.Key, user.User))
            .Concat(PermissionRules.Check("Nats:Authorization:DefaultPermissions", options.Authorization?.DefaultPermissions))
            .Concat((options.Accounts ?? []).Index().SelectMany(entry => CheckAccount($"Nats:Accounts:{entry.Index}", entry.Item)))
            .Concat(OperatorTrust.Check(options))
            .Concat(ImportRules.Check(options.Accounts ?? []))
            .Concat(CheckMappings("Nats:Mappings", options.Mappings ?? []))
            .Concat(CheckCallout(options.Authorization?.AuthCallout));

    private static IEnumerable<BrokenRule> CheckUser(string key, UserOptions user)
    {
        if (user.Nkey.Length > 0 && !NkeyText.IsKey(user.Nkey, NkeyText.UserPrefix))
        {
            yield return new($"{key}:Nkey", "must be a public user nkey");
        }

        foreach (BrokenRule broken in PermissionRules.Check($"{key}:Permissions", user.Permissions))
        {
            yield return broken;
        }
    }

    private static IEnumerable<BrokenRule> CheckAccount(string key, AccountOptions account)
    {
        if (account.Nkey.Length > 0 && !NkeyText.IsKey(account.Nkey, NkeyText.AccountPrefix))
        {
            yield return new($"{key}:Nkey", "must be a public account nkey");
        }

        foreach (BrokenRule broken in PermissionRules.Check($"{key}:DefaultPermissions", account.DefaultPermissions)
            .Concat(CheckMappings($"{key}:Mappings", account.Mappings))
            .Concat(account.Exports.Index().SelectMany(entry => CheckExport($"{key}:Exports:{entry.Index}", entry.Item))))
        {
            yield return broken;
        }
    }

    /// <summary>What is wrong with mappings.</summary>
    public static IEnumerable<BrokenRule> CheckMappings(string key, List<MappingOptions> mappings)
    {
        foreach ((int index, MappingOptions mapping) in mappings.Index())
        {
            if (!IsSubject(mapping.Source))
            {
                yield return new($"{key}:{index}:Source", "must be a subject");
                continue;
            }

            foreach ((int number, MappingDestinationOptions destination) in mapping.Destinations.Index())
            {
                if (destination.Destination != mapping.Source && SubjectTransform.TryCreate(mapping.Source, destination.Destination, out string problem) is null)
                {
                    yield return new($"{key}:{index}:Destinations:{number}:Destination", problem);
                }
            }
        }
    }

    /// <summary>What is wrong with the subject of an export.</summary>
    public static IEnumerable<BrokenRule> CheckExport(string key, ExportOptions export)
    {
        string subject = export.Stream.Length > 0 ? export.Stream : export.Service;
        if (subject.Length > 0 && !IsSubject(subject))
        {
            yield return new($"{key}:{(export.Stream.Length > 0 ? "Stream" : "Service")}", "must be a subject");
        }

        if (export.AccountTokenPosition != 0 && (export.AccountTokenPosition < 1 || subject.Split('.').ElementAtOrDefault(export.AccountTokenPosition - 1) != "*"))
        {
            yield return new($"{key}:AccountTokenPosition", "must be the number of a token that is *");
        }
    }

    private static IEnumerable<BrokenRule> CheckCallout(AuthCalloutOptions? callout)
    {
        if (callout?.Issuer.Length > 0 && !NkeyText.IsKey(callout.Issuer, NkeyText.AccountPrefix))
        {
            yield return new("Nats:Authorization:AuthCallout:Issuer", "must be a public account nkey");
        }

        if (callout?.XKey.Length > 0)
        {
            yield return new("Nats:Authorization:AuthCallout:XKey", "cannot be set: requests to the service are not sealed by this server");
        }
    }

    private static bool IsSubject(string text) => SubjectRules.IsSafeSubscription(Encoding.UTF8.GetBytes(text));
}
