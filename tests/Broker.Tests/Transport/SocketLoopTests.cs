using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using NatsKestrel.Broker.Transport;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Broker.Tests.Transport;

/// <summary>Who is served first where much happens at once.</summary>
public sealed class SocketLoopTests
{
    [Fact]
    [Trait("Safety", "F-3")]
    public async Task Whom_it_knows_it_serves_before_strangers_and_before_those_who_leave()
    {
        Assert.SkipUnless(SocketLoop.IsSupported, "The event loop is for Linux.");
        using var loop = new SocketLoop(1, busyPoll: default, NullLogger.Instance);
        using SocketPair stranger = await SocketPair.CreateAsync();
        using SocketPair leaver = await SocketPair.CreateAsync();
        using SocketPair known = await SocketPair.CreateAsync();
        var served = new ConcurrentQueue<string>();
        Task[] all =
        [
            ServeAsync(new LoopSignals(stranger.Server, loop) { IsStranger = true }, "stranger"),
            ServeAsync(new LoopSignals(leaver.Server, loop), "leaver"),
            ServeAsync(new LoopSignals(known.Server, loop), "known"),
        ];
        using var busy = new Busy();
        loop.Post(busy);
        Assert.True(busy.HasBegun.Wait(RawClient.Patience, TestContext.Current.CancellationToken));

        stranger.Client.Send("x"u8);
        leaver.Client.Shutdown(SocketShutdown.Send);
        known.Client.Send("x"u8);
        busy.MayEnd.Set();
        await Task.WhenAll(all).WaitAsync(RawClient.Patience, TestContext.Current.CancellationToken);

        Assert.Equal(["known", "stranger", "leaver"], served);

        async Task ServeAsync(LoopSignals signals, string name)
        {
            await signals.WaitForDataAsync(mayBeThere: false).ConfigureAwait(false);
            served.Enqueue(name);
        }
    }

    // Keeps the loop's thread until all have something to say.
    private sealed class Busy : IThreadPoolWorkItem, IDisposable
    {
        public ManualResetEventSlim HasBegun { get; } = new();

        public ManualResetEventSlim MayEnd { get; } = new();

        public void Execute()
        {
            HasBegun.Set();
            MayEnd.Wait(RawClient.Patience);
        }

        public void Dispose()
        {
            HasBegun.Dispose();
            MayEnd.Dispose();
        }
    }
}
