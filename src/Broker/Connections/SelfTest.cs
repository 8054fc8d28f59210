using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Delivery;
using NatsKestrel.Broker.Protocol;
using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Broker.Connections;

/// <summary>Publishes to itself every few seconds, so that <c>/healthz</c> knows whether messages still get through.</summary>
internal sealed class SelfTest : BackgroundService, ISubscriber
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly ServerHealth _health;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Publisher _publisher;
    private Task _publish = Task.CompletedTask;
    private int _received;

    public SelfTest(ServerHealth health, TimeProvider time, ILogger<SelfTest> logger)
    {
        _health = health;
        _time = time;
        _logger = logger;
        _publisher = new Publisher(this);
    }

    /// <inheritdoc/>
    public ulong Id => 0;

    /// <summary>An account of its own: whoever listens in another shall not see the tests.</summary>
    public Account Account { get; } = new("$SELFTEST", new SublistLimits());

    private static ReadOnlySpan<byte> Subject => "SELFTEST"u8;

    /// <inheritdoc/>
    public DeliveryResult Deliver(Subscription subscription, ref readonly Message message, ulong publisher)
    {
        Interlocked.Increment(ref _received);
        return DeliveryResult.Delivered;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Account.Sublist.Insert(new Subscription(this, Subject, [], "1"u8));
        using var timer = new PeriodicTimer(Interval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                await TestAsync(stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The server is stopping.
        }
    }

    private async Task TestAsync(CancellationToken stoppingToken)
    {
        int before = Volatile.Read(ref _received);
        if (_publish.IsCompleted)
        {
            // One that still runs is not joined by another: a publisher is no place for two threads.
            _publish = Task.Run(Publish, stoppingToken);
        }

        await _publish.WaitAsync(Interval, _time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_publish.IsCompletedSuccessfully && Volatile.Read(ref _received) > before)
        {
            _health.MissedSelfTests = 0;
        }
        else if (!stoppingToken.IsCancellationRequested)
        {
            _logger.SelfTestFailed(++_health.MissedSelfTests, Interval);
        }
    }

    private void Publish()
    {
        var message = new Message { Subject = Subject, SizeText = "0"u8, Body = "\r\n"u8 };
        _publisher.Publish(Account, ref message);
    }
}
