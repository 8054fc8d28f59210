using System.IO.Compression;
using System.Text;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Conformance.Tests.SystemAccount;

/// <summary>What is asked of the system account: both servers answer the same.</summary>
public sealed class SystemRequestTests(SystemServers servers) : IClassFixture<SystemServers>
{
    // What nats-server does not have, and what our runtime has no like of.
    private const string OwnField = ".data.natskestrel_version";

    private static readonly string[] Reports =
        ["IDZ", "STATSZ", "VARZ", "CONNZ", "SUBSZ", "ROUTEZ", "GATEWAYZ", "LEAFZ", "ACCOUNTZ", "JSZ", "HEALTHZ", "PROFILEZ", "RAFTZ"];

    private static readonly string[] AccountReports = ["CONNZ", "SUBSZ", "LEAFZ", "JSZ", "INFO", "STATZ", "CONNS"];

    public static TheoryData<string, string> Requests =>
    [
        ("$SYS.REQ.SERVER.PING", ""),
        .. Reports.SelectMany(report => (TheoryDataRow<string, string>[])[($"$SYS.REQ.SERVER.PING.{report}", ""), ($"$SYS.REQ.SERVER.ID.{report}", "")]),
        .. AccountReports.Select(report => new TheoryDataRow<string, string>($"$SYS.REQ.ACCOUNT.SYS.{report}", "")),
        ("$SYS.REQ.SERVER.PING.CONNZ", """{"acc":"SYS","auth":true,"subscriptions":true}"""),
        ("$SYS.REQ.SERVER.PING.CONNZ", """{"ACC":"SYS","subscriptions_detail":true,"sort":"cid","limit":1,"offset":0}"""),
        ("$SYS.REQ.SERVER.PING.CONNZ", """{"acc":"SYS","filter_subject":"_INBOX.*"}"""),
        ("$SYS.REQ.SERVER.PING.CONNZ", """{"acc":"SYS","filter_subject":"nobody.listens"}"""),
        ("$SYS.REQ.SERVER.PING.CONNZ", """{"acc":"NOPE"}"""),
        ("$SYS.REQ.SERVER.PING.CONNZ", """{"state":7}"""),
        ("$SYS.REQ.SERVER.PING.CONNZ", "null"),
        ("$SYS.REQ.SERVER.PING.SUBSZ", """{"subscriptions":true,"account":"A","test":"$SYS.REQ.USER.INFO"}"""),
        ("$SYS.REQ.SERVER.PING.ACCOUNTZ", """{"account":"A"}"""),
        ("$SYS.REQ.SERVER.PING.ACCOUNTZ", """{"account":"B"}"""),
        ("$SYS.REQ.SERVER.PING.ACCOUNTZ", """{"account":"SYS"}"""),
        ("$SYS.REQ.SERVER.PING.HEALTHZ", """{"stream":"x"}"""),
        ("$SYS.REQ.SERVER.PING.HEALTHZ", """{"consumer":"x","details":true}"""),
        ("$SYS.REQ.SERVER.PING.VARZ", """{"server_name":"est","host":"127"}"""),
        ("$SYS.REQ.SERVER.PING.VARZ", """{"server_name":"tested","exact_match":true,"cluster":"","unknown":[]}"""),
        ("$SYS.REQ.ACCOUNT.NOPE.CONNZ", ""),
        ("$SYS.REQ.ACCOUNT.NOPE.SUBSZ", ""),
        ("$SYS.REQ.ACCOUNT.NOPE.STATZ", """{"include_unused":true}"""),
        ("$SYS.REQ.ACCOUNT.$G.STATZ", """{"include_unused":true}"""),
        ("$SYS.REQ.ACCOUNT.PING.STATZ", """{"accounts":["SYS"]}"""),
        ("$SYS.REQ.SERVER.ID.RELOAD", ""),
        ("$SYS.REQ.USER.INFO", ""),
        ("$SYS.DEBUG.SUBSCRIBERS", "_INBOX.>"),
    ];

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Answers_have_the_same_fields(string subject, string body)
    {
        Assert.SkipWhen(ReferenceServer.IsMissing, ReferenceServer.MissingReason);

        SystemMessage theirs = await AskAsync(servers.Reference, subject, body);
        SystemMessage ours = await AskAsync(servers.Ours, subject, body);

        Assert.Equal(theirs.Form, ours.Form);
        Assert.Equal(JsonFields.Of(theirs.Text), JsonFields.Of(ours.Text).Where(field => !field.StartsWith(OwnField, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("SERVER.PING", "garbage")]
    [InlineData("SERVER.PING.STATSZ", "{\"x\"")]
    [InlineData("SERVER.PING.VARZ", "[1]")]
    [InlineData("SERVER.PING.VARZ", "\"a\"")]
    [InlineData("SERVER.PING.VARZ", "{\"a\":}")]
    [InlineData("SERVER.PING.VARZ", "{a:1}")]
    [InlineData("SERVER.PING.VARZ", "{\"a\":1}\nx")]
    [InlineData("SERVER.PING.VARZ", "tru")]
    [InlineData("SERVER.PING.VARZ", " ")]
    [InlineData("SERVER.PING.VARZ", "{\"server_name\":5}")]
    [InlineData("SERVER.PING.VARZ", "{\"tags\":\"x\"}")]
    [InlineData("SERVER.PING.VARZ", "{\"tags\":[1]}")]
    [InlineData("SERVER.PING.VARZ", "{\"exact_match\":\"x\"}")]
    [InlineData("SERVER.PING.CONNZ", "{\"limit\":\"x\"}")]
    [InlineData("SERVER.PING.CONNZ", "{\"limit\":1.5}")]
    [InlineData("SERVER.PING.CONNZ", "{\"cid\":-1}")]
    [InlineData("SERVER.PING.CONNZ", "{\"state\":\"open\"}")]
    [InlineData("SERVER.PING.CONNZ", "{\"sort\":1}")]
    [InlineData("SERVER.PING.CONNZ", "{\"sort\":\"zz\"}")]
    [InlineData("SERVER.PING.CONNZ", "{\"sort\":\"stop\"}")]
    [InlineData("SERVER.PING.CONNZ", "{\"filter_subject\":\"foo\"}")]
    [InlineData("SERVER.PING.SUBSZ", "{\"test\":\"foo.*\"}")]
    [InlineData("SERVER.PING.ACCOUNTZ", "{\"account\":\"NOPE\"}")]
    [InlineData("SERVER.PING.ROUTEZ", "{\"subscriptions_detail\":4}")]
    [InlineData("SERVER.PING.GATEWAYZ", "{\"name\":4}")]
    [InlineData("SERVER.PING.LEAFZ", "{\"account\":4}")]
    [InlineData("SERVER.PING.JSZ", "{\"limit\":\"a\"}")]
    [InlineData("SERVER.PING.RAFTZ", "[]")]
    [InlineData("SERVER.PING.EXPVARZ", "[]")]
    [InlineData("SERVER.PING.IPQUEUESZ", "[]")]
    [InlineData("SERVER.ID.KICK", "{\"cid\":9999}")]
    [InlineData("SERVER.ID.KICK", "{}")]
    [InlineData("SERVER.ID.LDM", "{\"cid\":9999}")]
    [InlineData("SERVER.ID.RELOAD", "xx")]
    [InlineData("ACCOUNT.A.CONNZ", "xx")]
    [InlineData("ACCOUNT.A.JSZ", "")]
    [InlineData("ACCOUNT.A.INFO", "[]")]
    [InlineData("ACCOUNT.NOPE.INFO", "")]
    [InlineData("ACCOUNT.A.STATZ", "[]")]
    [InlineData("ACCOUNT.A.CLAIMS.UPDATE", "")]
    [InlineData("ACCOUNT.A.CLAIMS.UPDATE", "hello")]
    public async Task Refusals_are_the_same_word_for_word(string subject, string body)
    {
        Assert.SkipWhen(ReferenceServer.IsMissing, ReferenceServer.MissingReason);

        SystemMessage theirs = await AskAsync(servers.Reference, "$SYS.REQ." + subject, body);
        SystemMessage ours = await AskAsync(servers.Ours, "$SYS.REQ." + subject, body);

        Assert.Equal(theirs.Json("error").GetRawText(), ours.Json("error").GetRawText());
        Assert.Equal(JsonFields.Of(theirs.Text), JsonFields.Of(ours.Text));
    }

    [Theory]
    [InlineData("SERVER.PING", "{\"server_name\":\"nope\"}")]
    [InlineData("SERVER.PING", "{\"server_name\":\"test\",\"exact_match\":true}")]
    [InlineData("SERVER.PING.VARZ", "{\"cluster\":\"x\"}")]
    [InlineData("SERVER.PING.VARZ", "{\"tags\":[\"a\"]}")]
    [InlineData("SERVER.PING.VARZ", "{\"domain\":\"d\"}")]
    [InlineData("SERVER.ID.RELOAD", "{\"host\":\"nope\"}")]
    [InlineData("SERVER.PING.JSZ", "{\"leader_only\":true}")]
    [InlineData("SERVER.ID.KICK", "")]
    [InlineData("SERVER.ID.KICK", "xx")]
    [InlineData("SERVER.ID.LDM", "{\"cid\":\"x\"}")]
    [InlineData("ACCOUNT.A.CONNS", "xx")]
    [InlineData("ACCOUNT.NOPE.CONNS", "")]
    [InlineData("ACCOUNT.NOPE.STATZ", "")]
    public async Task What_is_not_meant_for_the_server_is_not_answered(string subject, string body)
    {
        foreach (int port in servers.Both)
        {
            await using SystemClient client = await SystemClient.ConnectAsync(port, "sys");

            await client.AskAsync("$SYS.REQ." + subject.Replace("ID", client.ServerId, StringComparison.Ordinal), body);
            SystemMessage next = await client.RequestAsync("$SYS.REQ.SERVER.PING.IDZ");

            Assert.Equal(client.ServerId, next.Json("id").GetString());
        }
    }

    [Theory]
    [InlineData("$SYS.REQ.SERVER.PING.NOPE")]
    [InlineData("$SYS.REQ.SERVER.PING.KICK")]
    [InlineData("$SYS.REQ.SERVER.ID")]
    [InlineData("$SYS.REQ.ACCOUNT.A.NOPE")]
    [InlineData("$SYS.REQ.CLAIMS.LIST")]
    [InlineData("$SYS.REQ.ACCOUNT.A.CLAIMS.LOOKUP")]
    public async Task Other_subjects_have_no_responder(string subject)
    {
        foreach (int port in servers.Both)
        {
            Assert.StartsWith("NATS/1.0 503", (await AskAsync(port, subject, "")).Header, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_client_can_be_told_to_leave_and_be_closed()
    {
        foreach (int port in servers.Both)
        {
            await using SystemClient operators = await SystemClient.ConnectAsync(port, "sys");
            await using SystemClient client = await SystemClient.ConnectAsync(port, "a");
            string body = $$"""{"cid":{{client.Id}}}""";

            SystemMessage told = await operators.RequestAsync($"$SYS.REQ.SERVER.{operators.ServerId}.LDM", body);
            string info = await client.ReadLineAsync();
            SystemMessage kicked = await operators.RequestAsync($"$SYS.REQ.SERVER.{operators.ServerId}.KICK", body);

            Assert.Contains("\"ldm\":true", info, StringComparison.Ordinal);
            Assert.False(told.Json().TryGetProperty("error", out _) || kicked.Json().TryGetProperty("error", out _));
            Assert.Empty(await client.ReadLineAsync());
        }
    }

    [Fact]
    public async Task A_client_that_takes_no_INFO_cannot_be_told_to_leave()
    {
        foreach (int port in servers.Both)
        {
            await using SystemClient operators = await SystemClient.ConnectAsync(port, "sys");
            await using SystemClient client = await SystemClient.ConnectAsync(port, "a", "");

            SystemMessage told = await operators.RequestAsync($"$SYS.REQ.SERVER.{operators.ServerId}.LDM", $$"""{"cid":{{client.Id}}}""");

            Assert.Equal("client does not support Lame Duck Mode or is not ready to receive the notification", told.Json("error", "description").GetString());
        }
    }

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("br, GZIP", "gzip")]
    [InlineData("br", "identity")]
    public async Task An_answer_is_encoded_as_the_requester_takes_it(string accepted, string used)
    {
        foreach (int port in servers.Both)
        {
            await using SystemClient client = await SystemClient.ConnectAsync(port, "sys");

            SystemMessage answer = await client.RequestAsync("$SYS.REQ.SERVER.PING.VARZ", header: "Accept-Encoding: " + accepted);

            Assert.Equal($"NATS/1.0\r\nContent-Encoding: {used}\r\n\r\n", answer.Header);
            Assert.Equal("HMSG _INBOX.test inbox ", answer.Form);
            await using Stream body = used == "gzip" ? new GZipStream(new MemoryStream(answer.Body), CompressionMode.Decompress) : new MemoryStream(answer.Body);
            Assert.Contains(client.ServerId, await new StreamReader(body, Encoding.UTF8).ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
    }

    // docs/compatibility.md, "system-answers".
    [Fact]
    public async Task Who_asks_for_snappy_gets_a_plain_body()
    {
        await using SystemClient client = await SystemClient.ConnectAsync(servers.Ours, "sys");

        SystemMessage answer = await client.RequestAsync("$SYS.REQ.SERVER.PING.VARZ", header: "Accept-Encoding: snappy, gzip");

        Assert.Equal("NATS/1.0\r\nContent-Encoding: identity\r\n\r\n", answer.Header);
        Assert.Equal(client.ServerId, answer.Json("server", "id").GetString());
    }

    // docs/compatibility.md, "system-answers".
    [Theory]
    [InlineData("EXPVARZ")]
    [InlineData("IPQUEUESZ")]
    public async Task What_only_the_other_servers_runtime_has_is_empty(string report)
    {
        Assert.Equal("{}", (await AskAsync(servers.Ours, $"$SYS.REQ.SERVER.PING.{report}", "")).Json("data").GetRawText());
    }

    private static async Task<SystemMessage> AskAsync(int port, string subject, string body)
    {
        await using SystemClient client = await SystemClient.ConnectAsync(port, "sys");
        return await client.RequestAsync(subject.Replace(".ID", "." + client.ServerId, StringComparison.Ordinal).Replace(client.ServerId + "Z", "IDZ", StringComparison.Ordinal), body);
    }
}
