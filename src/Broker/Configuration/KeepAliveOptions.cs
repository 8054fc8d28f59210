using System.ComponentModel.DataAnnotations;

namespace NatsKestrel.Broker.Configuration;

/// <summary>How silent connections are found: section <c>Nats:KeepAlive</c>.</summary>
public sealed class KeepAliveOptions
{
    /// <summary>Time between the server's PINGs to a client.</summary>
    /// <value>Default 2 minutes, as in the reference server.</value>
    [TimeRange("00:00:00.0100000", "1.00:00:00")]
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>PINGs that may stay unanswered before the connection is closed as stale.</summary>
    /// <value>Default 2, as in the reference server.</value>
    [Range(1, 1000)]
    public int PingMax { get; set; } = 2;
}
