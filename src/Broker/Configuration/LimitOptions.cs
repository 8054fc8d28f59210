using System.ComponentModel.DataAnnotations;

namespace NatsKestrel.Broker.Configuration;

/// <summary>Limits on what one client may ask of the server: section <c>Nats:Limits</c>.</summary>
public sealed class LimitOptions
{
    /// <summary>Client connections at one time; lowered at start to what the process may open.</summary>
    /// <value>Default 65,536, as in the reference server. 0 refuses everybody.</value>
    [Range(0, int.MaxValue)]
    public int MaxConnections { get; set; } = 65536;

    /// <summary>Connections at one time that have not yet said anything.</summary>
    /// <value>Default 0: a quarter of <see cref="MaxConnections"/>. The reference server has no such limit.</value>
    [Range(0, int.MaxValue)]
    public int MaxUnauthenticated { get; set; }

    /// <summary>Largest payload taken from a client, headers included; in INFO as <c>max_payload</c>.</summary>
    /// <value>Bytes. Default 1 MiB, as in the reference server. Above 8 MiB it warns at start; 64 MiB is the most.</value>
    [Range(1, 64 * 1024 * 1024)]
    public int MaxPayload { get; set; } = 1024 * 1024;

    /// <summary>Longest argument part of a control line.</summary>
    /// <value>Bytes. Default 4,096, as in the reference server.</value>
    [Range(64, 1024 * 1024)]
    public int MaxControlLine { get; set; } = 4096;

    /// <summary>Bytes that may wait for one client before it is cut as a slow consumer.</summary>
    /// <value>Bytes. Default 64 MiB, as in the reference server. Not below <see cref="MaxPayload"/>.</value>
    [Range(1024, int.MaxValue)]
    public int MaxPending { get; set; } = 64 * 1024 * 1024;

    /// <summary>Bytes that may wait for all clients together; above it those with the most waiting are cut.</summary>
    /// <value>Bytes. Default 0: a quarter of the memory the process may use. The reference server has no such limit.
    /// Not below <see cref="MaxPayload"/>.</value>
    [Range(0, long.MaxValue)]
    public long MaxPendingTotal { get; set; }

    /// <summary>Subscriptions one connection may hold.</summary>
    /// <value>Default 0: no limit, as in the reference server.</value>
    [Range(0, int.MaxValue)]
    public int MaxSubscriptions { get; set; }

    /// <summary>Tokens a subject may have; 0 for no limit, as in the reference server.</summary>
    /// <value>Default 255: deeper subjects cost memory out of proportion.</value>
    [Range(0, 4096)]
    public int MaxSubscriptionTokens { get; set; } = 255;

    /// <summary>Closed connections that <c>/connz?state=closed</c> remembers.</summary>
    /// <value>Default 10,000, as in the reference server.</value>
    [Range(0, 1_000_000)]
    public int MaxClosedClients { get; set; } = 10_000;
}
