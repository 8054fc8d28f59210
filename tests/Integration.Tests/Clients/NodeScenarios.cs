using System.ComponentModel;
using System.Diagnostics;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Integration.Tests.Clients;

/// <summary>
/// Both client libraries for Node do what applications do with them. Each test runs the script of the same name in
/// <c>node/scenarios</c>, and states what it must find.
/// </summary>
public abstract class NodeScenarios(ServerUnderTest server)
{
    public static TheoryData<string> Libraries => [NodeLibrary.Core, NodeLibrary.Classic, NodeLibrary.CoreWebSocket, NodeLibrary.ClassicWebSocket];

    [Theory, MemberData(nameof(Libraries))]
    public async Task A_subscriber_gets_what_is_published_on_its_subject_in_order(string library) =>
        Assert.Equal("""{"received":["first","","zażółć"]}""", await RunAsync(library, "publish-subscribe"));

    [Theory, MemberData(nameof(Libraries))]
    public async Task Wildcards_match_one_token_or_the_rest(string library) =>
        Assert.Equal(
            """{"time.*":["time.us"],"time.us.>":["time.us.east","time.us.east.atlanta"],"time.*.east":["time.us.east"]}""",
            await RunAsync(library, "wildcards"));

    [Theory, MemberData(nameof(Libraries))]
    public async Task A_queue_group_gets_each_message_once_spread_over_its_members(string library) =>
        Assert.Equal("""{"delivered":300,"distinct":300,"everyMemberWorked":true,"outsider":300}""", await RunAsync(library, "queue-group"));

    [Theory, MemberData(nameof(Libraries))]
    public async Task Each_request_gets_its_own_reply(string library) =>
        Assert.Equal("""{"replies":["2","4","42","100"]}""", await RunAsync(library, "request-reply"));

    [Theory, MemberData(nameof(Libraries))]
    public async Task One_request_can_have_many_replies(string library) =>
        Assert.Equal("""{"replies":["ann","bob","cleo"]}""", await RunAsync(library, "request-many"));

    [Theory, MemberData(nameof(Libraries))]
    public async Task A_request_that_nobody_serves_fails_at_once_with_no_responders(string library) =>
        Assert.Equal(
            """{"muxed":"no responders","ownInbox":"no responders","notice":{"code":503,"payload":0,"subjectIsInbox":true}}""",
            await RunAsync(library, "no-responders"));

    [Theory, MemberData(nameof(Libraries))]
    public async Task Headers_arrive_as_they_were_sent_with_all_their_values(string library) =>
        Assert.Equal(
            """
            {"via":["Paris","Rome"],"empty":"","colon":"a: b","keys":["Via","X-Empty","X-Colon"],"body":"body","emptyBody":"","emptyBodyVia":["Paris","Rome"],"plainHasHeaders":false}
            """,
            await RunAsync(library, "headers"));

    [Theory, MemberData(nameof(Libraries))]
    public async Task Draining_a_subscription_loses_nothing_and_keeps_the_connection(string library) =>
        Assert.Equal("""{"drained":1000,"stays":1001,"connectionOpen":true}""", await RunAsync(library, "drain-subscription"));

    [Theory, MemberData(nameof(Libraries))]
    public async Task Draining_a_connection_loses_nothing_and_closes_it(string library) =>
        Assert.Equal(
            """{"received":1000,"published":1000,"closed":true,"afterwards":"closed connection"}""", await RunAsync(library, "drain-connection"));

    [Theory, MemberData(nameof(Libraries))]
    public async Task A_payload_of_exactly_max_payload_arrives_and_one_byte_more_is_refused_by_the_client(string library) =>
        Assert.Equal(
            """{"sizes":[1048576,1048576,1048576,1048576,1048576],"intact":true,"oneByteMore":"payload too large"}""",
            await RunAsync(library, "large-payload"));

    [Theory, MemberData(nameof(Libraries))]
    public async Task A_payload_above_max_payload_makes_the_server_close_the_connection(string library) =>
        Assert.Equal("""{"closed":true}""", await RunAsync(library, "payload-violation"));

    [Theory, MemberData(nameof(Libraries))]
    public async Task Ten_thousand_subscriptions_each_get_their_own_message(string library) =>
        Assert.Equal("""{"received":10000,"inTheirPlace":true}""", await RunAsync(library, "many-subscriptions"));

    [Theory, MemberData(nameof(Libraries))]
    public async Task The_round_trip_time_can_be_measured(string library) =>
        Assert.Equal("""{"measured":true}""", await RunAsync(library, "round-trip"));

