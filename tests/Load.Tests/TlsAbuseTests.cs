using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Load.Tests;

/// <summary>What is done to the TLS port by those who do not want to talk.</summary>
public sealed class TlsAbuseTests(TestCertificates certificates) : IClassFixture<TestCertificates>
{
    private const int GarbageLength = 1024 * 1024;
    private const int AtOnce = 64;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Safety", "F-10")]
    [Trait("Safety", "TLS-2")]
    [Trait("Safety", "TLS-6")]
    public async Task Garbage_plain_text_and_broken_off_handshakes_are_refused_and_leave_nothing_behind()
    {
        await using LoadServer server = await StartAsync();
        byte[] hello = await ClientHelloAsync();
        await AbuseAsync(server.Port, hello, garbage: 10, plain: 20, aborted: LoadSize.Pick(1000, 200)); // compiles what it takes
        await SettleAsync(server);
        int descriptors = server.Descriptors;
        long before = server.Resident;
        TimeSpan processor = server.ProcessorTime;
        server.ForgetPeak();
        int aborted = LoadSize.Pick(5000, 500);

        TimeSpan took = await AbuseAsync(server.Port, hello, garbage: 100, plain: 100, aborted);

        TimeSpan settled = await SettleAsync(server);
        long growth = server.PeakResident - before;
        Report.Line("F-10", $"100 hellos of 1 MB garbage, 100 x plain text, {aborted} handshakes broken off in {took.TotalSeconds:F1} s: {(server.ProcessorTime - processor).TotalSeconds:F1} s of processor time, peak RSS + {Report.Mebibytes(growth)} (bar 20 MiB), {server.Descriptors - descriptors} descriptors left {settled.TotalSeconds:F1} s later (bar 0)");
        Assert.InRange(growth, 0, 20 * 1024 * 1024);
        Assert.InRange(server.Descriptors, 0, descriptors);
        server.AssertUnharmed();
    }

    [Fact]
    [Trait("Safety", "F-10")]
    [Trait("Safety", "TLS-1")]
    public async Task Renegotiation_is_refused()
    {
        await using LoadServer server = await StartAsync("--Nats:Tls:HandshakeFirst=true");
        using Process openssl = StartOpenssl(server.Port);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromSeconds(10));
        Task<string> errors = openssl.StandardError.ReadToEndAsync(patience.Token);
        string line = "";
        while (!line.StartsWith("INFO ", StringComparison.Ordinal))
        {
            line = await openssl.StandardOutput.ReadLineAsync(patience.Token) ?? throw new EndOfStreamException(await errors);
        }

        await openssl.StandardInput.WriteAsync("R\n".AsMemory(), patience.Token);
        await openssl.StandardInput.FlushAsync(patience.Token);

        await openssl.WaitForExitAsync(patience.Token);
        string said = await errors;
        Report.Line("F-10", $"renegotiation asked for by openssl: {(said.Contains("RENEGOTIATING", StringComparison.Ordinal) ? "refused, and the connection closed" : "never asked")}");
        Assert.Contains("RENEGOTIATING", said, StringComparison.Ordinal);
        Assert.NotEqual(0, openssl.ExitCode);
        await server.WaitForVarzAsync(varz => varz.GetProperty("connections").GetInt64() == 0, TimeSpan.FromSeconds(5), Token);
        server.AssertUnharmed();
    }

    private Task<LoadServer> StartAsync(params string[] settings) => LoadServer.StartAsync(
        [$"--Nats:Tls:CertFile={certificates.ServerFiles.CertFile}", $"--Nats:Tls:KeyFile={certificates.ServerFiles.KeyFile}", .. settings]);

    private static Process StartOpenssl(int port)
    {
        var start = new ProcessStartInfo("openssl", ["s_client", "-connect", $"127.0.0.1:{port}", "-tls1_2"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("openssl is not installed.");
            throw;
        }
    }

    private static Task<TimeSpan> SettleAsync(LoadServer server) =>
        server.WaitForVarzAsync(varz => varz.GetProperty("connections").GetInt64() == 0, TimeSpan.FromSeconds(10), Token);

    private static async Task<TimeSpan> AbuseAsync(int port, byte[] hello, int garbage, int plain, int aborted)
    {
        long start = Stopwatch.GetTimestamp();
        var random = new Random(10);
        var noise = new byte[GarbageLength];
        random.NextBytes(noise);
        byte[] badHello = [0x16, 3, 1, 0x40, 0, 1, 0, 0x3F, 0xFC, .. noise];
        var kinds = Enumerable.Repeat(0, garbage).Concat(Enumerable.Repeat(1, plain)).Concat(Enumerable.Repeat(2, aborted)).ToArray();
        random.Shuffle(kinds);
        await Parallel.ForAsync(0, kinds.Length, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Token }, async (i, token) =>
        {
            using LoadClient client = await LoadClient.DialAsync(port, cancellationToken: token);
            await client.ReadUntilAsync("\r\n", token);
            try
            {
                switch (kinds[i])
                {
                    case 0:
                        await client.SendAsync(badHello, token);
                        await client.DrainAsync(cancellationToken: token);
                        break;
                    case 1:
                        await client.SendAsync("CONNECT {}\r\nPUB a 1\r\nx\r\nPING\r\n", token);
                        Assert.Equal(0, await client.DrainAsync(cancellationToken: token));
                        break;
                    default:
                        // Half of a hello, or all of it and the server's answer begun: then gone.
                        await client.SendAsync(hello.AsMemory(0, i % 2 == 0 ? hello.Length / 2 : hello.Length), token);
                        await client.DrainAsync(i % 2, token);
                        break;
                }
            }
            catch (SocketException)
            {
                // Cut while it was sending.
            }
        });
        return Stopwatch.GetElapsedTime(start);
    }

    private static async Task<byte[]> ClientHelloAsync()
    {
        using var sent = new MemoryStream();
        await using var tls = new SslStream(sent, leaveInnerStreamOpen: true);
        await Assert.ThrowsAnyAsync<Exception>(() => tls.AuthenticateAsClientAsync("localhost"));
        return sent.ToArray();
    }
}
