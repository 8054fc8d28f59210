using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace NatsKestrel.Broker.Configuration;

/// <summary>Fills the options from section <c>Nats</c>, after saying everything that is wrong with its text.</summary>
/// <remarks>In place of <c>BindConfiguration</c>, which stops at the first bad value and passes over misspelt keys.</remarks>
internal sealed class BrokerOptionsSetup(IConfiguration configuration) : IConfigureOptions<NatsBrokerOptions>
{
    public void Configure(NatsBrokerOptions options)
    {
        var problems = SectionCheck.Run(configuration);
        if (problems.Count > 0)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(NatsBrokerOptions), problems);
        }

        configuration.GetSection(NatsBrokerOptions.SectionName).Bind(options);
    }
}
