using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NatsKestrel.Broker;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Conformance.Tests;
using NatsKestrel.WebGateway;
using Xunit;

[assembly: AssemblyFixture(typeof(BrokerUnderTest))]

namespace NatsKestrel.Conformance.Tests;

/// <summary>Our broker, one host for each set of settings that a transcript asked for: here the corpus meets our server.</summary>
public sealed class BrokerUnderTest : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Task<WebApplication>>> _hosts = new();

    internal async Task<ITranscriptTarget> GetOverTcpAsync(Transcript transcript)
    {
        WebApplication host = await GetHostAsync("tcp", transcript.Settings);
        Uri uri = host.Services.GetRequiredService<NatsServer>().ClientUri ?? throw new InvalidOperationException("The broker does not listen.");
        return new TcpTarget(Side.NatsKestrel, uri.Host, uri.Port);
    }

    internal async Task<ITranscriptTarget> GetOverWebSocketAsync(Transcript transcript)
    {
        WebApplication host = await GetHostAsync("websocket", transcript.Settings);
        return new WebSocketTarget(new Uri($"ws://{host.Services.GetRequiredService<WebSocketPort>().EndPoint}"));
    }

    internal async Task<ITranscriptTarget> GetInMemoryAsync(Transcript transcript)
    {
        WebApplication host = await GetHostAsync("memory", transcript.Settings);
        return new InMemoryTarget(ConnectionHandler(host.Services));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Lazy<Task<WebApplication>> host in _hosts.Values)
        {
            await (await host.Value).DisposeAsync();
        }
    }

    /// <summary>What Kestrel calls for each connection to the client port.</summary>
    private static ClientConnectionHandler ConnectionHandler(IServiceProvider services) => services.GetRequiredService<ClientConnectionHandler>();

    // One for each way in: both play the same subjects at the same time.
    private Task<WebApplication> GetHostAsync(string way, ImmutableSortedDictionary<string, string> settings) =>
        _hosts.GetOrAdd($"{way} {string.Join(',', settings)}", _ => new(() => StartAsync(settings))).Value;

    private static async Task<WebApplication> StartAsync(ImmutableSortedDictionary<string, string> settings)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.AddNatsBroker(options =>
        {
            options.Host = "127.0.0.1";
            options.Port = 0;
            options.WebSocket.Port = 0;
            options.ServerName = "conformance";
            foreach ((string name, string value) in settings)
            {
                Set(options, name, value);
            }
        });

        builder.AddNatsWebSocket();
        WebApplication host = builder.Build();
        host.Urls.Add("http://127.0.0.1:0");
        await host.StartAsync();
        return host;
    }

    /// <summary>Our equal of an option of nats.conf.</summary>
    private static void Set(NatsBrokerOptions options, string name, string value)
    {
        switch (name)
        {
            case "conf":
                new ConfigurationBuilder().AddJsonFile(Corpus.ServerFile(value + ".json")).Build().Bind(options);
                break;
            case "max_payload":
                options.Limits.MaxPayload = Number(value);
                break;
            case "max_control_line":
                options.Limits.MaxControlLine = Number(value);
                break;
            case "max_connections":
                options.Limits.MaxConnections = Number(value);
                break;
            case "max_subscriptions":
                options.Limits.MaxSubscriptions = Number(value);
                break;
            case "max_sub_tokens":
                options.Limits.MaxSubscriptionTokens = Number(value);
                break;
            case "ping_interval":
                options.WebSocket.PingInterval = options.KeepAlive.PingInterval = TimeSpan.FromMilliseconds(Number(value.Replace("ms", "", StringComparison.Ordinal)));
                break;
            case "ping_max":
                options.KeepAlive.PingMax = Number(value);
                break;
            default:
                throw new ArgumentException($"We have no equal of '{name}'.", nameof(name));
        }

        static int Number(string value) => int.Parse(value, CultureInfo.InvariantCulture);
    }
}
