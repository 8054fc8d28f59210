using System.Text.Json;
using NatsKestrel.Broker;
using NatsKestrel.Broker.InProcess;

namespace NatsKestrel.Admin.Feed;

/// <summary>Asks all services that follow the NATS services protocol who they are and how they fare.</summary>
internal sealed class ServiceDiscovery(NatsServer server, TimeProvider time)
{
    private const int MaxInstances = 500;
    private const int MaxEndpoints = 50;

    // Whoever has not answered by then is not listed; the next answer within this time puts the end off.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <summary>The instances that answered, by name.</summary>
    public async Task<IReadOnlyList<ServiceInstance>> AskAsync(string account)
    {
        using InProcessClient client = server.Connect(new InProcessClientOptions { Name = "console (services)", Account = account, Type = "console" });
        string inbox = $"_INBOX.{Guid.NewGuid():N}";
        using InProcessSubscription answers = client.Subscribe(inbox, new SubscribeOptions { MaxMessages = MaxInstances });
        long start = time.GetTimestamp();
        await client.PublishAsync("$SRV.STATS", ReadOnlyMemory<byte>.Empty, reply: inbox);

        var found = new List<ServiceInstance>();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            while (await answers.Reader.WaitToReadAsync(patience.Token))
            {
                while (answers.Reader.TryRead(out NatsMessage? message))
                {
                    if (message.Headers is { Status: 503 })
                    {
                        return [];
                    }

                    if (Read(message.Data, time.GetElapsedTime(start)) is { } instance)
                    {
                        found.Add(instance);
                    }

                    patience.CancelAfter(Patience);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Those that wanted to answer have.
        }

        return [.. found.OrderBy(static instance => instance.Name, StringComparer.Ordinal).ThenBy(static instance => instance.Id, StringComparer.Ordinal)];
    }

    /// <summary>Reads an answer; null where it is none. It comes from a client, so it may be anything.</summary>
    internal static ServiceInstance? Read(ReadOnlyMemory<byte> json, TimeSpan after)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 16 });
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || Text(root, "name") is not { Length: > 0 } name)
            {
                return null;
            }

            ServiceEndpoint[] endpoints = root.TryGetProperty("endpoints", out JsonElement list) && list.ValueKind == JsonValueKind.Array
                ? [.. list.EnumerateArray().Where(static item => item.ValueKind == JsonValueKind.Object).Take(MaxEndpoints).Select(Endpoint)]
                : [];
            return new ServiceInstance(name, Text(root, "id"), Text(root, "version"), after, endpoints);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ServiceEndpoint Endpoint(JsonElement item) => new(
        Text(item, "name"),
        Text(item, "subject"),
        Text(item, "queue_group"),
        Number(item, "num_requests"),
        Number(item, "num_errors"),
        TimeSpan.FromTicks(Number(item, "average_processing_time") / TimeSpan.NanosecondsPerTick));

    private static string Text(JsonElement item, string name) =>
        item.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static long Number(JsonElement item, string name) =>
        item.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number)
            ? (long)Math.Clamp(number, 0, 9e15) : 0;
}
