namespace NatsKestrel.Server.Flags;

/// <summary>A flag of the command line.</summary>
/// <param name="Kind">What it takes.</param>
/// <param name="Names">All its names, without dashes; the first is the one it is known by inside.</param>
internal sealed record Flag(FlagKind Kind, params string[] Names)
{
    /// <summary>The option that it sets; null where more than that is to be done.</summary>
    public string? Option { get; init; }

    /// <summary>The part of nats-server that it belongs to and this server does not have; null where it works.</summary>
    public string? Missing { get; init; }

    public string Name => Names[0];
}
