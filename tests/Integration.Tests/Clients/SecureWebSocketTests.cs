using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Integration.Tests.Clients;

/// <summary>Both client libraries for browsers over <c>wss</c>: our host, the drop-in executable, and the real server.</summary>
public sealed class SecureWebSocketTests(TestCertificates certificates) : IClassFixture<TestCertificates>
{
    public static TheoryData<string> Libraries => [NodeLibrary.CoreWebSocket, NodeLibrary.ClassicWebSocket];

    [Theory, MemberData(nameof(Libraries))]
    public async Task Over_wss_with_an_authority_of_ones_own(string library)
    {
        (string certificate, string key) = certificates.ServerFiles;
        using var file = new TemporaryFile($"websocket {{ listen: \"127.0.0.1:-1\", tls {{ cert_file: \"{certificate}\", key_file: \"{key}\" }} }}\n");
        await using BrokerProcess host = await BrokerProcess.StartHostAsync(0, $"--Nats:WebSocket:Tls:CertFile={certificate}", $"--Nats:WebSocket:Tls:KeyFile={key}");
        await using BrokerProcess dropIn = await BrokerProcess.StartServerAsync(0, "-c", file.Path);
        await using BrokerProcess? reference = ReferenceServer.IsMissing ? null : await BrokerProcess.StartReferenceAsync(ReferenceServer.Executable!, 0, "-c", file.Path);

        foreach (BrokerProcess server in new[] { host, dropIn, reference }.OfType<BrokerProcess>())
        {
            Assert.Equal("wss", server.WebSocketUri.Scheme);
            Assert.Equal("""{"received":["first","","zażółć"]}""", await NodeScenarios.RunAsync(library, "publish-subscribe", server, certificates.CaFile));
        }
    }
}
