using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Transport.Tls;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Integration.Tests;

/// <summary>TLS on the client port, spoken byte by byte.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TestCertificates _certificates = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task INFO_comes_in_plain_text_and_everything_after_the_handshake_in_TLS()
    {
        await using BrokerFixture broker = await StartAsync();
        using TcpClient socket = await ConnectAsync(broker);
        string info = await ReadLineAsync(socket.GetStream());
        Assert.Contains("\"tls_required\":true", info, StringComparison.Ordinal);

        await using SslStream tls = await HandshakeAsync(socket);
        await SendAsync(tls, "CONNECT {\"verbose\":false}\r\nSUB a 1\r\nPUB a 2\r\nhi\r\nPING\r\n");

        Assert.Equal("MSG a 1 2\r\nhi\r\nPONG\r\n", await ReadUntilAsync(tls, "PONG\r\n"));
        ConnectionSnapshot snapshot = Assert.Single(broker.Services.GetRequiredService<ConnectionRegistry>().SnapshotOpen());
        Assert.Equal("1.3", snapshot.TlsVersion);
        Assert.StartsWith("TLS_", snapshot.TlsCipherSuite, StringComparison.Ordinal);
        Assert.False(snapshot.TlsFirst);
    }

    [Fact]
    public async Task Large_messages_pass_both_ways()
    {
        await using BrokerFixture broker = await StartAsync();
        using TcpClient socket = await ConnectAsync(broker);
        await ReadLineAsync(socket.GetStream());
        await using SslStream tls = await HandshakeAsync(socket);
        string body = new('x', 1_000_000);

        await SendAsync(tls, $"CONNECT {{\"verbose\":false}}\r\nSUB a 1\r\nPUB a {body.Length}\r\n{body}\r\nPING\r\n");

        Assert.Equal($"MSG a 1 {body.Length}\r\n{body}\r\nPONG\r\n", await ReadUntilAsync(tls, "PONG\r\n"));
    }

    [Fact]
    [Trait("Safety", "TLS-2")]
    public async Task Plain_text_after_INFO_ends_the_connection_without_being_looked_at()
    {
        await using BrokerFixture broker = await StartAsync();
        using TcpClient socket = await ConnectAsync(broker);
        await ReadLineAsync(socket.GetStream());

        await SendAsync(socket.GetStream(), "CONNECT {}\r\n");

        Assert.Equal("", await ReadToEndAsync(socket.GetStream()));
        Assert.Equal(CloseReason.TlsHandshakeFailure, await LastReasonAsync(broker));
    }

    [Fact]
    [Trait("Safety", "TIME-2")]
    public async Task A_handshake_that_does_not_come_is_not_waited_for()
    {
        await using BrokerFixture broker = await StartAsync(options => options.Tls.Timeout = TimeSpan.FromMilliseconds(100));
        using TcpClient socket = await ConnectAsync(broker);
        await ReadLineAsync(socket.GetStream());

        Assert.Equal("", await ReadToEndAsync(socket.GetStream()));
        Assert.Equal(CloseReason.TlsHandshakeFailure, await LastReasonAsync(broker));
    }

    [Theory]
    [InlineData("true")]
    [InlineData("auto")]
    [InlineData("00:00:05")]
    public async Task The_handshake_may_come_first(string setting)
    {
        await using BrokerFixture broker = await StartAsync(options => options.Tls.HandshakeFirst = setting);
        using TcpClient socket = await ConnectAsync(broker);

        await using SslStream tls = await HandshakeAsync(socket);
        string info = await ReadLineAsync(tls);

        Assert.Contains("\"tls_required\":true", info, StringComparison.Ordinal);
        Assert.True(Assert.Single(broker.Services.GetRequiredService<ConnectionRegistry>().SnapshotOpen()).TlsFirst);
    }

    [Fact]
    public async Task A_client_that_waits_for_INFO_gets_it_after_the_delay()
    {
        await using BrokerFixture broker = await StartAsync(options => options.Tls.HandshakeFirst = "auto");
        using TcpClient socket = await ConnectAsync(broker);
        await ReadLineAsync(socket.GetStream());

        await using SslStream tls = await HandshakeAsync(socket);
        await SendAsync(tls, "PING\r\n");

        Assert.Equal("PONG\r\n", await ReadUntilAsync(tls, "PONG\r\n"));
    }

    [Fact]
    public async Task Both_may_come_where_plain_text_is_allowed()
    {
        await using BrokerFixture broker = await StartAsync(options => options.AllowNonTls = true);
        using TcpClient plain = await ConnectAsync(broker);
        using TcpClient secure = await ConnectAsync(broker);
        string info = await ReadLineAsync(plain.GetStream());
        await ReadLineAsync(secure.GetStream());

        await SendAsync(plain.GetStream(), "PING\r\n");
        await using SslStream tls = await HandshakeAsync(secure);
        await SendAsync(tls, "PING\r\n");

        Assert.Contains("\"tls_available\":true", info, StringComparison.Ordinal);
        Assert.DoesNotContain("tls_required", info, StringComparison.Ordinal);
        Assert.Equal("PONG\r\n", await ReadUntilAsync(plain.GetStream(), "PONG\r\n"));
        Assert.Equal("PONG\r\n", await ReadUntilAsync(tls, "PONG\r\n"));
    }

    [Fact]
    [Trait("Safety", "TLS-5")]
    public async Task A_client_without_a_certificate_is_refused_where_one_is_demanded()
    {
        await using BrokerFixture broker = await StartAsync(Verify);
        using TcpClient socket = await ConnectAsync(broker);
        string info = await ReadLineAsync(socket.GetStream());

        Assert.Contains("\"tls_verify\":true", info, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await using SslStream tls = await HandshakeAsync(socket);
            await SendAsync(tls, "PING\r\n");
            await ReadUntilAsync(tls, "PONG\r\n");
        });
        Assert.Equal(CloseReason.TlsHandshakeFailure, await LastReasonAsync(broker));
    }

    [Fact]
    [Trait("Safety", "TLS-5")]
    public async Task A_certificate_of_another_authority_is_refused()
    {
        using var strangers = new TestCertificates();
        await using BrokerFixture broker = await StartAsync(Verify);
        using TcpClient socket = await ConnectAsync(broker);
        await ReadLineAsync(socket.GetStream());

        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await using SslStream tls = await HandshakeAsync(socket, strangers.Client);
            await SendAsync(tls, "PING\r\n");
            await ReadUntilAsync(tls, "PONG\r\n");
        });
        Assert.Equal(CloseReason.TlsHandshakeFailure, await LastReasonAsync(broker));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task Pinned_keys_are_the_only_ones(bool isPinned, bool isLetIn)
    {
        string pin = Convert.ToHexString(SHA256.HashData((isPinned ? _certificates.Client : _certificates.PlainClient).PublicKey.ExportSubjectPublicKeyInfo()));
        await using BrokerFixture broker = await StartAsync(options =>
        {
            Verify(options);
            options.Tls.PinnedCerts = [pin.ToLowerInvariant()];
        });
        using TcpClient socket = await ConnectAsync(broker);
        await ReadLineAsync(socket.GetStream());
        string answer = "";
        try
        {
            await using SslStream tls = await HandshakeAsync(socket, _certificates.Client);
            await SendAsync(tls, "PING\r\n");
            answer = await ReadUntilAsync(tls, "PONG\r\n");
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException)
        {
            // Closed right behind the handshake.
        }

        Assert.Equal(isLetIn ? "PONG\r\n" : "", answer);
    }

    [Theory]
    [InlineData(true, "ann@acme.example")]
    [InlineData(false, "CN=onlycn,O=Acme,C=US")]
    public async Task The_user_is_the_one_that_the_certificate_names(bool hasEmail, string user)
    {
        await using BrokerFixture broker = await StartAsync(options =>
        {
            options.Tls.CaFile = _certificates.CaFile;
            options.Tls.VerifyAndMap = true;
            options.Authorization.Users = [new UserOptions { User = user }];
        });
        using TcpClient socket = await ConnectAsync(broker);
        await ReadLineAsync(socket.GetStream());

        await using SslStream tls = await HandshakeAsync(socket, hasEmail ? _certificates.Client : _certificates.PlainClient);
        await SendAsync(tls, "CONNECT {\"verbose\":false,\"user\":\"somebody else\"}\r\nPING\r\n");

        Assert.Equal("PONG\r\n", await ReadUntilAsync(tls, "PONG\r\n"));
        Assert.Equal(user, Assert.Single(broker.Services.GetRequiredService<ConnectionRegistry>().SnapshotOpen()).AuthorizedUser);
    }

    [Fact]
    public async Task A_certificate_that_names_no_user_does_not_log_in()
    {
        await using BrokerFixture broker = await StartAsync(options =>
        {
            options.Tls.CaFile = _certificates.CaFile;
            options.Tls.VerifyAndMap = true;
            options.Authorization.Users = [new UserOptions { User = "bob@acme.example", Password = "pw" }];
        });
        using TcpClient socket = await ConnectAsync(broker);
        await ReadLineAsync(socket.GetStream());

        await using SslStream tls = await HandshakeAsync(socket, _certificates.Client);
        await SendAsync(tls, "CONNECT {\"user\":\"bob@acme.example\",\"pass\":\"pw\"}\r\n");

        Assert.Equal("-ERR 'Authorization Violation'\r\n", await ReadUntilAsync(tls, "'\r\n"));
    }

    [Fact]
    [Trait("Safety", "TLS-4")]
    public async Task A_new_certificate_is_for_new_connections_and_a_bad_one_changes_nothing()
    {
        NatsBrokerOptions? used = null;
        await using BrokerFixture broker = await StartAsync(options => used = options);
        var source = broker.Services.GetRequiredService<TlsContextSource>();
        using TcpClient early = await ConnectAsync(broker);
        await ReadLineAsync(early.GetStream());
        await using SslStream old = await HandshakeAsync(early);

        _certificates.RenewServer();
        bool isReloaded = source.TryReload(used!, out _);
        using TcpClient late = await ConnectAsync(broker);
        await ReadLineAsync(late.GetStream());
        await using SslStream renewed = await HandshakeAsync(late);
        await File.WriteAllTextAsync(_certificates.ServerFiles.CertFile, "nonsense", Token);
        bool isBadTaken = source.TryReload(used!, out BrokenRule problem);
        await SendAsync(old, "PING\r\n");

        Assert.True(isReloaded);
        Assert.Contains("O=Renewed", renewed.RemoteCertificate!.Subject, StringComparison.Ordinal);
        Assert.False(isBadTaken);
        Assert.Equal("Nats:Tls:CertFile", problem.Key);
        Assert.NotNull(source.Current);
        Assert.Equal("PONG\r\n", await ReadUntilAsync(old, "PONG\r\n"));
    }

    [Fact]
    [Trait("Safety", "TLS-1")]
    public async Task Old_versions_are_refused()
    {
        await using BrokerFixture broker = await StartAsync(options => options.Tls.MinVersion = "1.3");
        using TcpClient socket = await ConnectAsync(broker);
        await ReadLineAsync(socket.GetStream());

        await Assert.ThrowsAnyAsync<Exception>(() => HandshakeAsync(socket, protocols: SslProtocols.Tls12));
        Assert.Equal(CloseReason.TlsHandshakeFailure, await LastReasonAsync(broker));
    }

    [Fact]
    [Trait("Safety", "TLS-6")]
    public async Task Handshakes_wait_for_their_turn_and_no_longer_than_any_handshake_may_take()
    {
        await using BrokerFixture broker = await StartAsync(options => options.Tls.Timeout = TimeSpan.FromMilliseconds(300));
        SemaphoreSlim turns = broker.Services.GetRequiredService<TlsContextSource>().Handshakes;
        int count = turns.CurrentCount;
        for (int i = 0; i < count; i++)
        {
            await turns.WaitAsync(Token);
        }

        using TcpClient early = await ConnectAsync(broker);
        await ReadLineAsync(early.GetStream());
        await Assert.ThrowsAnyAsync<Exception>(() => HandshakeAsync(early));
        CloseReason reason = await LastReasonAsync(broker);
        turns.Release(count);
        using TcpClient late = await ConnectAsync(broker);
        await ReadLineAsync(late.GetStream());
        await using SslStream tls = await HandshakeAsync(late);
        await SendAsync(tls, "PING\r\n");

        Assert.Equal(4 * Environment.ProcessorCount, count);
        Assert.Equal(CloseReason.TlsHandshakeFailure, reason);
        Assert.Equal("PONG\r\n", await ReadUntilAsync(tls, "PONG\r\n"));
    }

    [Fact]
    [Trait("Safety", "TLS-6")]
    public async Task Only_so_many_handshakes_begin_in_a_second_and_a_reload_may_allow_more()
    {
        NatsBrokerOptions? used = null;
        var time = new FakeTimeProvider();
        await using BrokerFixture broker = await StartAsync(options => (used = options).Tls.ConnectionRateLimit = 1, time);
        using TcpClient first = await ConnectAsync(broker);
        await ReadLineAsync(first.GetStream());
        await using SslStream served = await HandshakeAsync(first);
        using TcpClient second = await ConnectAsync(broker);
        await ReadLineAsync(second.GetStream());

        string refusal = await ReadLineAsync(second.GetStream());
        CloseReason reason = await LastReasonAsync(broker);
        time.Advance(TimeSpan.FromSeconds(1.1));
        using TcpClient later = await ConnectAsync(broker);
        await ReadLineAsync(later.GetStream());
        await using SslStream servedLater = await HandshakeAsync(later);
        used!.Tls.ConnectionRateLimit = 0;
        bool isReloaded = broker.Services.GetRequiredService<TlsContextSource>().TryReload(used, out _);
        using TcpClient last = await ConnectAsync(broker);
        await ReadLineAsync(last.GetStream());
        await using SslStream servedLast = await HandshakeAsync(last);
        await SendAsync(servedLast, "PING\r\n");

        Assert.Equal("-ERR 'Connection throttling is active. Please try again later.'\r\n", refusal);
        Assert.Equal(CloseReason.MaxConnectionsExceeded, reason);
        Assert.True(isReloaded);
        Assert.Equal("PONG\r\n", await ReadUntilAsync(servedLast, "PONG\r\n"));
    }

    public void Dispose() => _certificates.Dispose();

    private void Verify(NatsBrokerOptions options)
    {
        options.Tls.Verify = true;
        options.Tls.CaFile = _certificates.CaFile;
    }

    private Task<BrokerFixture> StartAsync(Action<NatsBrokerOptions>? configure = null, TimeProvider? time = null) => BrokerFixture.StartAsync(options =>
    {
        (options.Tls.CertFile, options.Tls.KeyFile) = _certificates.ServerFiles;
        configure?.Invoke(options);
    }, time);

    private static async Task<TcpClient> ConnectAsync(BrokerFixture broker)
    {
        var socket = new TcpClient();
        await socket.ConnectAsync(broker.ClientEndPoint, Token);
        return socket;
    }

    private static async Task<SslStream> HandshakeAsync(TcpClient socket, X509Certificate2? certificate = null, SslProtocols protocols = SslProtocols.None)
    {
        var tls = new SslStream(socket.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            EnabledSslProtocols = protocols,
            ClientCertificates = certificate is null ? null : [certificate],
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.Issuer == "CN=Test Authority",
        }, Token).WaitAsync(RawClient.Patience, Token);
        return tls;
    }

    private static Task SendAsync(Stream stream, string text) => stream.WriteAsync(Encoding.Latin1.GetBytes(text), Token).AsTask();

    private static Task<string> ReadLineAsync(Stream stream) => ReadUntilAsync(stream, "\r\n");

    private static async Task<string> ReadUntilAsync(Stream stream, string end)
    {
        var text = new StringBuilder();
        var buffer = new byte[64 * 1024];
        while (text.Length < end.Length || text.ToString(text.Length - end.Length, end.Length) != end)
        {
            int length = await stream.ReadAsync(buffer.AsMemory(0, end == "\r\n" ? 1 : buffer.Length), Token).AsTask().WaitAsync(RawClient.Patience, Token);
            if (length == 0)
            {
                throw new IOException($"The server closed after '{text}'.");
            }

            text.Append(Encoding.Latin1.GetString(buffer, 0, length));
        }

        return text.ToString();
    }

    private static async Task<string> ReadToEndAsync(Stream stream)
    {
        var buffer = new byte[1024];
        try
        {
            int length = await stream.ReadAsync(buffer, Token).AsTask().WaitAsync(RawClient.Patience, Token);
            return Encoding.Latin1.GetString(buffer, 0, length);
        }
        catch (IOException)
        {
            return ""; // RST: unread input
        }
    }

    private static Task<CloseReason> LastReasonAsync(BrokerFixture broker)
    {
        var registry = broker.Services.GetRequiredService<ConnectionRegistry>();
        Assert.True(SpinWait.SpinUntil(() => registry.SnapshotClosed().Count > 0, RawClient.Patience), "Nothing was closed.");
        return Task.FromResult(registry.SnapshotClosed()[^1].Reason);
    }
}
