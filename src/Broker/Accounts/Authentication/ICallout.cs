using NatsKestrel.Broker.Accounts.Callout;

namespace NatsKestrel.Broker.Accounts.Authentication;

/// <summary>Asks a service, itself a NATS client, who somebody is.</summary>
internal interface ICallout
{
    /// <summary>False where this server was started without a key to sign requests with.</summary>
    bool CanAsk { get; }

    /// <summary>Asks, and waits no longer than a login may take.</summary>
    /// <returns>A refusal where it is nobody, or nothing usable was answered. Never throws.</returns>
    Task<LoginOutcome> AskAsync(CalloutRules rules, LoginRequest request);
}
