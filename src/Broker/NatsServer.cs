namespace NatsKestrel.Broker;

/// <summary>The running broker: where it listens, who it is, and how to make it leave.</summary>
public sealed class NatsServer
{
    /// <summary>Where clients connect, with the real port; null until the server listens.</summary>
    public Uri? ClientUri { get; internal set; }
}
