using System.ComponentModel.DataAnnotations;

namespace NatsKestrel.Broker.Configuration;

/// <summary>Limits on browsers that come by SignalR or HTTP: section <c>Nats:Hub</c>.</summary>
public sealed class NatsHubOptions
{
    /// <summary>Largest message that a browser may send by SignalR, in the form it is sent in.</summary>
    /// <value>Bytes. Default 32 KiB.</value>
    [Range(1024, 64 * 1024 * 1024)]
    public int MaxMessage { get; set; } = 32 * 1024;

    /// <summary>Subscriptions that one connection may have at one time.</summary>
    /// <value>Default 100.</value>
    [Range(1, 1_000_000)]
    public int MaxSubscriptions { get; set; } = 100;

    /// <summary>Connections that one user may have at one time; users who are not known by name share this number.</summary>
    /// <value>Default 1,000.</value>
    [Range(1, 1_000_000)]
    public int MaxConnectionsPerUser { get; set; } = 1000;

    /// <summary>Messages that may wait for one subscription; beyond it the subscription is cut.</summary>
    /// <value>Default 4,096.</value>
    [Range(1, 1_000_000)]
    public int MaxPendingMessages { get; set; } = 4096;
}
