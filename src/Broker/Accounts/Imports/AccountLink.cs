using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Accounts.Imports;

/// <summary>Listens where messages leave an account for another: publishers publish them again over there.</summary>
/// <remarks>It never takes a message itself; <see cref="Gate"/> says where it goes.</remarks>
internal sealed class AccountLink(IAccountGate gate) : ISubscriber
{
    /// <inheritdoc/>
    public ulong Id => 0;

    public IAccountGate Gate => gate;

    /// <inheritdoc/>
    public DeliveryResult Deliver(Subscription subscription, ref readonly Message message, ulong publisher) => DeliveryResult.Refused;
}
