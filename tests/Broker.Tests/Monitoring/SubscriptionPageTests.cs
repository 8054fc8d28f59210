using System.Text;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Monitoring;
using NatsKestrel.Broker.Protocol;
using Xunit;

namespace NatsKestrel.Broker.Tests.Monitoring;

public sealed class SubscriptionPageTests
{
    private readonly AccountDirectory _accounts = new(new NatsBrokerOptions { NoSystemAccount = true });
    private readonly MonitoringSnapshots _snapshots;

    public SubscriptionPageTests()
    {
        _snapshots = new MonitoringSnapshots(new ConnectionRegistry(new LiveSettings(ConnectionSettings.From(new NatsBrokerOptions(), 1, 1))), _accounts);
        for (int i = 0; i < 20; i++)
        {
            Account account = i < 15 ? _accounts.Global : _accounts.System;
            account.Sublist.Insert(new Subscription(new Nobody(), Encoding.ASCII.GetBytes($"a.{i}"), [], Encoding.ASCII.GetBytes($"{i}")));
        }
    }

    [Fact]
    [Trait("Safety", "MON-6")]
    public void Pages_go_on_from_one_account_to_the_next_and_hold_each_subscription_once()
    {
        var sids = new List<string>();
        for (int offset = 0; offset < 20; offset += 6)
        {
            var (total, listed) = _snapshots.Subscriptions(["$G", "$SYS"], null, new Page(offset, 6));

            Assert.Equal(20, total);
            Assert.True(listed.Count <= 6);
            sids.AddRange(listed.Select(subscription => subscription.Sid));
        }

        Assert.Equal(Enumerable.Range(0, 20), sids.Select(int.Parse).Order());
    }

    [Fact]
    public void A_test_subject_is_looked_up_in_each_account()
    {
        var (total, listed) = _snapshots.Subscriptions(["$G", "$SYS"], "a.17", new Page(0, 1024));

        Assert.Equal(1, total);
        Assert.Equal("$SYS", Assert.Single(listed).AccountName);
    }

    private sealed class Nobody : ISubscriber
    {
        public ulong Id => 1;

        public DeliveryResult Deliver(Subscription subscription, ref readonly Message message, ulong publisher) => DeliveryResult.Refused;

        public void Flush()
        {
        }

        public Task WaitForRoomAsync(TimeSpan limit) => Task.CompletedTask;
    }
}
