using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using NatsKestrel.Broker.Transport;
using Xunit;

namespace NatsKestrel.Broker.Tests.Transport;

public sealed class SocketLoopTests : IAsyncLifetime
{
    private const int EventsUntilSettled = 8;
    private const int Newcomers = 20;

    private readonly List<SocketPair> _pairs = [];
    private SocketLoop? _loop;

    [Fact]
    [Trait("Safety", "F-3")]
    public async Task Whoever_is_there_has_its_turn_before_those_who_have_just_come()
    {
        (SocketPair Pair, LoopSignals Signals) settled = await AddAsync();
        for (int i = 0; i < EventsUntilSettled; i++)
        {
            Task woken = NoteAsync(settled.Signals, 0, new ConcurrentQueue<int>());
            settled.Pair.Client.Send([1]);
            await woken.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }

        var order = new ConcurrentQueue<int>();
        var tasks = new List<Task>();
        var sockets = new List<SocketPair>();
        for (int i = 1; i <= Newcomers; i++)
        {
            (SocketPair pair, LoopSignals signals) = await AddAsync();
            sockets.Add(pair);
            tasks.Add(NoteAsync(signals, i, order));
        }

        tasks.Add(NoteAsync(settled.Signals, 0, order));
        using var busy = new Busy();
        _loop!.Post(busy);
        busy.Began.Wait(TestContext.Current.CancellationToken);
        sockets.ForEach(pair => pair.Client.Send([1]));
        settled.Pair.Client.Send([1]);
        busy.End.Set();
        await Task.WhenAll(tasks).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Equal(Newcomers + 1, order.Count);
        Assert.Equal(0, order.First());
    }

    public ValueTask InitializeAsync()
    {
        Assert.SkipUnless(SocketLoop.IsSupported, "The event loop is for Linux.");
        _loop = new SocketLoop(1, TimeSpan.Zero, NullLogger.Instance);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _pairs.ForEach(pair => pair.Dispose());
        _loop?.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<(SocketPair Pair, LoopSignals Signals)> AddAsync()
    {
        SocketPair pair = await SocketPair.CreateAsync();
        _pairs.Add(pair);
        return (pair, new LoopSignals(pair.Server, _loop!));
    }

    private static async Task NoteAsync(LoopSignals signals, int who, ConcurrentQueue<int> order)
    {
        await signals.WaitForDataAsync(mayBeThere: false).ConfigureAwait(false);
        order.Enqueue(who);
    }

    /// <summary>Keeps the loop's thread, so that all that happens meanwhile is seen at once.</summary>
    private sealed class Busy : IThreadPoolWorkItem, IDisposable
    {
        public ManualResetEventSlim Began { get; } = new();

        public ManualResetEventSlim End { get; } = new();

        public void Execute()
        {
            Began.Set();
            End.Wait();
        }

        public void Dispose()
        {
            Began.Dispose();
            End.Dispose();
        }
    }
}
