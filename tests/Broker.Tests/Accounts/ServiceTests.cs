using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Tests.Connections;
using Xunit;

namespace NatsKestrel.Broker.Tests.Accounts;

/// <summary>Requests from one account to a service of another, and the way back.</summary>
public sealed class ServiceTests
{
    [Fact]
    public async Task The_first_answer_reaches_the_requester_and_later_ones_nobody()
    {
        await using var broker = new TestBroker(options: Options(""));
        (TestClient service, TestClient client) = await ConnectAsync(broker);

        await client.SendAsync("SUB inbox 1\r\nPUB help.me inbox 1\r\n?\r\n");
        await client.RoundTripAsync();
        string reply = Reply(await service.RoundTripAsync());
        await service.SendAsync($"PUB {reply} 1\r\n1\r\nPUB {reply} 1\r\n2\r\n");
        await service.RoundTripAsync();

        Assert.Matches("^_R_\\.[0-9A-Za-z]{6}\\.[0-9A-Za-z]{6}$", reply);
        Assert.Equal("MSG inbox 1 1\r\n1\r\n", await client.RoundTripAsync());
        Assert.Equal(0, ServiceAccount(broker).Replies.Count);
    }

    [Fact]
    public async Task Of_many_answers_the_empty_one_is_the_last()
    {
        await using var broker = new TestBroker(options: Options("Stream"));
        (TestClient service, TestClient client) = await ConnectAsync(broker);

        await client.SendAsync("SUB inbox 1\r\nPUB help.me inbox 1\r\n?\r\n");
        await client.RoundTripAsync();
        string reply = Reply(await service.RoundTripAsync());
        await service.SendAsync($"PUB {reply} 1\r\n1\r\nPUB {reply} 1\r\n2\r\nPUB {reply} 0\r\n\r\nPUB {reply} 1\r\n3\r\n");
        await service.RoundTripAsync();

        Assert.Equal("MSG inbox 1 1\r\n1\r\nMSG inbox 1 1\r\n2\r\nMSG inbox 1 0\r\n\r\n", await client.RoundTripAsync());
    }

    [Fact]
    public async Task An_answer_that_takes_too_long_is_not_delivered()
    {
        await using var broker = new TestBroker(options: Options("Stream"));
        (TestClient service, TestClient client) = await ConnectAsync(broker);

        await client.SendAsync("SUB inbox 1\r\nPUB help.me inbox 1\r\n?\r\n");
        await client.RoundTripAsync();
        string reply = Reply(await service.RoundTripAsync());
        broker.Time.Advance(TimeSpan.FromSeconds(121));
        await service.SendAsync($"PUB {reply} 1\r\n1\r\n");
        await service.RoundTripAsync();

        Assert.Equal("", await client.RoundTripAsync());
    }

