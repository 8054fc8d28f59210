using NatsKestrel.Admin.Access;
using NatsKestrel.Admin.Feed;
using NatsKestrel.Broker.Accounts;

namespace NatsKestrel.Admin.Components.Pages;

/// <summary>Who answers the NATS services protocol, and how long that takes.</summary>
public sealed partial class Services
{
    private string _accountName = AccountDirectory.GlobalName;
    private IReadOnlyList<ServiceInstance>? _services;
    private IReadOnlyDictionary<string, RequestTimes> _times = new Dictionary<string, RequestTimes>();
    private RequestTimer? _timer;
    private string? _timedAccount;
    private bool _isBusy;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        if (RendererInfo.IsInteractive && Current.May(ConsoleRole.Operator))
        {
            await AskAsync();
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool isDisposing)
    {
        _timer?.Dispose();
        base.Dispose(isDisposing);
    }

    private protected override void OnSnapshot() => _times = _timer?.Sample() ?? _times;

    private async Task AskAsync()
    {
        Current.Demand(ConsoleRole.Operator);
        _isBusy = true;
        try
        {
            _services = await Discovery.AskAsync(_accountName);
            TimeRequests();
        }
        finally
        {
            _isBusy = false;
        }
    }

    private void TimeRequests()
    {
        if (_timedAccount != _accountName && Accounts.TryGet(_accountName, out Account? account))
        {
            _timer?.Dispose();
            _timer = new RequestTimer(account, Clock);
            _timedAccount = _accountName;
        }

        _timer?.Watch(_services!.SelectMany(static instance => instance.Endpoints).Select(static endpoint => endpoint.Subject));
        OnSnapshot();
    }
}
