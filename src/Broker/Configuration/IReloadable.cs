namespace NatsKestrel.Broker.Configuration;

/// <summary>A part of the server that takes new options while it runs.</summary>
/// <remarks>
/// Registered as a service. A reload asks each in the order of registration to prepare, and only when none has refused does it
/// apply the steps, in the same order. An option that no part claims cannot be changed without a restart.
/// </remarks>
internal interface IReloadable
{
    /// <summary>The options it takes: full keys, or sections for all below them, such as <c>Nats:Logging</c>.</summary>
    IReadOnlyList<string> Keys { get; }

    /// <summary>True for a part that looks at files as well: it is asked at every reload, whether or not an option has changed.</summary>
    bool IsAlwaysAsked => false;

    /// <summary>Checks the new options and makes ready whatever can fail, without changing anything that others see.</summary>
    /// <returns>What is left to do; null for nothing.</returns>
    /// <exception cref="ReloadRefusedException">They cannot be applied.</exception>
    /// <exception cref="IOException">A file they name cannot be used.</exception>
    ReloadStep? Prepare(ReloadChange change);
}
