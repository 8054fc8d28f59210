using NatsKestrel.Broker.Configuration;

namespace NatsKestrel.Broker.Transport.Tls;

/// <summary>Holds the current <see cref="TlsContext"/>, and how many handshakes may be under way.</summary>
internal sealed class TlsContextSource : IDisposable, IReloadable
{
    // So that connections that began without TLS need not be thought of.
    private const string SwitchRefused = "config reload not supported for TLS: it cannot be switched on or off";

    private volatile TlsContext? _current;

    public TlsContextSource(NatsBrokerOptions options) => TryReload(options, out _);

    /// <summary>How new connections are encrypted; null where they are not.</summary>
    public TlsContext? Current => _current;

    /// <summary>Handshakes are arithmetic: more of them at once than processors can do only makes all of them slow.</summary>
    public SemaphoreSlim Handshakes { get; } = new(4 * Environment.ProcessorCount);

    /// <summary>Reads certificates anew for connections to come; those there are stay as they are.</summary>
    /// <returns>False, and nothing changes, where something is wrong with the files.</returns>
    public bool TryReload(NatsBrokerOptions options, out BrokenRule problem)
    {
        problem = default;
        TlsContext? context = null;
        if (options.Tls.CertFile.Length > 0 && (context = TlsContext.TryCreate(options.Tls, options.AllowNonTls, out problem)) is null)
        {
            return false;
        }

        _current = context;
        return true;
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Keys { get; } = ["Nats:Tls"];

    /// <inheritdoc/>
    /// <remarks>Certificates are renewed under the same names.</remarks>
    public bool IsAlwaysAsked => true;

    /// <inheritdoc/>
    public ReloadStep? Prepare(ReloadChange change)
    {
        if (change.Next.Tls.CertFile.Length == 0 && _current is null)
        {
            return null;
        }

        if (change.Next.Tls.CertFile.Length == 0 || _current is null)
        {
            throw new ReloadRefusedException(SwitchRefused);
        }

        TlsContext next = TlsContext.TryCreate(change.Next.Tls, change.Next.AllowNonTls, out BrokenRule problem)
            ?? throw new ReloadRefusedException($"{problem.Key} {problem.Text}");
        return new ReloadStep(() => _current = next, Lines: ["Reloaded: tls = enabled"]);
    }

    public void Dispose() => Handshakes.Dispose();
}
