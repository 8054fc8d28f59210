using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace NatsKestrel.Broker.Configuration;

internal static class OptionsRegistration
{
    /// <summary>Registers <see cref="NatsBrokerOptions"/>: from section <c>Nats</c>, then from <paramref name="configure"/>, all
    /// rules checked when the host starts. What is wrong is an <see cref="OptionsValidationException"/> with one line for each problem.</summary>
    public static IServiceCollection AddBrokerOptions(this IServiceCollection services, Action<NatsBrokerOptions>? configure = null)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<NatsBrokerOptions>, BrokerOptionsSetup>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<NatsBrokerOptions>, BrokerOptionsValidator>());
        var options = services.AddOptions<NatsBrokerOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        return services;
    }
}
