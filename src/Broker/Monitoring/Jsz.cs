namespace NatsKestrel.Broker.Monitoring;

/// <summary>JetStream: <c>/jsz</c>. This server has none, so every number is 0.</summary>
/// <param name="Memory">Bytes kept in memory.</param>
/// <param name="Storage">Bytes kept on disk.</param>
/// <param name="ReservedMemory">Bytes of memory promised to accounts.</param>
/// <param name="ReservedStorage">Bytes of disk promised to accounts.</param>
/// <param name="Accounts">Accounts that use it.</param>
/// <param name="HaAssets">Replicated streams and consumers.</param>
/// <param name="Api">Requests to its interface.</param>
/// <param name="ServerId">Id of this server.</param>
/// <param name="Now">When this answer was made.</param>
/// <param name="Disabled">True where JetStream is off.</param>
/// <param name="Config">Its limits.</param>
/// <param name="Streams">Streams.</param>
/// <param name="Consumers">Consumers.</param>
/// <param name="Messages">Messages stored.</param>
/// <param name="Bytes">Bytes of the messages stored.</param>
/// <param name="Total">Accounts listed on all pages.</param>
internal sealed record Jsz(
    long Memory,
    long Storage,
    long ReservedMemory,
    long ReservedStorage,
    int Accounts,
    int HaAssets,
    JszApi Api,
    string ServerId,
    DateTime Now,
    bool Disabled,
    JszConfig Config,
    int Streams,
    int Consumers,
    long Messages,
    long Bytes,
    int Total);

/// <summary>Requests to the interface of JetStream.</summary>
/// <param name="Level">Version of that interface.</param>
/// <param name="Total">Requests.</param>
/// <param name="Errors">Requests that failed.</param>
internal sealed record JszApi(int Level, long Total, long Errors);

/// <summary>The limits of JetStream.</summary>
/// <param name="MaxMemory">Bytes it may keep in memory.</param>
/// <param name="MaxStorage">Bytes it may keep on disk.</param>
internal sealed record JszConfig(long MaxMemory, long MaxStorage);
