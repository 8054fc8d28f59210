using System.Collections.Concurrent;
using NatsKestrel.Conformance.Tests;
using NatsKestrel.Testing;
using Xunit;

[assembly: AssemblyFixture(typeof(DropInServers))]

namespace NatsKestrel.Conformance.Tests;

/// <summary>Our drop-in executable, one for each set of settings that a transcript asked for, which it reads from a nats.conf.</summary>
public sealed class DropInServers : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Task<ReferenceServer>>> _servers = new();

    internal async Task<ITranscriptTarget> GetAsync(Transcript transcript)
    {
        string configuration = "server_name: conformance\n" + string.Concat(transcript.Settings.Select(ReferenceServers.Line));
        ReferenceServer server = await _servers.GetOrAdd(configuration, text => new(() => ReferenceServer.StartDropInAsync(text))).Value;
        return new TcpTarget(Side.NatsKestrel, ReferenceServer.Host, server.Port);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Lazy<Task<ReferenceServer>> server in _servers.Values)
        {
            await (await server.Value).DisposeAsync();
        }
    }
}
