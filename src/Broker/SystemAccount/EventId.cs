using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.SystemAccount;

/// <summary>Numbers of events.</summary>
internal static class EventId
{
    private const int Length = 22;

    public static string Next() => NkeyText.NewServerId()[^Length..];
}
