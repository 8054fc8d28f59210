using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using NatsKestrel.Broker.Configuration;

namespace NatsKestrel.Broker;

/// <summary>Who this server is: the same in INFO, in monitoring and in the log, and new at each start.</summary>
internal sealed class ServerIdentity
{
    /// <summary>The nats-server release whose behaviour we follow: clients and tools decide by it what a server can do.</summary>
    public const string Version = "2.15.1";

    /// <summary>The release of this program itself.</summary>
    public static readonly string OwnVersion = typeof(ServerIdentity).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    /// <summary>What stands in the field <c>go</c>: the runtime we are built on, since it is not Go.</summary>
    public static readonly string GoVersion = RuntimeInformation.FrameworkDescription;

    public ServerIdentity(IOptions<NatsBrokerOptions> options, TimeProvider time)
    {
        ServerName = options.Value.ServerName is { Length: > 0 } name ? name : ServerId;
        Start = time.GetUtcNow();
    }

    /// <summary>56 characters, the first of them <c>N</c>: the form of a public server nkey.</summary>
    public string ServerId { get; } = CreateId(13 << 3);

    /// <summary>The configured name, or else the id.</summary>
    public string ServerName { get; }

    /// <summary>56 characters, the first of them <c>X</c>: the form of a public curve key.</summary>
    public string XKey { get; } = CreateId(23 << 3);

    /// <summary>When this server started.</summary>
    public DateTimeOffset Start { get; }

    // Base32 of a prefix byte (its upper five bits are the first letter) and 34 random ones.
    private static string CreateId(byte prefix)
    {
        Span<byte> bytes = stackalloc byte[35];
        RandomNumberGenerator.Fill(bytes);
        bytes[0] = prefix;
        var text = new StringBuilder(56);
        for (int bit = 0; bit < bytes.Length * 8; bit += 5)
        {
            int pair = (bytes[bit / 8] << 8) | (bit / 8 + 1 < bytes.Length ? bytes[bit / 8 + 1] : 0);
            text.Append("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[(pair >> (11 - bit % 8)) & 31]);
        }

        return text.ToString();
    }
}
