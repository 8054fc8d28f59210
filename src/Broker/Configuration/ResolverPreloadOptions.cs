namespace NatsKestrel.Broker.Configuration;

/// <summary>An account JWT that is known from the start.</summary>
public sealed class ResolverPreloadOptions
{
    /// <summary>Public account nkey (<c>A…</c>).</summary>
    public string Account { get; set; } = "";

    /// <summary>The account's JWT.</summary>
    public string Jwt { get; set; } = "";
}
