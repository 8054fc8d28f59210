using Microsoft.Extensions.Logging.Abstractions;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Protocol;
using NatsKestrel.Broker.Subjects;
using NatsKestrel.Broker.SystemAccount;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Broker.Tests.SystemAccount;

/// <summary>Who may ask how much at a time.</summary>
public sealed class RequestSubscriberTests : IAsyncDisposable
{
    private readonly ManualResetEventSlim _begun = new();
    private readonly ManualResetEventSlim _mayAnswer = new();
    private readonly SystemWorker _forOperators = new(Account(), SystemService.MaxWaiting, NullLogger.Instance);
    private readonly SystemWorker _forAll = new(Account(), SystemService.MaxWaiting, NullLogger.Instance);
    private readonly RequestSubscriber _subscriber;

    public RequestSubscriberTests()
    {
        _subscriber = new RequestSubscriber(new SystemSubject("a", Answer), _forOperators, _forAll);
        _forOperators.Start();
        _forAll.Start();
    }

    // docs/compatibility.md, "system-bounds".
    [Theory]
    [InlineData("_R_.x", "_INBOX.x")]
    [InlineData("_INBOX.x", "_R_.x")]
    public void So_many_requests_may_wait_and_those_of_others_do_not_take_their_places(string reply, string replyOfOthers)
    {
        Assert.Equal(DeliveryResult.Delivered, Ask(reply));
        Assert.True(_begun.Wait(RawClient.Patience, TestContext.Current.CancellationToken));

        int waiting = Enumerable.Range(0, 300).Count(_ => Ask(reply) == DeliveryResult.Delivered);

        Assert.Equal(256, waiting);
        Assert.Equal(DeliveryResult.Refused, Ask(reply));
        Assert.Equal(DeliveryResult.Delivered, Ask(replyOfOthers));
    }

    public async ValueTask DisposeAsync()
    {
        _mayAnswer.Set();
        await Task.WhenAll(_forOperators.StopAsync(), _forAll.StopAsync());
        _begun.Dispose();
        _mayAnswer.Dispose();
    }

    private static Account Account() => new("$SYS", new SublistLimits(0));

    private SystemAnswer? Answer(SystemRequest request)
    {
        _begun.Set();
        _mayAnswer.Wait();
        return null;
    }

    private DeliveryResult Ask(string reply)
    {
        var message = new Message { Subject = "a"u8, Reply = System.Text.Encoding.UTF8.GetBytes(reply), SizeText = "0"u8, Body = "\r\n"u8, Length = 0 };
        return _subscriber.Deliver(new Subscription(_subscriber, "a"u8.ToArray(), [], "r"u8), in message, publisher: 1);
    }
}
