using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Delivery;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Connections;

/// <summary>Publishes to itself every few seconds, so that <c>/healthz</c> knows whether messages still get through.</summary>
internal sealed class SelfTest : BackgroundService, ISubscriber
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Account _account;
    private readonly ServerHealth _health;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly byte[] _subject;
    private readonly Publisher _publisher;
    private Task _publish = Task.CompletedTask;
    private int _received;

    public SelfTest(AccountDirectory accounts, ServerIdentity identity, ServerHealth health, TimeProvider time, ILogger<SelfTest> logger)
    {
        _account = accounts.System;
        _health = health;
        _time = time;
        _logger = logger;
        _subject = System.Text.Encoding.UTF8.GetBytes($"$SYS.SERVER.{identity.ServerId}.SELFTEST");
        _publisher = new Publisher(this);
    }

    /// <inheritdoc/>
    public ulong Id => 0;

    /// <inheritdoc/>
    public DeliveryResult Deliver(Subscription subscription, ref readonly Message message, ulong publisher)
    {
        Interlocked.Increment(ref _received);
        return DeliveryResult.Delivered;
    }

    /// <inheritdoc/>
    public void Flush()
    {
    }

    /// <inheritdoc/>
    public Task WaitForRoomAsync(TimeSpan limit) => Task.CompletedTask;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _account.Sublist.Insert(new Subscription(this, _subject, [], "1"u8));
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
        var message = new Message { Subject = _subject, SizeText = "0"u8, Body = "\r\n"u8 };
        _publisher.Publish(_account, ref message);
    }
}
