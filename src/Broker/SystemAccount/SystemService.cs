using System.Text;
using Microsoft.Extensions.Logging;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Configuration;

namespace NatsKestrel.Broker.SystemAccount;

/// <summary>The server in its own account: answers requests and tells events, from before the first client until the last must go.</summary>
internal sealed class SystemService(
    AccountDirectory accounts, SystemRequests requests, SystemEvents events, NatsBrokerOptions options, ILogger<SystemService> logger) : IDisposable
{
    // What may wait for an answer; more is told that there is nobody to answer.
    internal const int MaxWaiting = 256;

    private static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();

    private readonly SystemWorker _forOperators = new(accounts.System, MaxWaiting, logger);
    private readonly SystemWorker _forAll = new(accounts.System, MaxWaiting, logger);

    /// <summary>Begins to answer and to tell. Does nothing where there is no system account.</summary>
    public void Start()
    {
        if (options.NoSystemAccount)
        {
            return;
        }

        _forOperators.Start();
        _forAll.Start();
        foreach (SystemSubject subject in requests.List())
        {
            var subscriber = new RequestSubscriber(subject, _forOperators, _forAll);
            accounts.System.Insert(new Subscription(subscriber, Encoding.UTF8.GetBytes(subject.Name), Encoding.UTF8.GetBytes(subject.Queue), "r"u8));
        }

        events.Start(_stopping.Token);
    }

    /// <summary>Tells that the server goes, and stops answering.</summary>
    public async Task StopAsync()
    {
        if (options.NoSystemAccount)
        {
            return;
        }

        await _stopping.CancelAsync().ConfigureAwait(false);
        Task stopped = Task.WhenAll(events.StopAsync(), _forOperators.StopAsync(), _forAll.StopAsync());
        await stopped.WaitAsync(LastPatience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stopping.Dispose();
}