    [Theory, MemberData(nameof(Libraries))]
    public async Task Info_tells_the_client_what_the_server_is_and_can(string library) =>
        Assert.Equal(
            """
            {"version":"2.15.1","proto":1,"headers":true,"maxPayload":1048576,"jetstream":false,"authRequired":false,"tlsRequired":false,"serverIdIsNkey":true,"sameServer":true,"named":true,"hostIsAddress":true,"port":true,"clientIp":"127.0.0.1","ownId":true}
            """,
            await RunAsync(library, "info"));

    [Theory, MemberData(nameof(Libraries))]
    public async Task The_info_after_the_first_ping_tells_the_account(string library) =>
        Assert.Equal("""{"marked":true,"account":"$G","clientIdKept":true}""", await RunAsync(library, "connect-info"));

    [Theory, MemberData(nameof(Libraries))]
    public async Task An_invalid_subject_is_reported_and_keeps_the_connection(string library) =>
        Assert.Equal(
            """{"refused":"invalid subject","reported":1,"closed":false,"subscription":false}""", await RunAsync(library, "invalid-subject"));

    [Theory, MemberData(nameof(Libraries))]
    public async Task A_subscription_with_a_maximum_ends_after_that_many_messages(string library) =>
        Assert.Equal("""{"limited":3,"later":5}""", await RunAsync(library, "auto-unsubscribe"));

    [Theory, MemberData(nameof(Libraries))]
    public async Task A_client_that_asked_for_no_echo_does_not_hear_itself(string library) =>
        Assert.Equal("""{"received":["other's"]}""", await RunAsync(library, "no-echo"));

    [Theory, MemberData(nameof(Libraries))]
    public async Task Subscriptions_come_back_when_the_server_restarts_on_the_same_port(string library) =>
        Assert.Equal(
            """{"plain":["before","after"],"member":["before","after"],"closed":false}""", await RunAloneAsync(library, "reconnect"));

    [Theory, MemberData(nameof(Libraries))]
    public async Task Everything_on_a_closed_connection_fails_as_closed(string library) =>
        Assert.Equal(
            """{"closed":true,"left":0,"publish":"closed connection","request":"closed connection"}""",
            await RunAloneAsync(library, "server-stop"));

    [Theory, MemberData(nameof(Libraries))]
    public async Task Clients_are_told_of_lame_duck_mode_and_work_on_until_they_are_closed(string library)
    {
        await using var leaving = await server.StartWithShortLameDuckModeAsync(gracePeriod: TimeSpan.FromSeconds(2));

        Assert.Equal("""{"type":"ldm","echoed":1,"closed":true}""", await RunAsync(library, "lame-duck", leaving));
    }

    [Theory, MemberData(nameof(Libraries))]
    public async Task The_system_account_answers_requests_and_tells_of_clients(string library)
    {
        await using var another = await server.StartWithSystemUserAsync();

        Assert.Equal(
            """{"sameServer":true,"connections":1,"user":"sys","account":"SYS","event":"io.nats.server.advisory.v1.client_connect","name":"second"}""",
            await RunAsync(library, "system-account", another));
    }

    private async Task<string> RunAloneAsync(string library, string scenario)
    {
        await using var alone = await server.StartAnotherAsync();
        return await RunAsync(library, scenario, alone);
    }

    private Task<string> RunAsync(string library, string scenario) => RunAsync(library, scenario, server);

    private static Task<string> RunAsync(string library, string scenario, ServerUnderTest server)
    {
        Uri uri = NodeLibrary.IsWebSocket(library) ? server.WebSocketUri : server.ClientUri;
        return ClientProgram.RunAsync("node", Arguments(library, scenario, uri), server);
    }

    /// <summary>Runs a scenario by WebSocket.</summary>
    /// <param name="library">The client library.</param>
    /// <param name="scenario">The scenario, which asks nothing of the server itself.</param>
    /// <param name="server">The server.</param>
    /// <param name="caFile">The authority that the client trusts.</param>
    internal static Task<string> RunAsync(string library, string scenario, BrokerProcess server, string caFile) =>
        ClientProgram.RunAsync("node", Arguments(library, scenario, server.WebSocketUri), server, ("NODE_EXTRA_CA_CERTS", caFile));

    private static string[] Arguments(string library, string scenario, Uri uri)
    {
        string folder = Path.Combine(ClientProgram.Folder, "node");
        Assert.SkipUnless(NodeIsInstalled.Value, "node is not installed.");
        Assert.SkipUnless(
            Directory.Exists(Path.Combine(folder, "node_modules")), "The client libraries are not installed: run \"npm ci\" in tests/Integration.Tests/Clients/node.");

        return [Path.Combine(folder, "run.mjs"), library, scenario, uri.ToString()];
    }

    private static readonly Lazy<bool> NodeIsInstalled = new(() =>
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
    });
}
