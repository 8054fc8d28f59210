namespace NatsKestrel.Broker.Configuration;

/// <summary>What is allowed but seldom wise; the server logs it at start.</summary>
internal static class OptionWarnings
{
    private const int DiscouragedPayload = 8 * 1024 * 1024;

    /// <summary>The warnings, worded as nats-server 2.15.1 words them.</summary>
    public static IEnumerable<string> For(NatsBrokerOptions options)
    {
        if (options.Limits.MaxPayload > DiscouragedPayload)
        {
            yield return "Maximum payloads over 8.00 MB are generally discouraged and could lead to poor performance";
        }
    }
}
