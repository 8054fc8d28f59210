using System.ComponentModel;
using System.Diagnostics;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Integration.Tests.Clients;

/// <summary>Real clients log in by every way there is, and are refused with what is wrong.</summary>
public sealed class LoginTests(CProgram program, TestCertificates certificates) : IClassFixture<CProgram>, IClassFixture<TestCertificates>
{
    private const string Received = """{"received":"hello"}""";

    public static TheoryData<string> Libraries => [NodeLibrary.Core, NodeLibrary.Classic];

    [Theory, MemberData(nameof(Libraries))]
    public async Task Node_by_token(string library)
    {
        await using var server = await ServerUnderTest.StartWithAsync("--Nats:Authorization:Token=s3cret");

        Assert.Equal(Received, await NodeAsync(library, server, "token", "s3cret"));
        Assert.Equal("""{"refused":true}""", await NodeAsync(library, server, "token", "wrong"));
        Assert.Equal("""{"refused":true}""", await NodeAsync(library, server, "nothing"));
    }

    [Theory, MemberData(nameof(Libraries))]
    public async Task Node_by_password_plain_and_hashed(string library)
    {
        string hash = BCrypt.Net.BCrypt.HashPassword("s3cret", workFactor: 6);
        await using var server = await ServerUnderTest.StartWithAsync(
            "--Nats:Authorization:Users:0:User=ann", "--Nats:Authorization:Users:0:Password=pw",
            "--Nats:Authorization:Users:1:User=bob", $"--Nats:Authorization:Users:1:Password={hash}");

        Assert.Equal(Received, await NodeAsync(library, server, "password", "ann", "pw"));
        Assert.Equal(Received, await NodeAsync(library, server, "password", "bob", "s3cret"));
        Assert.Equal("""{"refused":true}""", await NodeAsync(library, server, "password", "bob", "pw"));
        Assert.Equal("""{"refused":true}""", await NodeAsync(library, server, "password", "nobody", "pw"));
    }

    [Theory, MemberData(nameof(Libraries))]
    public async Task Node_by_nkey(string library)
    {
        (string seed, string publicKey) = TestNkeys.NewUser();
        (string stranger, _) = TestNkeys.NewUser();
        await using var server = await ServerUnderTest.StartWithAsync($"--Nats:Authorization:Users:0:Nkey={publicKey}");

        Assert.Equal(Received, await NodeAsync(library, server, "nkey", seed));
        Assert.Equal("""{"refused":true}""", await NodeAsync(library, server, "nkey", stranger));
    }

    [Theory, MemberData(nameof(Libraries))]
    public async Task Node_by_credentials_file(string library)
    {
        var @operator = new OperatorSetup();
        using TemporaryFile known = OperatorSetup.WriteCredentials(@operator.Account), stranger = OperatorSetup.WriteCredentials(TestNkey.Account());
        await using var server = await ServerUnderTest.StartWithAsync(@operator.Settings);

        Assert.Equal(Received, await NodeAsync(library, server, "creds", known.Path));
        Assert.Equal("""{"refused":true}""", await NodeAsync(library, server, "creds", stranger.Path));
    }

    [Theory, MemberData(nameof(Libraries))]
    public async Task Node_over_TLS(string library)
    {
        await using var server = await ServerUnderTest.StartWithAsync(Tls());

        Assert.Equal(Received, await NodeAsync(library, server, "tls", certificates.CaFile));
    }

    [Theory, MemberData(nameof(Libraries))]
    public async Task Node_over_mutual_TLS_by_certificate(string library)
    {
        await using var server = await ServerUnderTest.StartWithAsync([.. Tls(),
            $"--Nats:Tls:CaFile={certificates.CaFile}", "--Nats:Tls:VerifyAndMap=true", "--Nats:Authorization:Users:0:User=ann@acme.example"]);

        Assert.Equal(Received, await NodeAsync(library, server, "mutualTls", certificates.CaFile, certificates.ClientFiles.CertFile, certificates.ClientFiles.KeyFile));
    }

    [Fact]
    public async Task Node_with_the_TLS_handshake_first()
    {
        await using var server = await ServerUnderTest.StartWithAsync([.. Tls(), "--Nats:Tls:HandshakeFirst=true"]);

        Assert.Equal(Received, await NodeAsync(NodeLibrary.Core, server, "tlsFirst", certificates.CaFile));
    }

