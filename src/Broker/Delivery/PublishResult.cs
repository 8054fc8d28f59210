namespace NatsKestrel.Broker.Delivery;

/// <summary>What became of a published message.</summary>
internal enum PublishResult
{
    /// <summary>At least one subscription took it.</summary>
    Delivered,

    /// <summary>Nobody took it: a requester may be told so.</summary>
    Nobody,

    /// <summary>Its subject has more tokens than the server allows.</summary>
    TooManyTokens,
}
