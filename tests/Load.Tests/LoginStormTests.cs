using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using NatsKestrel.Testing;
using NSec.Cryptography;
using Xunit;

namespace NatsKestrel.Load.Tests;

/// <summary>Very many logins at one time: by those who come back, and by those who guess.</summary>
public sealed class LoginStormTests
{
    private const byte UserPrefix = 20 << 3;
    private const string Password = "s3cret";
    private const string Canary = "canary-of-a-guess";

    // As where the system grants the usual number of descriptors: a quarter of all connections may be about to log in.
    private const string Unlimited = "--Nats:Limits:MaxUnauthenticated=16384";

    private static readonly int Cost = LoadSize.Pick(11, 6);

    // Who guesses waits no longer than this for an answer.
    private static readonly TimeSpan GuesserPatience = TimeSpan.FromSeconds(2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [Trait("Safety", "F-3")]
    [Trait("Safety", "SEC-4")]
    [InlineData("plain", 1, 5)]
    [InlineData("nkey", 1, 5)]
    [InlineData("bcrypt, one user", 1, 10)]
    [InlineData("bcrypt, many users", 200, 30)]
    public async Task Clients_that_are_dropped_at_once_are_all_served_again_and_bystanders_hardly_notice(string kind, int fullUsers, int bar)
    {
        int count = LoadSize.Pick(5000, 300);
        int users = LoadSize.Pick(fullUsers, Math.Min(fullUsers, 10));
        DescriptorLimit.SkipBelow(2 * count);
        var (key, _, nkey) = TestNkeys.New(UserPrefix);
        IEnumerable<string> named = Enumerable.Range(0, users).AsParallel().SelectMany(i => User(i + 1, $"u{i}", kind == "plain" ? Password : Hash(Password)));
        await using LoadServer server = await LoadServer.StartAsync(
            [Unlimited, .. User(0, "bystander", Password), .. kind == "nkey" ? [$"--Nats:Authorization:Users:1:Nkey={nkey}"] : named]);
        using Bystanders bystanders = await Bystanders.ConnectAsync(server.Port, Named("bystander", Password));
        LoadClient[] dropped = (await LogInAllAsync(server.Port, count, (_, _) => Named("bystander", Password))).Clients;
        bystanders.BeginAgain();

        // Those who come back are unknown to the server: it has checked none of their passwords lately.
        Array.ForEach(dropped, client => client.Dispose());
        var (clients, failed, served) = await LogInAllAsync(
            server.Port, count, (client, info) => kind == "nkey" ? Signed(key, nkey, info) : Named($"u{client % users}", Password));

        Percentiles pings = await bystanders.StopAsync();
        Report.Line("F-3", $"{count} clients dropped at once, {kind} (cost {Cost}): all served after {served.TotalSeconds:F2} s (bar {bar} s, asserted x 2), {failed} logins failed; PING of bystanders {pings} (bar p99 100 ms, asserted x 10)");
        Assert.Equal(count, clients.Length);
        Assert.InRange(served, TimeSpan.Zero, TimeSpan.FromSeconds(2 * bar));
        Assert.InRange(pings.At(0.99), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        server.AssertUnharmed();
        Array.ForEach(clients, client => client.Dispose());
    }

    [Fact]
    [Trait("Safety", "F-14")]
    [Trait("Safety", "SEC-3")]
    [Trait("Safety", "SEC-4")]
    [Trait("Safety", "PRE-7")]
    [Trait("Safety", "LOG-2")]
    public async Task Guesses_by_the_thousand_hold_up_neither_logins_from_elsewhere_nor_pings_and_tell_no_names()
    {
        const int Users = 20;
        int perSecond = LoadSize.Pick(1000, 100);
        var duration = TimeSpan.FromSeconds(LoadSize.Pick(30, 3));
        DescriptorLimit.SkipBelow(4 * perSecond);
        await using LoadServer server = await LoadServer.StartAsync([.. User(0, "bystander", Password),
            .. Enumerable.Range(0, Users).AsParallel().SelectMany(i => User(i + 1, $"u{i}", Hash(Password)))]);
        (Percentiles known, Percentiles unknown) = await TimeNamesAsync(server.Port);
        using Bystanders bystanders = await Bystanders.ConnectAsync(server.Port, Named("bystander", Password));

        Task<int> guesses = GuessAsync(server.Port, perSecond, duration, Users);
        Percentiles good = await LogInWhileAsync(guesses, server.Port, Users);

        Percentiles pings = await bystanders.StopAsync();
        double difference = known.At(0.5) / unknown.At(0.5);
        Report.Line("F-14", $"{perSecond} bad bcrypt logins/s (cost {Cost}) for {duration.TotalSeconds} s from one address, {await guesses} answered within {GuesserPatience.TotalSeconds} s");
        Report.Line("F-14", $"good logins of {Users} users from another address: {good} (bar p99 1 s, asserted x 2); PING of bystanders {pings} (bar p99 50 ms, asserted x 5)");
        Report.Line("F-14", $"refusal of a known name {known}, of an unknown one {unknown}: medians 1 : {difference:F3}");
        Assert.InRange(good.At(0.99), TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.InRange(pings.At(0.99), TimeSpan.Zero, TimeSpan.FromMilliseconds(250));
        Assert.InRange(difference, LoadSize.Pick(0.8, 0.4), LoadSize.Pick(1.25, 2.5));
        Assert.DoesNotContain(Canary, server.Log, StringComparison.Ordinal);
        server.AssertUnharmed();
    }

    private static IEnumerable<string> User(int index, string name, string password) =>
        [$"--Nats:Authorization:Users:{index}:User={name}", $"--Nats:Authorization:Users:{index}:Password={password}"];

    private static string Hash(string password) => BCrypt.Net.BCrypt.HashPassword(password, Cost);

    private static string Named(string user, string password) => $"\"user\":\"{user}\",\"pass\":\"{password}\"";

    private static string Signed(Key key, string nkey, string info)
    {
        using var json = JsonDocument.Parse(info[5..]);
        byte[] nonce = Encoding.ASCII.GetBytes(json.RootElement.GetProperty("nonce").GetString()!);
        return $"\"nkey\":\"{nkey}\",\"sig\":\"{Base64Url.EncodeToString(SignatureAlgorithm.Ed25519.Sign(key, nonce))}\"";
    }

    // All at once; who is refused or cut tries again.
    private static async Task<(LoadClient[] Clients, int Failed, TimeSpan Served)> LogInAllAsync(int port, int count, Func<int, string, string> login)
    {
        int failed = 0;
        long start = Stopwatch.GetTimestamp();
        LoadClient[] clients = await Task.WhenAll(Enumerable.Range(0, count).Select(async i =>
        {
            while (true)
            {
                try
                {
                    return await LoadClient.LogInAsync(port, info => login(i, info), cancellationToken: Token);
                }
                catch (Exception exception) when (exception is EndOfStreamException or SocketException)
                {
                    Interlocked.Increment(ref failed);
                    await Task.Delay(100, Token);
                }
            }
        }));
        return (clients, failed, Stopwatch.GetElapsedTime(start));
    }

    // Known and unknown names by turns, from addresses that have not failed often enough to be slowed down.
    private static async Task<(Percentiles Known, Percentiles Unknown)> TimeNamesAsync(int port)
    {
        List<TimeSpan> known = [], unknown = [];
        for (int i = 0; i < LoadSize.Pick(40, 80); i++)
        {
            var from = IPAddress.Parse($"127.0.1.{1 + (i / 8)}");
            (i % 2 == 0 ? known : unknown).Add(await RefusedAsync(port, i % 2 == 0 ? "u0" : "nobody", from, Token));
        }

        return (new Percentiles(known), new Percentiles(unknown));
    }

    private static async Task<TimeSpan> RefusedAsync(int port, string name, IPAddress from, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        var refused = await Assert.ThrowsAnyAsync<Exception>(() =>
            LoadClient.LogInAsync(port, _ => Named(name, $"{Canary}{Random.Shared.Next()}"), from, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        Assert.True(refused is EndOfStreamException or SocketException, refused.ToString());
        return Stopwatch.GetElapsedTime(start);
    }

    private static async Task<int> GuessAsync(int port, int perSecond, TimeSpan duration, int users)
    {
        int answered = 0;
        var all = new List<Task>();
        long start = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (Stopwatch.GetElapsedTime(start) is var elapsed && elapsed < duration)
        {
            while (all.Count < elapsed.TotalSeconds * perSecond)
            {
                all.Add(GuessOnceAsync(all.Count));
            }

            await timer.WaitForNextTickAsync(Token);
        }

        await Task.WhenAll(all);
        return answered;

        async Task GuessOnceAsync(int number)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
            patience.CancelAfter(GuesserPatience);
            try
            {
                await RefusedAsync(port, number % 2 == 0 ? $"u{number / 2 % users}" : $"nobody{number}", IPAddress.Loopback, patience.Token);
                Interlocked.Increment(ref answered);
            }
            catch (OperationCanceledException) when (!Token.IsCancellationRequested)
            {
                // It guesses on without the answer.
            }
        }
    }

    private static async Task<Percentiles> LogInWhileAsync(Task guesses, int port, int users)
    {
        var times = new List<TimeSpan>();
        var from = IPAddress.Parse("127.0.0.2");
        while (!guesses.IsCompleted)
        {
            long start = Stopwatch.GetTimestamp();
            (await LoadClient.LogInAsync(port, _ => Named($"u{times.Count % users}", Password), from, Token)).Dispose();
            times.Add(Stopwatch.GetElapsedTime(start));
            await Task.Delay(10, Token);
        }

        return new Percentiles(times);
    }
}
