using System.Reflection;
using NatsKestrel.Broker.Accounts.Authentication;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Connections;

/// <summary>Who this server is: made anew at each start.</summary>
internal sealed class ServerIdentity(string name, TimeProvider time, ServerKey? key = null)
{
    /// <summary>The nats-server version whose behaviour we follow: clients decide by it what they may use.</summary>
    public const string Version = "2.15.1";

    /// <summary>What INFO and <c>/varz</c> say where nats-server names its Go version; clients ignore it.</summary>
    public static readonly string GoVersion = $"dotnet{Environment.Version}";

    /// <summary>The version of this product.</summary>
    public static readonly string OwnVersion =
        typeof(ServerIdentity).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>The full list, as nats-server always shows it. All of them concern JetStream, so none does anything here.</summary>
    public static readonly IReadOnlyDictionary<string, bool> FeatureFlags = new SortedDictionary<string, bool>(StringComparer.Ordinal)
    {
        ["js_ack_fc_v2"] = false,
        ["js_api_reply_v2"] = false,
        ["js_raft_delete_range"] = true,
        ["js_snapshot_sources"] = false,
    };

    private readonly string _name = name;
    private Tuple<DateTimeOffset, string> _configuration = Tuple.Create(time.GetUtcNow(), "");

    /// <summary>56 characters, beginning with N.</summary>
    public string ServerId { get; } = key?.Public ?? NkeyText.NewServerId();

    /// <summary>The key behind the id; null where this server has nothing to sign.</summary>
    public ServerKey? Key { get; } = key;

    /// <summary>The public curve key in INFO.</summary>
    public string XKey { get; } = NkeyText.NewCurveKey();

    /// <summary>The configured name, else the id.</summary>
    public string ServerName => _name.Length > 0 ? _name : ServerId;

    /// <summary>When this server was started.</summary>
    public DateTimeOffset Start { get; } = time.GetUtcNow();

    /// <summary>When the settings in force were read, and the digest of the nats.conf they came from; empty without one.</summary>
    public Tuple<DateTimeOffset, string> Configuration => Volatile.Read(ref _configuration);

    /// <summary>Takes note of settings that were read.</summary>
    public void SetConfiguration(DateTimeOffset readAt, string digest) => Volatile.Write(ref _configuration, Tuple.Create(readAt, digest));
}
