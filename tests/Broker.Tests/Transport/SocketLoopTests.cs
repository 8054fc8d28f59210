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
    public async Task Who_has_been_there_for_a_while_is_served_before_those_who_come_and_those_who_leave()
    {
        Assert.SkipUnless(SocketLoop.IsSupported, "The event loop is for Linux.");
        using var loop = new SocketLoop(1, busyPoll: default, NullLogger.Instance);
        using SocketPair newcomer = await SocketPair.CreateAsync();
        using SocketPair leaver = await SocketPair.CreateAsync();
        using SocketPair known = await SocketPair.CreateAsync();
        var served = new ConcurrentQueue<string>();
        var signals = new LoopSignals(known.Server, loop);
        for (int i = 0; i < 20; i++)
        {
            Task heard = signals.WaitForDataAsync(mayBeThere: false).AsTask();
            known.Client.Send("x"u8);
            await heard.WaitAsync(RawClient.Patience, TestContext.Current.CancellationToken);
        }

        await Task.Yield(); // whoever was woken by the loop is on its thread
        Task[] all =
        [
            ServeAsync(new LoopSignals(newcomer.Server, loop), "newcomer"),
            ServeAsync(new LoopSignals(leaver.Server, loop), "leaver"),
            ServeAsync(signals, "known"),
        ];
        using var busy = new Busy();
        loop.Post(busy);
        Assert.True(busy.HasBegun.Wait(RawClient.Patience, TestContext.Current.CancellationToken));

        newcomer.Client.Send("x"u8);
        leaver.Client.Shutdown(SocketShutdown.Send);
        known.Client.Send("x"u8);
        busy.MayEnd.Set();
        await Task.WhenAll(all).WaitAsync(RawClient.Patience, TestContext.Current.CancellationToken);

        Assert.Equal(["known", "newcomer", "leaver"], served);

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
