using Microsoft.Extensions.Options;

namespace NatsKestrel.Broker.Configuration;

/// <summary>The rules that stand as attributes on the options; the compiler's generator writes the checks.</summary>
[OptionsValidator]
internal sealed partial class AttributeRules : IValidateOptions<NatsBrokerOptions>;
