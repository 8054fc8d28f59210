namespace NatsKestrel.Broker.Connections;

/// <summary>Whether the server can serve: what <c>/healthz</c> tells.</summary>
internal sealed class ServerHealth
{
    /// <summary>Self-tests that must fail in a row before the server counts as unhealthy.</summary>
    public const int MaxMissedSelfTests = 3;

    private volatile bool _isListening;
    private volatile bool _isLameDuck;
    private volatile int _missedSelfTests;

    /// <summary>True while new clients are accepted.</summary>
    public bool IsListening { get => _isListening; set => _isListening = value; }

    /// <summary>True once the server has begun to leave.</summary>
    public bool IsLameDuck { get => _isLameDuck; set => _isLameDuck = value; }

    /// <summary>Self-tests that failed in a row.</summary>
    public int MissedSelfTests { get => _missedSelfTests; set => _missedSelfTests = value; }
}
