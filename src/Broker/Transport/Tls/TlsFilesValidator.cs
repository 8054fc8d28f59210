using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using NatsKestrel.Broker.Configuration;

namespace NatsKestrel.Broker.Transport.Tls;

/// <summary>Reads certificate and key before the first port opens, so that a wrong path is one line and not a server without TLS.</summary>
internal sealed class TlsFilesValidator(IConfiguration configuration) : IValidateOptions<NatsBrokerOptions>
{
    public ValidateOptionsResult Validate(string? name, NatsBrokerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (TlsRules.Check(options).Any())
        {
            return ValidateOptionsResult.Success;
        }

        var problems = new List<string>();
        foreach (TlsSection section in TlsSection.All(options))
        {
            if (!TlsContext.TryCreate(section, out _, out BrokenRule problem))
            {
                problems.Add(OptionProblem.Broken(configuration, options, problem.Key, problem.Text));
            }
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
