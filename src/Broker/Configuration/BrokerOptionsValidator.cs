using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace NatsKestrel.Broker.Configuration;

/// <summary>Checks every rule before the first port opens, and words each broken one for whoever wrote the setting.</summary>
internal sealed partial class BrokerOptionsValidator(IConfiguration configuration) : IValidateOptions<NatsBrokerOptions>
{
    private readonly AttributeRules _attributeRules = new();

    public ValidateOptionsResult Validate(string? name, NatsBrokerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        BrokenRule[] attributes = [.. CheckAttributes(options)];

        // Two numbers are compared once each makes sense by itself.
        var pairs = attributes.Length == 0 ? CrossFieldRules.CheckPairs(options) : [];
        string[] problems = [.. attributes.Concat(CrossFieldRules.CheckTexts(options)).Concat(pairs)
            .Concat(LoginRules.Check(options)).Concat(AccountRules.Check(options)).Concat(TlsRules.Check(options)).Select(rule => OptionProblem.Broken(configuration, options, rule.Key, rule.Text))];
        return problems.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    // Given the section's name, the generated checks say "MaxPayload: The field Nats.Limits.MaxPayload must be between …".
    private IEnumerable<BrokenRule> CheckAttributes(NatsBrokerOptions options)
    {
        foreach (string failure in _attributeRules.Validate(NatsBrokerOptions.SectionName, options).Failures ?? [])
        {
            var match = GeneratedFailure().Match(failure);
            yield return match.Success
                ? new BrokenRule(match.Groups["path"].Value.Replace('.', ':'), match.Groups["rule"].Value)
                : new BrokenRule(NatsBrokerOptions.SectionName, failure);
        }
    }

    [GeneratedRegex(@"The (field )?(?<path>Nats[.\w]*)( field)? (?<rule>.+?)\.?$", RegexOptions.ExplicitCapture)]
    private static partial Regex GeneratedFailure();
}
