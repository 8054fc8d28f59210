using System.Net.WebSockets;
using System.Runtime.Versioning;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Server.Tests;

/// <summary>A nats.conf with a WebSocket port does here what it does at the real server.</summary>
[UnsupportedOSPlatform("windows")]
public sealed partial class WebSocketParityTests : IDisposable
{
    // New at each start, a matter of time, or of the library; the last is a divergence.
    private static readonly string[] Changing = ["server_id", "server_name", "port", "go", "xkey", "client_id", "nonce", "api_lvl", "start", "last_activity", "rtt", "uptime", "idle", "cid", "name_tag", "tls_cipher_suite", "handshake_timeout"];

    private readonly TestCertificates _certificates = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Over_wss_INFO_and_monitoring_say_the_same()
    {
        await using var servers = await Pair.StartAsync(Secure());

        await servers.CompareAsync(server => AskAsync(server));
    }

    [Fact]
    public async Task A_client_certificate_is_demanded_and_shown()
    {
        await using var servers = await Pair.StartAsync(Secure($"ca_file: \"{_certificates.CaFile}\", verify: true"));

        await servers.CompareAsync(async server =>
        {
            await Assert.ThrowsAsync<WebSocketException>(() => WebSocketClient.ConnectAsync(server.WebSocketUri, cancellationToken: Token));
            await server.WaitForLineAsync(line => line.Contains("[ERR] websocket: TLS handshake error from 127.0.0.1:", StringComparison.Ordinal));
            return await AskAsync(server, isMutual: true);
        });
    }

    [Fact]
    public async Task A_user_may_be_that_of_his_certificate_over_wss_alone()
    {
        await using var servers = await Pair.StartAsync(
            $$"""
            authorization { users: [ { user: "ann@acme.example" }, { user: bob, password: pw } ] }
            {{Secure($"ca_file: \"{_certificates.CaFile}\", verify_and_map: true")}}
            """);

        await servers.CompareAsync(async server =>
        {
            await using RawClient tcp = await RawClient.ConnectAsync("127.0.0.1", server.ClientUri.Port, Token);
            await tcp.ReadLineAsync(Token);
            await tcp.SendAsync("CONNECT {\"user\":\"bob\",\"pass\":\"pw\",\"verbose\":true}\r\n", Token);
            return await tcp.ReadLineAsync(Token) + await AskAsync(server, isMutual: true);
        });
    }

    [Theory]
    [InlineData("no_tls: true")]
    [InlineData("TLS")]
    [InlineData("no_tls: true, TLS")]
    public async Task The_log_and_the_ports_file_name_the_port_before_the_server_is_ready(string setting)
    {
        string folder = Path.GetDirectoryName(_certificates.CaFile)!;
        string websocket = $"websocket {{ listen: \"127.0.0.1:-1\", {setting.Replace("TLS", Tls(), StringComparison.Ordinal)} }}\nports_file_dir: \"{folder}\"\nhttp: \"127.0.0.1:-1\"";
        await using var servers = await Pair.StartAsync(websocket, monitors: false);

        await servers.CompareAsync(async server =>
        {
            string path = Path.Combine(folder, $"nats-server_{server.ProcessId}.ports");
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
            while (!File.Exists(path) || new FileInfo(path).Length == 0)
            {
                await timer.WaitForNextTickAsync(Token);
            }

            IEnumerable<string> log = server.Errors.Select(line => line[line.IndexOf('[', 1)..]).Where(line => StartLine().IsMatch(line));
            return WithoutPorts($"{string.Join('\n', log)}\n{await File.ReadAllTextAsync(path, Token)}");
        });
    }

    [Fact]
    public async Task A_port_in_use_is_told_in_the_same_words()
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        using var file = new TemporaryFile($"port: -1\nwebsocket {{ listen: \"{taken.LocalEndpoint}\", no_tls: true }}\n");
        await using BrokerProcess reference = LaunchReference("-c", file.Path);
        await using BrokerProcess ours = BrokerProcess.LaunchServer("-c", file.Path);

