using NatsKestrel.Broker.Transport;
using Xunit;

namespace NatsKestrel.Broker.Tests.Transport;

public class BlockPoolTests
{
    private readonly BlockPool _pool = new(guards: true);

    [Fact]
    [Trait("Safety", "CRASH-6")]
    public void Giving_a_block_back_twice_throws()
    {
        byte[] block = _pool.Rent(BlockPool.LargeSize);
        _pool.Return(block);

        Assert.Throws<InvalidOperationException>(() => _pool.Return(block));
    }

    [Fact]
    [Trait("Safety", "CRASH-6")]
    public void A_block_that_was_given_back_is_overwritten()
    {
        byte[] block = _pool.Rent(BlockPool.SmallSize);
        "a secret"u8.CopyTo(block);

        _pool.Return(block);

        Assert.Equal(-1, block.AsSpan().IndexOfAnyExcept((byte)0xDB));
    }

    [Fact]
    public void What_is_lent_and_what_is_kept_is_counted_exactly()
    {
        byte[] large = _pool.Rent(BlockPool.LargeSize), small = _pool.Rent(BlockPool.SmallSize);
        Assert.Equal(BlockPool.LargeSize + BlockPool.SmallSize, _pool.LentBytes);

        _pool.Return(large);

        Assert.Equal((BlockPool.SmallSize, BlockPool.LargeSize), (_pool.LentBytes, _pool.KeptBytes));
        Assert.Same(large, _pool.Rent(BlockPool.LargeSize));
        Assert.Equal((BlockPool.LargeSize + BlockPool.SmallSize, 0L), (_pool.LentBytes, _pool.KeptBytes));
        _pool.Return(large);
        _pool.Return(small);
    }

    [Theory]
    [InlineData(1, BlockPool.SmallSize)]
    [InlineData(BlockPool.SmallSize, BlockPool.SmallSize)]
    [InlineData(BlockPool.SmallSize + 1, BlockPool.MediumSize)]
    [InlineData(BlockPool.MediumSize, BlockPool.MediumSize)]
    [InlineData(BlockPool.MediumSize + 1, BlockPool.LargeSize)]
    [InlineData(int.MaxValue, BlockPool.LargeSize)]
    public void The_smallest_block_that_is_enough_is_lent(int length, int size) => Assert.Equal(size, _pool.Rent(length).Length);

    [Fact]
    [Trait("Safety", "MEM-5")]
    public void Large_blocks_are_for_a_few()
    {
        byte[][] blocks = [.. Enumerable.Range(0, 1000).Select(_ => _pool.Rent(BlockPool.LargeSize))];

        Assert.InRange(_pool.LentBytes, 1000L * BlockPool.MediumSize, 1500L * BlockPool.MediumSize);
        _pool.Return(blocks[0]);
        Assert.Same(blocks[0], _pool.Rent(BlockPool.LargeSize));
    }

    [Fact]
    [Trait("Safety", "MEM-5")]
    public void Trimming_lets_go_of_what_was_not_needed_since_the_last_time()
    {
        byte[][] blocks = [.. Enumerable.Range(0, 10).Select(_ => _pool.Rent(BlockPool.LargeSize))];
        Array.ForEach(blocks, _pool.Return);
        _pool.Trim();

        // Three were in use at one time since.
        blocks = [.. Enumerable.Range(0, 3).Select(_ => _pool.Rent(BlockPool.LargeSize))];
        Array.ForEach(blocks, _pool.Return);

        Assert.Equal(7 * BlockPool.LargeSize, _pool.Trim());
        Assert.Equal(3 * BlockPool.LargeSize, _pool.KeptBytes);
        Assert.Equal(3 * BlockPool.LargeSize, _pool.Trim());
        Assert.Equal(0, _pool.KeptBytes);
    }

    [Fact]
    public async Task Many_threads_share_a_pool_and_its_counts_come_out_even()
    {
        var pool = new BlockPool();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            var random = new Random(thread);
            var held = new List<byte[]>();
            for (int i = 0; i < 20_000; i++)
            {
                if (random.Next(2) == 0)
                {
                    byte[] block = random.Next(2) == 0 ? pool.Rent(BlockPool.LargeSize) : pool.Rent(BlockPool.SmallSize);
                    block[0] = (byte)thread;
                    held.Add(block);
                }
                else if (held.Count > 0)
                {
                    Assert.Equal(thread, held[^1][0]);
                    pool.Return(held[^1]);
                    held.RemoveAt(held.Count - 1);
                }
                else if (random.Next(100) == 0)
                {
                    pool.Trim();
                }
            }

            held.ForEach(pool.Return);
        })));

        Assert.Equal(0, pool.LentBytes);
        pool.Trim();
        pool.Trim();
        Assert.Equal(0, pool.KeptBytes);
    }
}
