namespace NatsKestrel.Broker.Transport;

/// <summary>A connection whose socket is watched by a thread that takes work of it, after that of others who are in line.</summary>
internal interface ITurnTaker
{
    /// <summary>Has that thread do something soon.</summary>
    void TakeTurn(IThreadPoolWorkItem work);
}
