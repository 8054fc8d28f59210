using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Conformance.Tests.SystemAccount;

/// <summary>What is told in the system account of clients that come and go: both servers tell the same.</summary>
public sealed class SystemEventTests(SystemServers servers) : IClassFixture<SystemServers>
{
    [Theory]
    [InlineData("$SYS.ACCOUNT.B.CONNECT")]
    [InlineData("$SYS.ACCOUNT.B.DISCONNECT")]
    [InlineData("$SYS.ACCOUNT.B.SERVER.CONNS")]
    [InlineData("$SYS.SERVER.ACCOUNT.B.CONNS")]
    [InlineData("$SYS.SERVER.*.STATSZ")]
    public async Task Events_have_the_same_fields(string subject)
    {
        Assert.SkipWhen(ReferenceServer.IsMissing, ReferenceServer.MissingReason);

        SystemMessage theirs = await ListenAsync(servers.Reference, subject, Visit);
        SystemMessage ours = await ListenAsync(servers.Ours, subject, Visit);

        Assert.Equal(theirs.Form.Split(' ').Length, ours.Form.Split(' ').Length);
        Assert.Equal(JsonFields.Of(theirs.Text), JsonFields.Of(ours.Text));
    }

    [Theory]
    [InlineData("$SYS.SERVER.*.CLIENT.AUTH.ERR")]
    [InlineData("$SYS.ACCOUNT.$G.DISCONNECT")]
    public async Task A_failed_login_is_told_in_the_same_way(string subject)
    {
        Assert.SkipWhen(ReferenceServer.IsMissing, ReferenceServer.MissingReason);

        SystemMessage theirs = await ListenAsync(servers.Reference, subject, FailToLogIn);
        SystemMessage ours = await ListenAsync(servers.Ours, subject, FailToLogIn);

        Assert.Equal(JsonFields.Of(theirs.Text), JsonFields.Of(ours.Text));
        Assert.Equal(theirs.Json("reason").GetString(), ours.Json("reason").GetString());
        Assert.Equal(theirs.Json("client", "user").GetString(), ours.Json("client", "user").GetString());
    }

    // docs/compatibility.md, "system-strangers".
    [Fact]
    public async Task What_a_stranger_says_of_itself_is_kept_only_where_it_is_short()
    {
        string name = new('x', 300);

        SystemMessage told = await ListenAsync(servers.Ours, "$SYS.SERVER.*.CLIENT.AUTH.ERR", port => FailToLogIn(port, name));

        Assert.DoesNotContain("xxx", told.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_goodbye_counts_from_the_clients_point_of_view()
    {
        foreach (int port in servers.Both)
        {
            SystemMessage told = await ListenAsync(port, "$SYS.ACCOUNT.B.DISCONNECT", async to =>
            {
                await using SystemClient client = await SystemClient.ConnectAsync(to, "b");
                await client.SendAsync("PUB foo 5\r\nhello\r\nPUB foo 2\r\nhi\r\nSUB own 1\r\nPUB own 1\r\nx\r\n");
                await client.FlushAsync();
                await client.SendAsync("nonsense\r\n");
            });

            Assert.Equal("""{"msgs":3,"bytes":8}""", told.Json("sent").GetRawText());
            Assert.Equal("""{"msgs":1,"bytes":1}""", told.Json("received").GetRawText());
            Assert.Equal("b", told.Json("client", "user").GetString());
        }
    }

    // docs/compatibility.md, "system-reload".
    [Fact]
    public async Task A_reload_that_changes_nothing_is_no_event()
    {
        await using SystemClient operators = await SystemClient.ConnectAsync(servers.Ours, "sys");
        await using SystemClient client = await SystemClient.ConnectAsync(servers.Ours, "b");
        await operators.SubscribeAsync("$SYS.ACCOUNT.*.CONNECT 1");

        await operators.RequestAsync($"$SYS.REQ.SERVER.{operators.ServerId}.RELOAD");
        await using SystemClient other = await SystemClient.ConnectAsync(servers.Ours, "a");

        Assert.Equal("$SYS.ACCOUNT.A.CONNECT", (await operators.ReadAsync()).Subject);
    }

    private static async Task<SystemMessage> ListenAsync(int port, string subject, Func<int, Task> act)
    {
        await using SystemClient listener = await SystemClient.ConnectAsync(port, "sys");
        await listener.SubscribeAsync(subject + " 1");
        await act(port);
        return await listener.ReadAsync();
    }

    private static async Task Visit(int port)
    {
        await using SystemClient client = await SystemClient.ConnectAsync(port, "b");
    }

    private static Task FailToLogIn(int port) => FailToLogIn(port, "guess");

    private static async Task FailToLogIn(int port, string name)
    {
        await using RawClient client = await RawClient.ConnectAsync(ReferenceServer.Host, port, TestContext.Current.CancellationToken);
        await client.ReadLineAsync(TestContext.Current.CancellationToken);
        await client.SendAsync("CONNECT {\"user\":\"a\",\"pass\":\"wrong\",\"name\":\"" + name + "\",\"lang\":\"test\",\"version\":\"1\"}\r\n", TestContext.Current.CancellationToken);
        await client.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
