namespace NatsKestrel.Broker.Connections;

/// <summary>The settings that connections live by at this moment; a reload replaces them whole.</summary>
/// <remarks>Each connection keeps a reference of its own (<see cref="ClientConnection.Settings"/>), so that the message path reads no more than before.</remarks>
internal sealed class LiveSettings(ConnectionSettings settings)
{
    private volatile ConnectionSettings _current = settings;

    public ConnectionSettings Current { get => _current; set => _current = value; }
}
