namespace NatsKestrel.Broker.SystemAccount;

/// <summary>What a request is answered with.</summary>
/// <param name="Bodies">JSON, a bare number or text, each in a message of its own.</param>
/// <param name="MayBeEncoded">True where the requester decides about compression.</param>
internal sealed record SystemAnswer(IReadOnlyList<byte[]> Bodies, bool MayBeEncoded = false)
{
    public SystemAnswer(byte[] body)
        : this([body])
    {
    }
}
