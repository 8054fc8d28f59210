using Xunit;

namespace NatsKestrel.Integration.Tests.Clients;

/// <summary>The C client, which many other languages wrap, does what applications do with it. Each test runs one scenario of <c>c/scenarios.c</c>.</summary>
public abstract class CScenarios(ServerUnderTest server, CProgram program)
{
    [Fact]
    public async Task A_subscriber_gets_what_is_published_on_its_subjects() =>
        Assert.Equal("""{"exact":["hello",""],"wildcard":["hello","hallo"],"subject":"greetings.de"}""", await RunAsync("publish-subscribe"));

    [Fact]
    public async Task A_queue_group_gets_each_message_once_spread_over_its_members() =>
        Assert.Equal("""{"delivered":300,"idleMembers":0}""", await RunAsync("queue-group"));

    [Fact]
    public async Task Each_request_gets_its_own_reply() =>
        Assert.Equal("""{"replies":["2","42"]}""", await RunAsync("request-reply"));

    [Fact]
    public async Task A_request_that_nobody_serves_fails_at_once_with_no_responders() =>
        Assert.Equal(
            """{"request":"No responders available for request","inbox":"No responders available for request"}""", await RunAsync("no-responders"));

    [Fact]
    public async Task Headers_arrive_as_they_were_sent_with_all_their_values() =>
        Assert.Equal("""{"supported":true,"via":["Paris","Rome"],"count":2,"colon":"a: b","body":"body"}""", await RunAsync("headers"));

    [Fact]
    public async Task Draining_a_subscription_and_then_the_connection_loses_nothing() =>
        Assert.Equal("""{"drained":1000,"stayed":1001,"closed":true}""", await RunAsync("drain"));

    [Fact]
    public async Task A_payload_of_exactly_max_payload_arrives_and_one_byte_more_is_refused_by_the_client() =>
        Assert.Equal("""{"size":1048576,"intact":5,"oneByteMore":"Maximum Payload Exceeded"}""", await RunAsync("large-payload"));

    [Fact]
    public async Task A_subscription_with_a_maximum_ends_after_that_many_messages() =>
        Assert.Equal("""{"received":3,"then":"Maximum Messages Delivered"}""", await RunAsync("auto-unsubscribe"));

    [Fact]
    public async Task The_client_knows_its_id_its_address_and_the_round_trip_time() =>
        Assert.Equal("""{"measured":true,"hasId":true,"address":"127.0.0.1","serverIdLength":56}""", await RunAsync("round-trip"));

    [Fact]
    public async Task Subscriptions_and_buffered_messages_survive_a_restart_on_the_same_port()
    {
        await using var restarted = await server.StartAnotherAsync();

        Assert.Equal("""{"received":["before","meanwhile","after"]}""", await RunAsync("reconnect", restarted));
    }

    private Task<string> RunAsync(string scenario) => RunAsync(scenario, server);

    private Task<string> RunAsync(string scenario, ServerUnderTest on)
    {
        Assert.SkipWhen(program.Missing is not null, program.Missing ?? "");
        return ClientProgram.RunAsync(program.Path, [scenario, on.ClientUri.ToString().TrimEnd('/')], on);
    }
}
