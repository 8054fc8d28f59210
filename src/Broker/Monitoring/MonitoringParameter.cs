namespace NatsKestrel.Broker.Monitoring;

/// <summary>A query parameter of a monitoring endpoint: endpoint metadata from which an API description can be made.</summary>
/// <param name="Name">Its name in the query string; case matters.</param>
/// <param name="Type">What it is read as: <see cref="bool"/>, <see cref="long"/>, <see cref="ulong"/> or <see cref="string"/>.</param>
/// <param name="Description">What it does, for people.</param>
/// <param name="Values">The values it takes, where they are few; else null.</param>
/// <param name="Default">What holds when it is absent; null where that is nothing at all.</param>
public sealed record MonitoringParameter(
    string Name, Type Type, string Description, IReadOnlyList<string>? Values = null, object? Default = null);
