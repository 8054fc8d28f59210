using System.Text;
using NatsKestrel.Admin.Feed;
using NatsKestrel.Broker;
using NatsKestrel.Broker.InProcess;
using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Admin.Access;

/// <summary>Publishes what somebody typed, as a client inside this process, and collects the answers.</summary>
internal sealed class ConsolePublisher(NatsServer server, AuditLog audit, TimeProvider time)
{
    private static readonly IReadOnlyList<PublishReply> None = [];

    /// <summary>Publishes, and waits for answers where they are asked for.</summary>
    public async Task<PublishOutcome> PublishAsync(ConsoleUser by, PublishOrder order, CancellationToken cancellationToken = default)
    {
        if (!by.May(ConsoleRole.Operator))
        {
            audit.Add(by, $"publish to {order.Subject}", "refused: needs the role operator");
            throw new UnauthorizedAccessException("This needs the role operator.");
        }

        PublishOutcome outcome;
        try
        {
            outcome = Check(order) is { } problem ? new PublishOutcome(false, problem, None) : await SendAsync(by, order, cancellationToken);
        }
        catch (Exception exception) when (exception is NatsException or ArgumentException or ObjectDisposedException)
        {
            outcome = new PublishOutcome(false, exception.Message, None);
        }

        audit.Add(by, $"publish {order.Count} × {order.Payload.Length} B to {order.Subject} in {order.Account}", outcome.Text);
        return outcome;
    }

    private static string? Check(PublishOrder order) =>
        !SubjectRules.IsSafePublish(Encoding.UTF8.GetBytes(order.Subject)) ? "That is no subject to publish to: tokens between single dots, no blanks, no wildcards."
        : order.Count is < 1 or > PublishOrder.MaxCount ? $"The count is between 1 and {PublishOrder.MaxCount}."
        : order.Replies is < 0 or > PublishOrder.MaxReplies ? $"The number of answers is at most {PublishOrder.MaxReplies}."
        : order.Rate is < 0 or > PublishOrder.MaxRate ? $"The rate is at most {PublishOrder.MaxRate} a second."
        : order.Rate > 0 && TimeSpan.FromSeconds((double)order.Count / order.Rate) > PublishOrder.MaxDuration ? $"That would take longer than {PublishOrder.MaxDuration.TotalMinutes} minutes."
        : order.Timeout < TimeSpan.Zero || order.Timeout > PublishOrder.MaxTimeout ? $"The wait is at most {PublishOrder.MaxTimeout.TotalSeconds} seconds."
        : null;

    private async Task<PublishOutcome> SendAsync(ConsoleUser by, PublishOrder order, CancellationToken cancellationToken)
    {
        using InProcessClient client = server.Connect(new InProcessClientOptions { Name = $"console ({by.Name})", Account = order.Account, Type = "console" });
        MessageHeaders? headers = Headers(order);
        if (order.Replies == 0)
        {
            long begun = time.GetTimestamp();
            for (int i = 0; i < order.Count; i++)
            {
                if (order.Rate > 0 && TimeSpan.FromSeconds((double)i / order.Rate) - time.GetElapsedTime(begun) is var early && early > TimeSpan.Zero)
                {
                    await Task.Delay(early, time, cancellationToken);
                }

                await client.PublishAsync(order.Subject, order.Payload, headers, cancellationToken: cancellationToken);
            }

            return new PublishOutcome(true, order.Count == 1 ? "Published." : $"Published {Format.Count(order.Count)} times.", None);
        }

        string inbox = $"_INBOX.{Guid.NewGuid():N}";
        using InProcessSubscription answers = client.Subscribe(inbox, new SubscribeOptions { MaxMessages = order.Replies });
        long start = time.GetTimestamp();
        await client.PublishAsync(order.Subject, order.Payload, headers, inbox, cancellationToken);
        return await CollectAsync(answers, order, start, cancellationToken);
    }

    private async Task<PublishOutcome> CollectAsync(InProcessSubscription answers, PublishOrder order, long start, CancellationToken cancellationToken)
    {
        var replies = new List<PublishReply>();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(order.Timeout);
        try
        {
            while (replies.Count < order.Replies && await answers.Reader.WaitToReadAsync(patience.Token))
            {
                while (answers.Reader.TryRead(out NatsMessage? message))
                {
                    if (message.Headers is { Status: 503 })
                    {
                        return new PublishOutcome(true, "Nobody listens to it (503 no responders).", None);
                    }

                    ReadOnlyMemory<byte> data = message.Data;
                    replies.Add(new PublishReply(
                        time.GetElapsedTime(start),
                        string.Join('\n', message.Headers?.Select(header => $"{header.Key}: {header.Value}") ?? []),
                        data[..Math.Min(data.Length, MessageTap.MaxPreview)].ToArray(),
                        message.Size));
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The time is up: what came is what there is.
        }

        string text = replies.Count switch
        {
            0 => $"No answer within {Format.RoundTrip(order.Timeout)}.",
            1 => $"One answer after {Format.RoundTrip(replies[0].After)}.",
            _ => $"{replies.Count} answers, the last after {Format.RoundTrip(replies[^1].After)}.",
        };
        return new PublishOutcome(true, text, replies);
    }

    private static MessageHeaders? Headers(PublishOrder order)
    {
        MessageHeaders? headers = null;
        foreach (var (line, name, value) in order.HeaderLines())
        {
            if (name.Length == 0)
            {
                throw new ArgumentException($"A header is Name: value, and not {Format.Foreign(line, 60)}.");
            }

            headers ??= new MessageHeaders();
            headers.Add(name, value);
        }

        return headers;
    }
}
