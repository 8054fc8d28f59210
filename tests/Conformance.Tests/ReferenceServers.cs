using System.Collections.Concurrent;
using NatsKestrel.Conformance.Tests;
using NatsKestrel.Testing;
using Xunit;

[assembly: AssemblyFixture(typeof(ReferenceServers))]

namespace NatsKestrel.Conformance.Tests;

/// <summary>One nats-server for each set of settings that a transcript asked for, started when first asked for.</summary>
public sealed class ReferenceServers : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Task<ReferenceServer>>> _servers = new();

    internal async Task<ITranscriptTarget> GetAsync(Transcript transcript)
    {
        string configuration = "server_name: conformance\n" + string.Concat(transcript.Settings.Select(Line));
        ReferenceServer server = await _servers.GetOrAdd(configuration, text => new(() => ReferenceServer.StartAsync(text))).Value;
        return new TcpTarget(Side.Reference, ReferenceServer.Host, server.Port);
    }

    /// <summary>What a setting of a transcript is in nats.conf.</summary>
    internal static string Line(KeyValuePair<string, string> setting) => setting.Key == "conf"
        ? File.ReadAllText(Corpus.ServerFile(setting.Value + ".conf")) + "\n"
        : $"{setting.Key}: {setting.Value}\n";

    public async ValueTask DisposeAsync()
    {
        foreach (Lazy<Task<ReferenceServer>> server in _servers.Values)
        {
            await (await server.Value).DisposeAsync();
        }
    }
}
