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
        if (options.Tls is null || options.Tls.CertFile.Length == 0 || TlsRules.Check(options).Any()
            || TlsContext.TryCreate(options.Tls, options.AllowNonTls, out BrokenRule problem) is not null)
        {
            return ValidateOptionsResult.Success;
        }

        return ValidateOptionsResult.Fail(OptionProblem.Broken(configuration, options, problem.Key, problem.Text));
    }
}