    [Fact]
    [Trait("Safety", "AUTHZ-6")]
    public async Task A_service_that_knows_headers_is_told_which_account_asks_and_no_other_story()
    {
        await using var broker = new TestBroker(options: Options(""));
        (TestClient service, TestClient client) = await ConnectAsync(broker, ""","headers":true """);
        const string Forged = "NATS/1.0\r\nnats-request-info: {\"acc\":\"A\"}\r\nX: y\r\nNats-Request-Info: {}\r\n\r\n";

        await client.SendAsync($"HPUB help.me {Forged.Length} {Forged.Length + 1}\r\n{Forged}?\r\n");
        await client.RoundTripAsync();
        string got = await service.RoundTripAsync();

        Assert.StartsWith("HMSG help.me 1 ", got, StringComparison.Ordinal);
        Assert.Contains("\r\nNATS/1.0\r\nX: y\r\nNats-Request-Info: {\"acc\":\"B\"", got, StringComparison.Ordinal);
        Assert.DoesNotContain("\"acc\":\"A\"", got, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n?\r\n", got, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shared_import_tells_who_asks()
    {
        NatsBrokerOptions options = Options("");
        options.Accounts[1].Imports[0].Share = true;
        await using var broker = new TestBroker(options: options);
        (TestClient service, TestClient client) = await ConnectAsync(broker, ""","headers":true,"name":"asker","lang":"x","version":"1" """);

        await client.SendAsync("PUB help.me 1\r\n?\r\n");
        await client.RoundTripAsync();
        string got = await service.RoundTripAsync();

        foreach (string part in (string[])["\"acc\":\"B\"", "\"user\":\"b\"", "\"name\":\"asker\"", "\"lang\":\"x\"", "\"ver\":\"1\"", "\"kind\":\"Client\"", "\"client_type\":\"nats\"", "\"host\":\"127.0.0.1\""])
        {
            Assert.Contains(part, got, StringComparison.Ordinal);
        }
    }

    [Fact]
    [Trait("Safety", "SUBJ-5")]
    public async Task Requests_that_nobody_answers_are_forgotten()
    {
        await using var broker = new TestBroker(options: Options(""));
        (TestClient service, TestClient client) = await ConnectAsync(broker);

        for (int i = 0; i < 50; i++)
        {
            await client.SendAsync($"PUB help.me inbox 1\r\n?\r\n");
        }

        await client.RoundTripAsync();
        int waiting = ServiceAccount(broker).Replies.Count;
        broker.Time.Advance(TimeSpan.FromSeconds(121));
        for (int i = 0; i < 20; i++)
        {
            await client.SendAsync($"PUB help.me inbox 1\r\n?\r\n");
        }

        await client.RoundTripAsync();
        await service.RoundTripAsync();
        Assert.Equal(50, waiting);
        Assert.Equal(20, ServiceAccount(broker).Replies.Count);
    }

    [Theory]
    [Trait("Safety", "ISO-5")]
    [InlineData(false)]
    [InlineData(true)]
    public void Imports_in_a_circle_are_refused(bool renames)
    {
        var options = new NatsBrokerOptions();
        string[] names = ["A", "B", "C"];
        foreach ((int index, string name) in names.Index())
        {
            string subject = renames ? $"s{index}.*" : "s.*";
            string next = renames ? $"s{(index + 1) % 3}.*" : "s.*";
            options.Accounts.Add(new AccountOptions
            {
                Name = name,
                Exports = [new ExportOptions { Service = subject }],
                Imports = [new ImportOptions { Service = new ImportSourceOptions { Account = names[(index + 1) % 3], Subject = next }, To = renames ? $"s{index}.$1" : "" }],
            });
        }

        Assert.Contains(AccountsValidator.Check(options), rule => rule.Key == "Nats:Accounts:0:Imports:0:Service:Account" && rule.Text == "makes a circle of imports");
    }

    [Theory]
    [InlineData("help.>", "Service:Subject", "is not exported to B by A")]
    [InlineData("private.x", "Service:Subject", "is not exported to B by A")]
    [InlineData("token.A", "Service:Subject", "is not exported to B by A")]
    public void What_is_not_exported_cannot_be_imported(string subject, string key, string problem)
    {
        NatsBrokerOptions options = Options("");
        options.Accounts[0].Exports.Add(new ExportOptions { Service = "private.*", Accounts = ["C"] });
        options.Accounts[0].Exports.Add(new ExportOptions { Service = "token.*", AccountTokenPosition = 2 });
        options.Accounts.Add(new AccountOptions { Name = "C" });
        options.Accounts[1].Imports[0].Service!.Subject = subject;

        Assert.Contains(AccountsValidator.Check(options), rule => rule.Key == $"Nats:Accounts:1:Imports:0:{key}" && rule.Text == problem);
    }

    private static Account ServiceAccount(TestBroker broker) => broker.Services.Accounts.TryGet("A", out Account? account) ? account : throw new InvalidOperationException();

    private static async Task<(TestClient Service, TestClient Client)> ConnectAsync(TestBroker broker, string options = "")
    {
        TestClient service = await broker.ConnectAsync(""","user":"a","pass":"pw" """ + options);
        TestClient client = await broker.ConnectAsync(""","user":"b","pass":"pw" """ + options);
        await service.SendAsync("SUB help.* 1\r\n");
        await service.RoundTripAsync();
        return (service, client);
    }

    // "MSG help.me 1 _R_.… 1"
    private static string Reply(string received) => received.Split(' ')[3];

    private static NatsBrokerOptions Options(string responseType) => new()
    {
        Accounts =
        [
            new AccountOptions
            {
                Name = "A",
                Users = [new UserOptions { User = "a", Password = "pw" }],
                Exports = [new ExportOptions { Service = "help.*", ResponseType = responseType }],
            },
            new AccountOptions
            {
                Name = "B",
                Users = [new UserOptions { User = "b", Password = "pw" }],
                Imports = [new ImportOptions { Service = new ImportSourceOptions { Account = "A", Subject = "help.me" } }],
            },
        ],
    };
}