    [Fact]
    public async Task C_by_token_and_by_password()
    {
        await using var byToken = await ServerUnderTest.StartWithAsync("--Nats:Authorization:Token=s3cret");
        await using var byPassword = await ServerUnderTest.StartWithAsync("--Nats:Authorization:User=ann", "--Nats:Authorization:Password=pw");

        Assert.Equal(Received, await CAsync(byToken, "token", "s3cret"));
        Assert.Equal("""{"refused":"Authentication Violation"}""", await CAsync(byToken, "token", "wrong"));
        Assert.Equal(Received, await CAsync(byPassword, "password", "ann", "pw"));
        Assert.Equal("""{"refused":"Authentication Violation"}""", await CAsync(byPassword, "password", "ann", "wrong"));
    }

    [Fact]
    public async Task C_by_credentials_file()
    {
        var @operator = new OperatorSetup();
        using TemporaryFile known = OperatorSetup.WriteCredentials(@operator.Account), stranger = OperatorSetup.WriteCredentials(TestNkey.Account());
        await using var server = await ServerUnderTest.StartWithAsync(@operator.Settings);

        Assert.Equal(Received, await CAsync(server, "creds", known.Path));
        Assert.Equal("""{"refused":"Authentication Violation"}""", await CAsync(server, "creds", stranger.Path));
    }

    [Fact]
    public async Task C_over_TLS()
    {
        await using var server = await ServerUnderTest.StartWithAsync(Tls());
        await using var mutual = await ServerUnderTest.StartWithAsync([.. Tls(), $"--Nats:Tls:CaFile={certificates.CaFile}", "--Nats:Tls:Verify=true"]);

        Assert.Equal(Received, await CAsync(server, "tls", certificates.CaFile));
        Assert.Equal(Received, await CAsync(mutual, "mutual-tls", certificates.CaFile, certificates.ClientFiles.CertFile, certificates.ClientFiles.KeyFile));
    }

    /// <summary>An operator with one account, as <c>nsc</c> sets it up.</summary>
    private sealed class OperatorSetup
    {
        private readonly TestNkey _operator = TestNkey.Operator();

        public TestNkey Account { get; } = TestNkey.Account();

        public string[] Settings =>
        [
            $"--Nats:Operators:0={_operator.Issue("operator", _operator.Public, "acme")}", "--Nats:Resolver:Type=MEMORY",
            $"--Nats:ResolverPreload:0:Account={Account.Public}", $"--Nats:ResolverPreload:0:Jwt={_operator.Issue("account", Account.Public, "orders")}",
        ];

        public static TemporaryFile WriteCredentials(TestNkey account)
        {
            var user = TestNkey.User();
            return new TemporaryFile(user.Credentials(account.Issue("user", user.Public, "ann", ",\"pub\":{},\"sub\":{}")));
        }
    }

    private string[] Tls() => [$"--Nats:Tls:CertFile={certificates.ServerFiles.CertFile}", $"--Nats:Tls:KeyFile={certificates.ServerFiles.KeyFile}"];

    private Task<string> CAsync(ServerUnderTest server, params string[] values)
    {
        Assert.SkipWhen(program.Missing is not null, program.Missing ?? "");
        return ClientProgram.RunAsync(program.Path, ["login", Url(server), .. values], server);
    }

    private static async Task<string> NodeAsync(string library, ServerUnderTest server, params string[] values)
    {
        string folder = Path.Combine(ClientProgram.Folder, "node");
        Assert.SkipUnless(IsNodeInstalled, "node is not installed.");
        Assert.SkipUnless(
            Directory.Exists(Path.Combine(folder, "node_modules")), "The client libraries are not installed: run \"npm ci\" in tests/Integration.Tests/Clients/node.");
        return await ClientProgram.RunAsync("node", [Path.Combine(folder, "run.mjs"), library, "login", Url(server), .. values], server);
    }

    // By name: the server's certificate is for localhost too, and some clients do not compare addresses.
    private static string Url(ServerUnderTest server) => $"nats://localhost:{server.ClientUri.Port}";

    private static bool IsNodeInstalled { get; } = FindNode();

    private static bool FindNode()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("node", ["--version"]) { RedirectStandardOutput = true });
            return process is not null;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
