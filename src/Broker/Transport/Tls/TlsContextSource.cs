using NatsKestrel.Broker.Configuration;

namespace NatsKestrel.Broker.Transport.Tls;

/// <summary>Holds the current <see cref="TlsContext"/> of each port, and how many handshakes may be under way.</summary>
internal sealed class TlsContextSource : IDisposable, IReloadable
{
    private volatile TlsContext? _current;
    private volatile TlsContext? _webSocket;

    public TlsContextSource(NatsBrokerOptions options) => TryReload(options, out _);

    /// <summary>How new connections to the client port are encrypted; null where they are not.</summary>
    public TlsContext? Current => _current;

    /// <summary>How those to the WebSocket port are.</summary>
    public TlsContext? WebSocket => _webSocket;

    /// <summary>Handshakes are arithmetic: more of them at once than processors can do only makes all of them slow.</summary>
    public SemaphoreSlim Handshakes { get; } = new(4 * Environment.ProcessorCount);

    /// <summary>Reads certificates anew for connections to come; those there are stay as they are.</summary>
    /// <returns>False, and nothing changes, where something is wrong with the files.</returns>
    public bool TryReload(NatsBrokerOptions options, out BrokenRule problem)
    {
        TlsContext? webSocket = null;
        if (!TlsContext.TryCreate(TlsSection.Clients(options), out TlsContext? clients, out problem)
            || !TlsContext.TryCreate(TlsSection.WebSocket(options), out webSocket, out problem))
        {
            return false;
        }

        (_current, _webSocket) = (clients, webSocket);
        return true;
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Keys { get; } = [TlsSection.ClientsKey, TlsSection.WebSocketKey];

    /// <inheritdoc/>
    /// <remarks>Certificates are renewed under the same names.</remarks>
    public bool IsAlwaysAsked => true;

    /// <inheritdoc/>
    public ReloadStep? Prepare(ReloadChange change)
    {
        TlsContext? clients = Renew(_current, TlsSection.Clients(change.Next), "TLS");
        TlsContext? webSocket = Renew(_webSocket, TlsSection.WebSocket(change.Next), "Websocket");
        return clients is null && webSocket is null
            ? null
            : new ReloadStep(() => (_current, _webSocket) = (clients, webSocket), Lines: clients is null ? [] : ["Reloaded: tls = enabled"]);
    }

    public void Dispose() => Handshakes.Dispose();

    // Never switched on or off, so that connections that began without TLS need not be thought of.
    private static TlsContext? Renew(TlsContext? current, TlsSection next, string option)
    {
        if (next.IsOn != current is not null)
        {
            throw new ReloadRefusedException($"config reload not supported for {option}: {next.Key} cannot be switched on or off");
        }

        return TlsContext.TryCreate(next, out TlsContext? context, out BrokenRule problem) ? context : throw new ReloadRefusedException($"{problem.Key} {problem.Text}");
    }
}