        Assert.Equal(1, await reference.WaitForExitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(1, await ours.WaitForExitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(reference.Errors[^1][reference.Errors[^1].IndexOf("[FTL]", StringComparison.Ordinal)..], ours.Errors[^1][ours.Errors[^1].IndexOf("[FTL]", StringComparison.Ordinal)..]);
    }

    [Fact]
    public async Task Without_TLS_and_without_no_tls_it_does_not_start()
    {
        using var file = new TemporaryFile("websocket { port: 9222 }\n");
        await using BrokerProcess reference = LaunchReference("-c", file.Path);
        await using BrokerProcess ours = BrokerProcess.LaunchServer("-c", file.Path);

        Assert.Equal(1, await reference.WaitForExitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(1, await ours.WaitForExitAsync(TimeSpan.FromSeconds(30)));
        Assert.EndsWith("websocket requires TLS configuration", reference.Errors[^1], StringComparison.Ordinal);
        Assert.EndsWith(
            "test.conf:1 websocket) must be true where Nats:WebSocket:Tls:CertFile is empty: websocket requires TLS configuration.", ours.Errors[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("websocket { LISTEN, authorization { user: a, pass: b } }")]
    [InlineData("websocket { LISTEN, authorization { user: a, pass: b, token: t } }\nauthorization { user: joe, pass: x }")]
    [InlineData("websocket { LISTEN, authentication { token: t }, token_cookie: k }\nauthorization { user: joe, pass: x }")]
    [InlineData("websocket { LISTEN, user_cookie: u, pass_cookie: p }\nauthorization { user: joe, pass: x }")]
    [InlineData("websocket { LISTEN, no_auth_user: ann }\naccounts { A { users: [ { user: joe, pass: x }, { user: ann, pass: y } ] } }")]
    [InlineData("websocket { LISTEN, no_auth_user: ann }\nno_auth_user: joe\naccounts { A { users: [ { user: joe, pass: x }, { user: ann, pass: y } ] } }")]
    [InlineData("websocket { LISTEN }\nno_auth_user: joe\naccounts { A { users: [ { user: joe, pass: x } ] } }")]
    [InlineData("websocket { LISTEN, advertise: \"foo:80\", compression: true, same_origin: true, headers { X-A: b } }")]
    public async Task A_login_counts_over_WebSocket_as_at_nats_server(string configuration)
    {
        await using var servers = await Pair.StartAsync(configuration.Replace("LISTEN", "listen: \"127.0.0.1:-1\", no_tls: true", StringComparison.Ordinal));

        await servers.CompareAsync(async server =>
        {
            string seen = "";
            foreach (string login in (string[])["", "\"user\":\"a\",\"pass\":\"b\",", "\"user\":\"a\",\"pass\":\"c\",", "\"user\":\"joe\",\"pass\":\"x\",", "\"auth_token\":\"t\","])
            {
                foreach (string cookie in (string[])["", "k=t; u=joe; p=x"])
                {
                    await using WebSocketClient socket = await WebSocketClient.ConnectAsync(server.WebSocketUri, cookie: cookie, cancellationToken: Token);
                    string info = await socket.ReadUntilAsync("\r\n", Token);
                    await socket.SendAsync($"CONNECT {{{login}\"verbose\":true}}\r\n", Token);
                    seen += $"{login} {cookie} {info.Contains("\"auth_required\":true", StringComparison.Ordinal)} {await socket.ReadUntilAsync("\r\n", Token)}";
                }

                await using RawClient tcp = await RawClient.ConnectAsync("127.0.0.1", server.ClientUri.Port, Token);
                await tcp.ReadLineAsync(Token);
                await tcp.SendAsync($"CONNECT {{{login}\"verbose\":true}}\r\n", Token);
                seen += await tcp.ReadLineAsync(Token);
            }

            JsonElement varz = await server.GetJsonAsync("/varz", Token);
            return seen + Constant(JsonNode.Parse(varz.GetProperty("websocket").GetRawText())!);
        });
    }

    [Fact]
    public async Task The_time_for_the_login_may_be_its_own()
    {
        await using var servers = await Pair.StartAsync(
            "websocket { listen: \"127.0.0.1:-1\", no_tls: true, authorization { user: a, pass: b, timeout: 0.2 } }\nauthorization { user: joe, pass: x, timeout: 60 }");

        await servers.CompareAsync(async server =>
        {
            await using WebSocketClient socket = await WebSocketClient.ConnectAsync(server.WebSocketUri, cancellationToken: Token);
            await socket.ReadUntilAsync("\r\n", Token);
            JsonElement varz = await server.GetJsonAsync("/varz", Token);
            return await socket.ReadUntilAsync("never", Token) + varz.GetProperty("websocket").GetProperty("auth_timeout") + varz.GetProperty("auth_timeout");
        });
    }

    [Fact]
    public async Task The_answer_to_the_upgrade_has_the_headers_of_the_file()
    {
        await using var servers = await Pair.StartAsync("websocket { listen: \"127.0.0.1:-1\", no_tls: true, headers { X-A: b, \"x-lower\": 'c d', Strict-Transport-Security: \"max-age=1\" } }");

        await servers.CompareAsync(async server =>
        {
            await using RawClient client = await RawClient.ConnectAsync("127.0.0.1", server.WebSocketUri.Port, Token);
            await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n", Token);
            var head = new List<string>();
            while (await client.ReadLineAsync(Token) is { Length: > 2 } line)
            {
                head.Add(line);
            }

            return string.Concat(head.Where(line => !line.StartsWith("Date:", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        });
    }

    [Theory]
    [InlineData("no_auth_user: joe", "Nats:WebSocket:NoAuthUser = joe (test.conf:2 no_auth_user) must be")]
    [InlineData("jwt_cookie: c", "Nats:WebSocket:JwtCookie = c (test.conf:2 jwt_cookie) needs Nats:Operators")]
    [InlineData("allowed_origins: [\"x\"]", "Nats:WebSocket:AllowedOrigins:0 = x (test.conf:2 allowed_origins) must be an origin")]
    [InlineData("headers { Host: x }", "Nats:WebSocket:Headers:Host = x (test.conf:2 Host) must not be set")]
    [InlineData("headers { Sec-WebSocket-Protocol: x }", "Nats:WebSocket:Headers:Sec-WebSocket-Protocol = x (test.conf:2 Sec-WebSocket-Protocol) must not be set")]
    [InlineData("authorization { token: t } }\nauthorization { users: [ { user: a, password: b } ]", "Nats:WebSocket:Authorization:Token = [REDACTED] (test.conf:2 token) must not be set together with users")]
    [InlineData("authorization { user: t, pass: p } }\nauthorization { users: [ { user: a, password: b } ]", "Nats:WebSocket:Authorization:User = t (test.conf:2 user) must not be set together with users")]
    public async Task What_nats_server_does_not_start_with_is_refused_with_its_place(string setting, string problem)
    {
        using var file = new TemporaryFile($"websocket {{ listen: \"127.0.0.1:-1\", no_tls: true,\n {setting} }}\n");
        await using BrokerProcess reference = LaunchReference("-c", file.Path);
        await using BrokerProcess ours = BrokerProcess.LaunchServer("-c", file.Path);

        Assert.Equal(1, await reference.WaitForExitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(1, await ours.WaitForExitAsync(TimeSpan.FromSeconds(30)));
        Assert.Contains(problem, string.Join('\n', ours.Errors).Replace(file.Folder + "/", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("headers: 3")]
    [InlineData("headers { X-A: [b] }")]
    [InlineData("headers { X-A: 3 }")]
    [InlineData("handshake_timeout: x")]
    [InlineData("handshake_timeout: 0.5")]
    [InlineData("handshake_timeout: -1")]
    [InlineData("compression: 3")]
    [InlineData("authorization { users: [] }")]
    [InlineData("authorization { user: a, pass: b, timeout: 3 }")]
    [InlineData("no_auth_user: joe")]
    [InlineData("advertise: \"foo:80\", ping_interval: \"10s\"")]
    [InlineData("foo: 3")]
    public async Task The_check_of_the_file_says_the_same(string setting)
    {
        using var file = new TemporaryFile($"websocket {{ listen: \"127.0.0.1:-1\", no_tls: true,\n {setting} }}\n");
        await using BrokerProcess reference = LaunchReference("-c", file.Path, "-t");
        await using BrokerProcess ours = BrokerProcess.LaunchServer("-c", file.Path, "-t");

        Assert.Equal(await reference.WaitForExitAsync(TimeSpan.FromSeconds(30)), await ours.WaitForExitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(reference.Errors.Where(line => line.Length > 0), ours.Errors.Where(line => line.Length > 0));
    }

    [Fact]
    [Trait("Safety", "TLS-4")]
    public async Task A_reload_takes_a_new_certificate_and_nothing_else_of_the_port()
    {
        await using var servers = await Pair.StartAsync(Secure());

        await servers.CompareAsync(async server =>
        {
            _certificates.RenewServer();
            await using WebSocketClient early = await WebSocketClient.ConnectAsync(server.WebSocketUri, cancellationToken: Token);
            await early.ReadUntilAsync("\r\n", Token);

            _certificates.RenewServer();
            server.Reload();
            await server.WaitForLineAsync(line => line.Contains("[INF] Reloaded server configuration", StringComparison.Ordinal));
            await using WebSocketClient late = await WebSocketClient.ConnectAsync(server.WebSocketUri, cancellationToken: Token);
            await early.SendAsync("PING\r\n", Token);
            string pong = await early.ReadUntilAsync("PONG\r\n", Token);

            string text = await File.ReadAllTextAsync(servers.ConfigurationFile, Token);
            await File.WriteAllTextAsync(servers.ConfigurationFile, text.Replace("websocket {", "websocket { same_origin: true,", StringComparison.Ordinal), Token);
            server.Reload();
            await server.WaitForLineAsync(line => line.Contains("Failed to reload server configuration: config reload not supported for Websocket", StringComparison.Ordinal));
            await File.WriteAllTextAsync(servers.ConfigurationFile, text, Token);
            return $"{pong}{early.ServerCertificate!.SerialNumber == late.ServerCertificate!.SerialNumber}";
        });
    }

    public void Dispose() => _certificates.Dispose();

    private static BrokerProcess LaunchReference(params string[] arguments)
    {
        Assert.SkipWhen(ReferenceServer.IsMissing, ReferenceServer.MissingReason);
        return BrokerProcess.LaunchReference(ReferenceServer.Executable!, arguments);
    }

    private static string WithoutPorts(string text) => Changeable().Replace(text, "$1#");

    private string Tls(string more = "") =>
        $"tls {{ cert_file: \"{_certificates.ServerFiles.CertFile}\", key_file: \"{_certificates.ServerFiles.KeyFile}\"{(more.Length > 0 ? ", " + more : "")} }}";

    private string Secure(string more = "") => $"websocket {{ listen: \"127.0.0.1:-1\", {Tls(more)} }}";

    // INFO, the answer to CONNECT and PING, /varz and /connz.
    private async Task<string> AskAsync(BrokerProcess server, bool isMutual = false)
    {
        await using WebSocketClient socket = await WebSocketClient.ConnectAsync(server.WebSocketUri, isMutual ? _certificates.Client : null, cancellationToken: Token);
        string info = await socket.ReadUntilAsync("\r\n", Token);
        await socket.SendAsync("CONNECT {\"verbose\":true,\"lang\":\"test\"}\r\nPING\r\n", Token);
        string answer = await socket.ReadUntilAsync("PONG\r\n", Token);
        JsonElement varz = await server.GetJsonAsync("/varz", Token);
        JsonElement connz = await server.GetJsonAsync("/connz?auth=1", Token);
        JsonNode client = JsonNode.Parse(connz.GetProperty("connections")[0].GetRawText())!;
        client.AsObject().Remove("tls_peer_certs", out JsonNode? certificates);
        return $"{Constant(JsonNode.Parse(info["INFO ".Length..])!)}\n{answer}\n{Constant(JsonNode.Parse(varz.GetProperty("websocket").GetRawText())!)}\n{Constant(client)} {certificates?[0]}";
    }

    private static string Constant(JsonNode node)
    {
        foreach (string name in Changing)
        {
            node.AsObject().Remove(name);
        }

        return node.ToJsonString();
    }

    [GeneratedRegex(@"^\[\w+\] (Starting http|Listening|Websocket|Server is ready)")]
    private static partial Regex StartLine();

    [GeneratedRegex(@"(127\.0\.0\.1:)\d+")]
    private static partial Regex Changeable();

    /// <summary>The real server and ours, with the same file.</summary>
    private sealed class Pair(BrokerProcess reference, BrokerProcess ours, TemporaryFile file) : IAsyncDisposable
    {
        public string ConfigurationFile => file.Path;

        public static async Task<Pair> StartAsync(string configuration, bool monitors = true)
        {
            Assert.SkipWhen(ReferenceServer.IsMissing, ReferenceServer.MissingReason);
            var file = new TemporaryFile(configuration);
            string[] arguments = ["-c", file.Path, .. monitors ? (string[])["-m", "-1"] : []];
            BrokerProcess reference = await BrokerProcess.StartReferenceAsync(ReferenceServer.Executable!, 0, arguments);
            return new Pair(reference, await BrokerProcess.StartServerAsync(0, arguments), file);
        }

        /// <summary>Does the same to both, one after the other.</summary>
        public async Task CompareAsync(Func<BrokerProcess, Task<string>> ask) => Assert.Equal(await ask(reference), await ask(ours));

        public async ValueTask DisposeAsync()
        {
            await reference.DisposeAsync();
            await ours.DisposeAsync();
            file.Dispose();
        }
    }
}
