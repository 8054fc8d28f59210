using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker;

/// <summary>The file that tells tests and scripts which ports were taken: <c>nats-server_PID.ports</c>, gone after a normal end.</summary>
internal sealed class PortsFile(
    NatsBrokerOptions options, NatsServer server, IHostApplicationLifetime application, WebSocketPort webSocket, ILogger<NatsServer> logger, IServer? http = null) : IHostedService, IReloadable
{
    private string _path = "";

    /// <inheritdoc/>
    public IReadOnlyList<string> Keys { get; } = ["Nats:PortsFileDir"];

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.PortsFileDir.Length > 0)
        {
            // Not before: an application's HTTP server is started last.
            application.ApplicationStarted.Register(() => Move(options.PortsFileDir));
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        Move("");
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public ReloadStep? Prepare(ReloadChange change) => new(() => Move(change.Next.PortsFileDir));

    // As in the reference server a file that cannot be written is a line in the log, and no more.
    private void Move(string folder)
    {
        string path = folder.Length > 0 ? Path.Combine(folder, $"{ExecutableName()}_{Environment.ProcessId}.ports") : "";
        try
        {
            if (_path.Length > 0 && _path != path)
            {
                File.Delete(_path);
            }

            if (path.Length > 0)
            {
                // Whoever waits for it must not see the half of it.
                string unfinished = path + ".tmp";
                File.WriteAllBytes(unfinished, GoJson.Bytes(Ports(), PortsJson.Write));
                File.Move(unfinished, path, overwrite: true);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            logger.FileFailed("ports file", GoErrors.Open(path.Length > 0 ? path : _path, exception));
        }

        _path = path;
    }

    private Ports Ports()
    {
        var addresses = http?.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        Uri? client = server.ListenUri;
        return new Ports(client is null ? null : Expand(client), addresses.Count == 0 ? null : [.. addresses.SelectMany(address => Expand(new Uri(address)))],
            webSocket.Uri is { } uri ? Expand(new Uri(uri)) : null);
    }

    // A wildcard stands for every address that this machine has.
    private static string[] Expand(Uri uri) =>
        IPAddress.TryParse(uri.DnsSafeHost, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            ? [.. from network in NetworkInterface.GetAllNetworkInterfaces()
                  from unicast in network.GetIPProperties().UnicastAddresses
                  let own = unicast.Address
                  where own.AddressFamily == AddressFamily.InterNetwork || (own.AddressFamily == AddressFamily.InterNetworkV6 && !own.IsIPv6LinkLocal)
                  select $"{uri.Scheme}://{new IPEndPoint(own, uri.Port)}"]
            : [$"{uri.Scheme}://{uri.Authority}"];

    // Run as `dotnet nats-server.dll` it is still the server that the name is about.
    private static string ExecutableName() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) is { } name and not "dotnet" ? name : "nats-server";
}

/// <summary>What stands in the ports file.</summary>
internal sealed record Ports(IReadOnlyList<string>? Nats, IReadOnlyList<string>? Monitoring, IReadOnlyList<string>? Websocket);

[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Serialization,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Ports))]
internal sealed partial class PortsJson : JsonSerializerContext
{
    public static void Write(Utf8JsonWriter writer, Ports ports) => Default.PortsSerializeHandler(writer, ports);
}
