using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;
using NatsKestrel.Admin.Access;
using NatsKestrel.Admin.Alarms;
using NatsKestrel.Admin.Feed;

namespace NatsKestrel.Admin.Components.Layout;

/// <summary>What surrounds every page: who looks, where else to go, and the end of the session.</summary>
public sealed partial class MainLayout
{
    private ErrorBoundary? _boundary;
    private IDisposable? _watch;
    private ConsoleSession? _tab;
    private bool _hasTooManyTabs;
    private IReadOnlyList<Alarm> _alarms = [];
    private DotNetObjectReference<MainLayout>? _self;

    // A bare "#page" would lead to the base address.
    private string SkipTarget => Navigation.Uri.Split('#')[0] + "#page";

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        State.Changed += OnChanged;
        Navigation.LocationChanged += OnNavigated;
        if (!RendererInfo.IsInteractive || Current.Session is not { } session)
        {
            return;
        }

        if (Sessions.TryOpenTab(session))
        {
            _tab = session;
            _watch = Feed.Watch(FeedParts.Totals, _ => OnTick());
        }
        else
        {
            _hasTooManyTabs = true;
        }
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _self = DotNetObjectReference.Create(this);
            await Script.InvokeVoidAsync("natsConsole.watchVisibility", _self);
        }
    }

    /// <summary>Called by the browser when the tab goes behind others, or comes back.</summary>
    [JSInvokable]
    public void OnVisibility(bool isHidden) => State.IsHidden = isHidden;

    /// <inheritdoc/>
    protected override void OnParametersSet() => _boundary?.Recover();

    /// <summary>Gives the tab's place back.</summary>
    public void Dispose()
    {
        State.Changed -= OnChanged;
        Navigation.LocationChanged -= OnNavigated;
        _watch?.Dispose();
        _self?.Dispose();
        if (_tab is not null)
        {
            Sessions.CloseTab(_tab);
        }
    }

    private void OnChanged() => InvokeAsync(StateHasChanged);

    private void OnNavigated(object? sender, LocationChangedEventArgs e) => Current.Session?.Touch();

    private void Recover() => _boundary?.Recover();

    private void SignOut()
    {
        Current.Session?.End();
        Navigation.NavigateTo("sign-in", forceLoad: true);
    }

    private void OnTick()
    {
        if (Current.User is null)
        {
            _ = InvokeAsync(() => Navigation.NavigateTo("sign-in", forceLoad: true));
        }
        else if (!_alarms.SequenceEqual(Alarms.Current))
        {
            _alarms = Alarms.Current;
            _ = InvokeAsync(StateHasChanged);
        }
    }
}
