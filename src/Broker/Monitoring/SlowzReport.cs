using NatsKestrel.Broker.Connections;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>Builds the answer to <c>/slowz</c>.</summary>
internal sealed class SlowzReport(ServerIdentity identity, LiveSettings settings, SlowConsumers slowConsumers, TimeProvider time)
{
    public Slowz Build() => new(
        identity.ServerId,
        time.GetUtcNow().UtcDateTime,
        slowConsumers.Events.Total,
        settings.Current.MaxPending,
        settings.Current.WriteDeadline.Ticks * TimeSpan.NanosecondsPerTick,
        [.. slowConsumers.Events.ToArray().Reverse().Select(Entry)]);

    private static SlowzEvent Entry(SlowConsumerEvent slow)
    {
        ConnectionSnapshot connection = slow.Connection;
        return new SlowzEvent(
            slow.Time.UtcDateTime,
            connection.Id,
            connection.AccountName,
            connection.Name,
            connection.Lang,
            connection.Version,
            connection.Remote?.Address.ToString() ?? "",
            connection.Remote?.Port ?? 0,
            connection.Reason.Text(),
            connection.PendingBytes,
            connection.OutMessages,
            connection.OutBytes,
            slow.PendingSamples,
            slow.SampledBytes,
            [.. slow.Subjects.Select(subject => new SlowzSubject(subject.Subject, subject.Messages, subject.Bytes))],
            [.. slow.Publishers.Select(publisher => new SlowzPublisher(publisher.ConnectionId, publisher.Bytes))]);
    }
}
