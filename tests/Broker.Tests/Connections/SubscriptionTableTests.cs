using System.Text;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Connections;
using Xunit;

namespace NatsKestrel.Broker.Tests.Connections;

public class SubscriptionTableTests
{
    [Theory]
    [InlineData(1, 8)]
    [InlineData(2, 50)]
    [InlineData(3, 5000)]
    public void Random_operations_give_what_a_dictionary_gives(int seed, int sids)
    {
        var random = new Random(seed);
        var table = new SubscriptionTable();
        var model = new Dictionary<string, Subscription>();
        for (int i = 0; i < 30_000; i++)
        {
            string sid = random.Next(sids).ToString(System.Globalization.CultureInfo.InvariantCulture);
            Subscription? known = model.GetValueOrDefault(sid);
            Assert.Same(known, table.Find(Encoding.ASCII.GetBytes(sid)));
            if (known is null)
            {
                table.Add(model[sid] = Make(sid));
            }
            else if (random.Next(3) > 0)
            {
                Assert.False(table.Remove(Make(sid)));
                Assert.True(table.Remove(known));
                Assert.False(table.Remove(known));
                model.Remove(sid);
            }

            Assert.Equal(model.Count, table.Count);
        }

        Assert.Equal(model.Values.ToHashSet(), table.ToArray(int.MaxValue).ToHashSet());
        Assert.Equal(Math.Min(3, model.Count), table.ToArray(3).Length);
        Assert.Equal(model.Values.ToHashSet(), table.TakeAll().ToHashSet());
        Assert.Equal(0, table.Count);
        Assert.Empty(table.TakeAll());
    }

    [Fact]
    public void Sids_are_any_bytes()
    {
        var table = new SubscriptionTable();
        Subscription first = Make("\u00ff\u0000"), second = Make("\u00ff"), third = Make(new string('9', 4000));

        table.Add(first);
        table.Add(second);
        table.Add(third);

        Assert.Same(first, table.Find([0xff, 0]));
        Assert.Same(second, table.Find([0xff]));
        Assert.Same(third, table.Find(third.Sid));
        Assert.Null(table.Find([]));
    }

    private static Subscription Make(string sid) => new(null!, "a"u8, [], Encoding.Latin1.GetBytes(sid));
}
