namespace NatsKestrel.Broker.Connections;

/// <summary>Whether this server can be used right now: set by the listener, lame duck and the self-test, read by <c>/healthz</c>.</summary>
/// <remarks>Each value is one word, so any thread may read and write it.</remarks>
internal sealed class ServerHealth
{
    /// <summary>Self-tests that must fail one after the other before the server calls itself unhealthy.</summary>
    public const int MaxMissedSelfTests = 3;

    private volatile bool _isListening;
    private volatile bool _isLameDuck;
    private volatile int _missedSelfTests;

    /// <summary>True from the moment the client port accepts until it closes.</summary>
    public bool IsListening { get => _isListening; set => _isListening = value; }

    /// <summary>True once the server has begun to send its clients away.</summary>
    public bool IsLameDuck { get => _isLameDuck; set => _isLameDuck = value; }

    /// <summary>Self-tests that failed since the last one that passed.</summary>
    public int MissedSelfTests { get => _missedSelfTests; set => _missedSelfTests = value; }
}
