using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Transport.Tls;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.WebGateway.Tests.WebSocket;

/// <summary>The WebSocket port with TLS.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TestCertificates _certificates = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_a_certificate_the_port_speaks_wss_and_INFO_says_that_all_is_done()
    {
        await using GatewayFixture gateway = await StartAsync();
        await using WebSocketClient socket = await ConnectAsync(gateway);

        string info = await socket.ReadUntilAsync("\r\n", Token);
        await socket.SendAsync("CONNECT {\"verbose\":false}\r\nSUB a 1\r\nPUB a 2\r\nhi\r\nPING\r\n", Token);

        Assert.Contains("\"tls_required\":true,\"tls_available\":true", info, StringComparison.Ordinal);
        Assert.DoesNotContain("tls_verify", info, StringComparison.Ordinal);
        Assert.Equal("MSG a 1 2\r\nhi\r\nPONG\r\n", await socket.ReadUntilAsync("PONG\r\n", Token));
        ConnectionSnapshot snapshot = Assert.Single(gateway.Registry.SnapshotOpen());
        Assert.Equal(("websocket", "1.3"), (snapshot.Type, snapshot.TlsVersion));
        Assert.StartsWith("TLS_", snapshot.TlsCipherSuite, StringComparison.Ordinal);
        Assert.Null(snapshot.Certificate);
    }

    [Fact]
    public async Task Large_messages_pass_both_ways()
    {
        await using GatewayFixture gateway = await StartAsync();
        await using WebSocketClient socket = await ConnectAsync(gateway);
        await socket.ReadUntilAsync("\r\n", Token);
        string body = new('x', 1_000_000);

        await socket.SendAsync($"CONNECT {{\"verbose\":false}}\r\nSUB a 1\r\nPUB a {body.Length}\r\n{body}\r\nPING\r\n", Token);

        Assert.Equal($"MSG a 1 {body.Length}\r\n{body}\r\nPONG\r\n", await socket.ReadUntilAsync("PONG\r\n", Token));
    }

    [Fact]
    [Trait("Safety", "TLS-5")]
    public async Task Where_certificates_are_verified_only_those_of_clients_get_in()
    {
        await using GatewayFixture gateway = await StartAsync(tls => (tls.Verify, tls.CaFile) = (true, _certificates.CaFile));

        await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(gateway));
        await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(gateway, _certificates.Server));
        await using WebSocketClient socket = await ConnectAsync(gateway, _certificates.Client);
        await socket.ReadUntilAsync("\r\n", Token);

        Assert.Equal(_certificates.Client.Thumbprint, Assert.Single(gateway.Registry.SnapshotOpen()).Certificate!.Thumbprint);
    }

    [Fact]
    [Trait("Safety", "TLS-5")]
    public async Task Pinned_keys_are_looked_at_as_on_the_client_port()
    {
        string pin = Convert.ToHexString(SHA256.HashData(_certificates.Client.PublicKey.ExportSubjectPublicKeyInfo()));
        await using GatewayFixture gateway = await StartAsync(tls =>
        {
            (tls.Verify, tls.CaFile) = (true, _certificates.CaFile);
            tls.PinnedCerts.Add(pin);
        });

        await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(gateway, _certificates.PlainClient));
        await using WebSocketClient socket = await ConnectAsync(gateway, _certificates.Client);
        Assert.StartsWith("INFO ", await socket.ReadUntilAsync("\r\n", Token), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Safety", "TLS-2")]
    public async Task HTTP_in_plain_text_is_told_so_and_closed()
    {
        await using GatewayFixture gateway = await StartAsync();
        await using RawClient client = await GatewayFixture.SendAsync(gateway.WebSocketPort, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.Equal("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n", await client.ReadToEndAsync(Token));
    }

    [Fact]
    [Trait("Safety", "TLS-2")]
    public async Task What_is_neither_TLS_nor_HTTP_is_closed_without_a_word()
    {
        await using GatewayFixture gateway = await StartAsync();
        await using RawClient client = await GatewayFixture.SendAsync(gateway.WebSocketPort, "\u0001\u0002");

        Assert.Equal("", await client.ReadToEndAsync(Token));
    }

    [Fact]
    [Trait("Safety", "TIME-2")]
    public async Task A_handshake_that_does_not_come_is_not_waited_for()
    {
        await using GatewayFixture gateway = await StartAsync(tls => tls.Timeout = TimeSpan.FromMilliseconds(100));
        await using RawClient client = await GatewayFixture.SendAsync(gateway.WebSocketPort, "\u0016");

        Assert.Equal("", await client.ReadToEndAsync(Token));
    }

    [Fact]
    [Trait("Safety", "TLS-4")]
    public async Task A_new_certificate_is_for_new_connections_and_a_bad_one_changes_nothing()
    {
        NatsBrokerOptions? used = null;
        await using GatewayFixture gateway = await StartAsync(configure: options => used = options);
        var source = gateway.Services.GetRequiredService<TlsContextSource>();
        await using WebSocketClient old = await ConnectAsync(gateway);
        await old.ReadUntilAsync("\r\n", Token);

        _certificates.RenewServer();
        bool isReloaded = source.TryReload(used!, out _);
        await using WebSocketClient renewed = await ConnectAsync(gateway);
        await File.WriteAllTextAsync(_certificates.ServerFiles.CertFile, "nonsense", Token);
        bool isBadTaken = source.TryReload(used!, out BrokenRule problem);
        await old.SendAsync("PING\r\n", Token);

        Assert.True(isReloaded);
        Assert.Contains("O=Acme", old.ServerCertificate!.Subject, StringComparison.Ordinal);
        Assert.Contains("O=Renewed", renewed.ServerCertificate!.Subject, StringComparison.Ordinal);
        Assert.False(isBadTaken);
        Assert.Equal("Nats:WebSocket:Tls:CertFile", problem.Key);
        Assert.NotNull(source.WebSocket);
        Assert.Equal("PONG\r\n", await old.ReadUntilAsync("PONG\r\n", Token));
    }

    [Fact]
    public async Task Monitoring_shows_the_TLS_that_the_application_s_own_port_speaks()
    {
        using var certificate = X509Certificate2.CreateFromPemFile(_certificates.ServerFiles.CertFile, _certificates.ServerFiles.KeyFile);
        await using GatewayFixture gateway = await GatewayFixture.StartAsync(build: builder =>
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate))));
        await using WebSocketClient socket = await WebSocketClient.ConnectAsync(new Uri($"wss://{gateway.HttpUri.Authority}/nats"), cancellationToken: Token);

        await socket.ReadUntilAsync("\r\n", Token);

        ConnectionSnapshot snapshot = Assert.Single(gateway.Registry.SnapshotOpen());
        Assert.Equal(("websocket", "1.3"), (snapshot.Type, snapshot.TlsVersion));
        Assert.StartsWith("TLS_", snapshot.TlsCipherSuite, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stopping_server_says_goodbye()
    {
        await using GatewayFixture gateway = await StartAsync();
        await using WebSocketClient socket = await ConnectAsync(gateway);
        await socket.ReadUntilAsync("\r\n", Token);

        await gateway.StopAsync();

        // A Close frame: the end of the stream without one would throw.
        Assert.Equal("", await socket.ReadUntilAsync("never", Token));
    }

    public void Dispose() => _certificates.Dispose();

    private static Task<WebSocketClient> ConnectAsync(GatewayFixture gateway, X509Certificate2? certificate = null) =>
        WebSocketClient.ConnectAsync(new Uri($"wss://{gateway.WebSocketPort}/"), certificate, cancellationToken: Token);

    private Task<GatewayFixture> StartAsync(Action<TlsOptions>? tls = null, Action<NatsBrokerOptions>? configure = null) => GatewayFixture.StartAsync(options =>
    {
        (options.WebSocket.Tls.CertFile, options.WebSocket.Tls.KeyFile) = _certificates.ServerFiles;
        options.WebSocket.NoTls = false;
        tls?.Invoke(options.WebSocket.Tls);
        configure?.Invoke(options);
    });
}
