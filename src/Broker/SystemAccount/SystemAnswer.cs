namespace NatsKestrel.Broker.SystemAccount;

/// <summary>What a request is answered with.</summary>
/// <param name="Body">JSON, or a bare number.</param>
/// <param name="MayBeEncoded">True where the requester decides about compression.</param>
internal sealed record SystemAnswer(byte[] Body, bool MayBeEncoded = false);
