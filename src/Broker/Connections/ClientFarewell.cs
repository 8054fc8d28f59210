using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Delivery;

namespace NatsKestrel.Broker.Connections;

/// <summary>The end of a connection: its last words, its subscriptions, and what is kept of a slow consumer.</summary>
internal sealed class ClientFarewell(ClientConnection connection, OutboundQueue outbound, ClientOutput output, Publisher publisher, ConnectionServices services)
{
    private static readonly TimeSpan FinalFlush = TimeSpan.FromSeconds(2);

    /// <summary>Lets go of all it has. Each part is done whether or not the one before it failed.</summary>
    /// <param name="last">The connection as it was when its queue closed.</param>
    public async Task LetGoAsync(ConnectionSnapshot last)
    {
        try
        {
            publisher.Batch.Flush();
            if (last.Reason.IsSlowConsumer())
            {
                RecordSlowConsumer(last);
            }
        }
        finally
        {
            if (last.Reason.DiscardsOutput())
            {
                // Before the subscriptions, which may take a second: others would be cut for what this one holds.
                outbound.Discard();
            }

            try
            {
                await RemoveSubscriptionsAsync().ConfigureAwait(false);
            }
            finally
            {
                if (!last.Reason.DiscardsOutput())
                {
                    await FlushLastAsync().ConfigureAwait(false);
                }

                if (connection.Session is { } session)
                {
                    await session.EndAsync(isPolite: !last.Reason.DiscardsOutput()).ConfigureAwait(false);
                }
            }
        }
    }

    private async Task FlushLastAsync()
    {
        outbound.Flush();
        Task drained = outbound.DrainedAsync();
        await drained.WaitAsync(FinalFlush, services.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!drained.IsCompleted)
        {
            // Who takes not even the last words is not waited for by the kernel either.
            connection.Abort("The client did not take what was left for it.");
        }
    }

    // In slices, so that whoever has 200,000 subscriptions holds up nobody.
    private async Task RemoveSubscriptionsAsync()
    {
        const int Slice = 1000;
        Subscription[] all = connection.Subscriptions.TakeAll();
        for (int from = 0; from < all.Length; from += Slice)
        {
            long bytes = 0;
            Span<Subscription> slice = all.AsSpan(from, Math.Min(Slice, all.Length - from));
            foreach (Subscription subscription in slice)
            {
                subscription.Close();
                bytes += subscription.MemoryBytes;
            }

            connection.Account.RemoveMany(slice);
            services.SlowConsumers.TryAddSubscriptionBytes(-bytes);
            if (all.Length > Slice)
            {
                await Task.Yield();
            }
        }
    }

    private void RecordSlowConsumer(ConnectionSnapshot last)
    {
        LogSlowConsumer(last);
        byte[] sample = outbound.CopyPending(PendingSubjects.SampleBytes);
        (long[] samples, SlowConsumerPublisher[] publishers) = output.Watched();
        services.SlowConsumers.Events.Add(new SlowConsumerEvent(
            last.Stop!.Value, last, connection.Settings.MaxPending, samples, publishers, PendingSubjects.Count(sample), sample.Length));
    }

    private void LogSlowConsumer(ConnectionSnapshot last)
    {
        if (!services.MayLog(services.SlowConsumerLog))
        {
            return;
        }

        if (last.Reason == CloseReason.SlowConsumerPendingBytes)
        {
            services.Logger.SlowConsumerPending(connection, connection.Settings.MaxPending);
        }
        else
        {
            services.Logger.SlowConsumerDeadline(connection, connection.Settings.WriteDeadline, last.PendingBytes);
        }
    }
}
