using Microsoft.AspNetCore.Components;
using NatsKestrel.Admin.Components.Layout;
using NatsKestrel.Admin.Feed;

namespace NatsKestrel.Admin.Components;

/// <summary>A page that shows the feed's latest snapshot, and a new one each second.</summary>
public abstract class LivePage : ComponentBase, IDisposable
{
    // A tab that nobody sees is refreshed once in so many ticks.
    private const int TicksWhileHidden = 10;

    private IDisposable? _watch;
    private int _skipped;

    private protected FeedSnapshot Snapshot { get; private set; } = default!;

    [Inject]
    private protected ConsoleFeed Feed { get; set; } = default!;

    [Inject]
    private protected ConsoleState State { get; set; } = default!;

    /// <summary>What the page needs of the feed.</summary>
    private protected virtual FeedParts Parts => FeedParts.Totals;

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        Show(Feed.Look(Parts));
        if (RendererInfo.IsInteractive)
        {
            _watch = Feed.Watch(Parts, snapshot => _ = InvokeAsync(() => OnTick(snapshot)));
        }
    }

    /// <summary>Called with each new snapshot before the page is rendered.</summary>
    private protected virtual void OnSnapshot()
    {
    }

    /// <summary>Stops watching.</summary>
    public void Dispose()
    {
        Dispose(isDisposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Stops watching.</summary>
    /// <param name="isDisposing">True when called by <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool isDisposing) => _watch?.Dispose();

    private void OnTick(FeedSnapshot snapshot)
    {
        if (!State.IsPaused && (!State.IsHidden || ++_skipped >= TicksWhileHidden))
        {
            _skipped = 0;
            Show(snapshot);
            StateHasChanged();
        }
    }

    private void Show(FeedSnapshot snapshot)
    {
        Snapshot = snapshot;
        OnSnapshot();
    }
}
