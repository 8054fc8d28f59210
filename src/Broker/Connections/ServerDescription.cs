namespace NatsKestrel.Broker.Connections;

/// <summary>This server as its events, traces and answers to requests name it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Host">The host that clients are told.</param>
/// <param name="Id">Its id.</param>
/// <param name="Ver">The nats-server version whose behaviour it follows.</param>
/// <param name="FeatureFlags">What is switched on of what is new.</param>
/// <param name="Jetstream">False: it has none.</param>
/// <param name="Flags">Bits of what it can do; none here.</param>
/// <param name="Seq">Number of this description.</param>
/// <param name="Time">When it was made.</param>
internal sealed record ServerDescription(
    string Name, string Host, string Id, string Ver, IReadOnlyDictionary<string, bool> FeatureFlags, bool Jetstream, ulong Flags, ulong Seq, DateTime Time);
