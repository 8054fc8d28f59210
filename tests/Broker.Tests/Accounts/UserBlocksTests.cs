using Microsoft.Extensions.Time.Testing;
using NatsKestrel.Broker.Accounts.Authentication;
using Xunit;

namespace NatsKestrel.Broker.Tests.Accounts;

public sealed class UserBlocksTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly UserBlocks _blocks;

    public UserBlocksTests() => _blocks = new UserBlocks(_time);

    [Fact]
    public void A_user_is_kept_out_for_so_long()
    {
        Assert.True(_blocks.TryBlock("ann", TimeSpan.FromMinutes(10)));
        Assert.True(_blocks.IsBlocked("ann"));
        Assert.False(_blocks.IsBlocked("bob"));

        _time.Advance(TimeSpan.FromMinutes(10));

        Assert.False(_blocks.IsBlocked("ann"));
        Assert.Empty(_blocks.All);
    }

    [Fact]
    public void It_may_be_let_in_before()
    {
        _blocks.TryBlock("ann", TimeSpan.FromMinutes(10));

        Assert.True(_blocks.Lift("ann"));
        Assert.False(_blocks.Lift("ann"));
        Assert.False(_blocks.IsBlocked("ann"));
    }

    [Fact]
    public void There_is_an_end_to_how_many_and_how_long()
    {
        Assert.False(_blocks.TryBlock("ann", UserBlocks.MaxDuration + TimeSpan.FromSeconds(1)));
        Assert.False(_blocks.TryBlock("ann", TimeSpan.Zero));
        for (int i = 0; i < UserBlocks.MaxUsers; i++)
        {
            Assert.True(_blocks.TryBlock($"user {i}", TimeSpan.FromMinutes(1)));
        }

        Assert.False(_blocks.TryBlock("ann", TimeSpan.FromMinutes(1)));
        Assert.True(_blocks.TryBlock("user 0", TimeSpan.FromMinutes(2)));

        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(_blocks.TryBlock("ann", TimeSpan.FromMinutes(1)));
    }
}
