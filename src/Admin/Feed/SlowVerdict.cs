using NatsKestrel.Broker.Connections;

namespace NatsKestrel.Admin.Feed;

/// <summary>What a slow-consumer event says, in words: why it was cut, what filled its queue, what may help.</summary>
/// <param name="Cause">Why it was cut.</param>
/// <param name="Finding">What filled its queue, and how fast; empty where nothing is known.</param>
/// <param name="Advice">What may help, the likeliest first.</param>
internal sealed record SlowVerdict(string Cause, string Finding, IReadOnlyList<string> Advice)
{
    private const double MostOfIt = 0.5;

    public static SlowVerdict Of(SlowConsumerEvent slow)
    {
        bool isDeadline = slow.Connection.Reason == CloseReason.SlowConsumerWriteDeadline;
        string pending = Format.Bytes(slow.Connection.PendingBytes);
        string cause = isDeadline
            ? $"It took no byte within the write deadline; {pending} waited for it."
            : slow.Connection.PendingBytes >= slow.MaxPending * 9 / 10
                ? $"More waited for it than one client may have: {pending}, the limit is {Format.Bytes(slow.MaxPending)}."
                : $"All clients together had more waiting than the server has room for; with {pending} it had one of the longest queues.";
        return new SlowVerdict(cause, Find(slow), Advise(slow, isDeadline));
    }

    private static string Find(SlowConsumerEvent slow)
    {
        var parts = new List<string>();
        if (slow.Subjects.Count > 0 && slow.SampledBytes > 0)
        {
            SlowConsumerSubject top = slow.Subjects[0];
            parts.Add($"the subject {Format.Foreign(top.Subject, 80)} is {Format.Percent(top.Bytes, slow.Subjects.Sum(subject => subject.Bytes))} of what waited");
        }

        if (Growth(slow) is { } growth)
        {
            parts.Add($"its queue grew by {Format.Bytes(growth)} a second");
        }

        TimeSpan lifetime = slow.Time - slow.Connection.Start;
        if (lifetime.TotalSeconds >= 1)
        {
            double taken = Math.Max(slow.Connection.OutBytes - slow.Connection.PendingBytes, 0) / lifetime.TotalSeconds;
            parts.Add($"over its life it took {Format.Bytes(taken)} a second");
        }

        return parts.Count == 0 ? "" : $"{char.ToUpperInvariant(parts[0][0])}{parts[0][1..]}{string.Concat(parts.Skip(1).Select(part => "; " + part))}.";
    }

    private static double? Growth(SlowConsumerEvent slow)
    {
        IReadOnlyList<long> samples = slow.PendingSamples;
        return samples.Count >= 2 && samples[^1] > samples[0] ? (samples[^1] - samples[0]) / (double)(samples.Count - 1) : null;
    }

    private static List<string> Advise(SlowConsumerEvent slow, bool isDeadline)
    {
        var advice = new List<string>();
        if (isDeadline && slow.Connection.OutMessages > 0)
        {
            advice.Add("It stood still rather than being too slow: look for a callback that blocks, a paused process or a dead network path.");
        }

        if (slow.Subjects.Count > 0 && slow.Subjects[0].Bytes >= slow.Subjects.Sum(subject => subject.Bytes) * MostOfIt)
        {
            advice.Add($"Subscribe more narrowly than to all of {Format.Foreign(slow.Subjects[0].Subject, 60)}, or share the work among several members of a queue group.");
        }
        else
        {
            advice.Add("Share the work among several members of a queue group, or subscribe to fewer subjects.");
        }

        advice.Add("Take messages off the connection at once and work on them elsewhere: the client's own queue is the better place to wait.");
        if (!isDeadline)
        {
            advice.Add("If its bursts are short, a larger Nats:Limits:MaxPending rides them out; it costs memory for each client.");
        }

        return advice;
    }
}
