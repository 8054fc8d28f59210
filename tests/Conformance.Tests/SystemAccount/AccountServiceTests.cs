using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Conformance.Tests.SystemAccount;

/// <summary>What ordinary accounts see of the system account: the services that each of them imports, and nothing else.</summary>
public sealed class AccountServiceTests(SystemServers servers) : IClassFixture<SystemServers>
{
    [Theory]
    [InlineData("a", "$SYS.REQ.USER.INFO", "")]
    [InlineData("a", "$SYS.REQ.USER.INFO", "not read")]
    [InlineData("restricted", "$SYS.REQ.USER.INFO", "")]
    [InlineData("b", "$SYS.REQ.SERVER.PING.CONNZ", "")]
    [InlineData("b", "$SYS.REQ.ACCOUNT.PING.CONNZ", """{"auth":true,"subscriptions":true}""")]
    [InlineData("b", "$SYS.REQ.ACCOUNT.PING.CONNZ", "xx")]
    [InlineData("b", "$SYS.REQ.ACCOUNT.PING.STATZ", "")]
    public async Task Every_account_has_the_same_services(string user, string subject, string body)
    {
        Assert.SkipWhen(ReferenceServer.IsMissing, ReferenceServer.MissingReason);

        SystemMessage theirs = await AskAsync(servers.Reference, user, subject, body);
        SystemMessage ours = await AskAsync(servers.Ours, user, subject, body);

        Assert.Equal(theirs.Form, ours.Form);
        Assert.Equal(JsonFields.Of(theirs.Text), JsonFields.Of(ours.Text));
    }

    [Fact]
    public async Task A_user_is_told_who_it_is_and_what_it_may_do()
    {
        foreach (int port in servers.Both)
        {
            SystemMessage answer = await AskAsync(port, "restricted", "$SYS.REQ.USER.INFO", "");

            Assert.Equal(
                """{"user":"restricted","account":"A","account_name":"A","permissions":{"publish":{"allow":["$SYS.\u003e"],"deny":["no"]},"subscribe":{"allow":["_INBOX.\u003e"],"deny":["x"]},"responses":{"max":3,"ttl":5000000000}}}""",
                answer.Json("data").GetRawText());
        }
    }

    [Theory]
    [InlineData("$SYS.REQ.SERVER.PING.CONNZ", """{"acc":"A"}""")]
    [InlineData("$SYS.REQ.ACCOUNT.PING.CONNZ", """{"acc":"SYS","ACC":"A"}""")]
    [InlineData("$SYS.REQ.ACCOUNT.PING.STATZ", """{"accounts":["A","SYS"]}""")]
    [Trait("Safety", "ISO-6")]
    public async Task Nobody_learns_of_other_accounts_whatever_is_asked_for(string subject, string body)
    {
        foreach (int port in servers.Both)
        {
            await using SystemClient other = await SystemClient.ConnectAsync(port, "a", ",\"name\":\"secret\"");
            await using SystemClient client = await SystemClient.ConnectAsync(port, "b");

            SystemMessage answer = await client.RequestAsync(subject, body);

            Assert.DoesNotContain("secret", answer.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("\"A\"", answer.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("SYS", answer.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("$SYS.REQ.SERVER.PING")]
    [InlineData("$SYS.REQ.SERVER.PING.VARZ")]
    [InlineData("$SYS.REQ.SERVER.ID.CONNZ")]
    [InlineData("$SYS.REQ.SERVER.ID.RELOAD")]
    [InlineData("$SYS.REQ.SERVER.ID.KICK")]
    [InlineData("$SYS.REQ.ACCOUNT.A.CONNZ")]
    [InlineData("$SYS.REQ.ACCOUNT.B.CONNZ")]
    [InlineData("$SYS.REQ.ACCOUNT.B.INFO")]
    [InlineData("$SYS.REQ.USER.B.INFO")]
    [InlineData("$SYS.REQ.ACCOUNT.B.CLAIMS.UPDATE")]
    [InlineData("$SYS.DEBUG.SUBSCRIBERS")]
    [Trait("Safety", "ISO-6")]
    public async Task Every_other_subject_has_no_responder(string subject)
    {
        foreach (int port in servers.Both)
        {
            await using SystemClient client = await SystemClient.ConnectAsync(port, "b");

            SystemMessage answer = await client.RequestAsync(subject.Replace("ID", client.ServerId, StringComparison.Ordinal), """{"cid":1}""");

            Assert.StartsWith("NATS/1.0 503", answer.Header, StringComparison.Ordinal);
        }
    }

    [Fact]
    [Trait("Safety", "ISO-6")]
    public async Task What_happens_in_the_system_account_is_not_heard_outside_of_it()
    {
        foreach (int port in servers.Both)
        {
            await using SystemClient client = await SystemClient.ConnectAsync(port, "b");
            await client.SubscribeAsync("$SYS.> 1");
            await client.SubscribeAsync("> 2");
            await using SystemClient listener = await SystemClient.ConnectAsync(port, "sys");
            await listener.SubscribeAsync("$SYS.ACCOUNT.A.CONNECT 1");

            await using (await SystemClient.ConnectAsync(port, "a"))
            {
                await listener.ReadAsync();
                await listener.SendAsync("PUB $SYS.made.up 1\r\nx\r\n");
                await listener.FlushAsync();
            }

            await client.SendAsync("PUB own 1\r\nx\r\n");
            Assert.Equal("own", (await client.ReadAsync()).Subject);
        }
    }

    [Fact]
    [Trait("Safety", "ISO-6")]
    public async Task What_others_publish_under_the_same_names_does_not_reach_the_system_account()
    {
        foreach (int port in servers.Both)
        {
            await using SystemClient listener = await SystemClient.ConnectAsync(port, "sys");
            await listener.SubscribeAsync("$SYS.ACCOUNT.FAKE.> 1");
            await using SystemClient client = await SystemClient.ConnectAsync(port, "b");

            await client.SendAsync("PUB $SYS.ACCOUNT.FAKE.CONNECT 2\r\n{}\r\n");
            await client.FlushAsync();
            await listener.SendAsync("PUB $SYS.ACCOUNT.FAKE.END 2\r\n{}\r\n");

            Assert.Equal("$SYS.ACCOUNT.FAKE.END", (await listener.ReadAsync()).Subject);
        }
    }

    // docs/compatibility.md, "system-bounds".
    [Fact]
    public async Task A_long_request_of_an_ordinary_account_has_no_responder()
    {
        string body = new(' ', 9 * 1024);

        Assert.StartsWith("NATS/1.0 503", (await AskAsync(servers.Ours, "b", "$SYS.REQ.USER.INFO", body)).Header, StringComparison.Ordinal);
        Assert.Equal(400, (await AskAsync(servers.Ours, "sys", "$SYS.REQ.SERVER.PING", body)).Json("error", "code").GetInt32());
    }

    private static async Task<SystemMessage> AskAsync(int port, string user, string subject, string body)
    {
        await using SystemClient client = await SystemClient.ConnectAsync(port, user);
        return await client.RequestAsync(subject, body);
    }
}
