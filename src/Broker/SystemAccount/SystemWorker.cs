using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using NatsKestrel.Broker.Accounts;

namespace NatsKestrel.Broker.SystemAccount;

/// <summary>Does one thing after the other, away from the threads of connections, and publishes what comes of it.</summary>
/// <param name="account">The system account.</param>
/// <param name="capacity">What may wait to be done; beyond it nothing is taken.</param>
/// <param name="logger">Takes what went wrong.</param>
internal sealed class SystemWorker(Account account, int capacity, ILogger logger)
{
    private readonly Channel<Func<SystemPublisher, ValueTask>> _work =
        Channel.CreateBounded<Func<SystemPublisher, ValueTask>>(new BoundedChannelOptions(capacity) { SingleReader = true });

    private Task _run = Task.CompletedTask;

    public void Start() => _run = RunAsync();

    /// <summary>Adds something to do.</summary>
    /// <returns>False where too much waits already, or the server is leaving.</returns>
    public bool TryAdd(Func<SystemPublisher, ValueTask> work) => _work.Writer.TryWrite(work);

    /// <summary>Takes nothing more, and does what waits.</summary>
    public Task StopAsync()
    {
        _work.Writer.TryComplete();
        return _run;
    }

    private async Task RunAsync()
    {
        var publisher = new SystemPublisher(account);
        await foreach (Func<SystemPublisher, ValueTask> work in _work.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                await work(publisher).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                logger.SystemWorkFailed(exception);
            }
        }
    }
}
