namespace NatsKestrel.Broker.Connections;

/// <summary>What a client tried and may not do.</summary>
internal enum DeniedAct
{
    LogIn,
    Publish,
    Subscribe,
}
