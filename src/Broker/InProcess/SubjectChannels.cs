using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;

namespace NatsKestrel.Broker.InProcess;

/// <summary>Networked channels: what one side writes arrives at every reader of the subject, here and at any NATS client.</summary>
/// <remarks>
/// In the manner of Go's <c>BindSendChan</c> and <c>BindRecvChan</c>. A writer's end is its own affair: completing it unbinds it
/// and tells no reader, because others may write to the same subject. Delivery is that of NATS: at most once, to whoever
/// listens at that moment; open the reader first. Back-pressure: while a reader is nearly full, <c>WriteAsync</c> and
/// <c>WaitToWriteAsync</c> take up to 10 ms longer and <c>TryWrite</c> says no; a reader that stays too slow loses messages as
/// its <see cref="SubscribeOptions.WhenFull"/> says.
/// </remarks>
public static class SubjectChannels
{
    private const string NeedsCode = "JSON without type information finds the shape of T by reflection: pass a JsonTypeInfo<T> where code is trimmed or compiled ahead of time.";

    /// <summary>A channel writer bound to a subject, in JSON.</summary>
    /// <exception cref="NatsException">The subject is none that can be published to.</exception>
    public static ChannelWriter<T> OpenWriter<T>(this InProcessClient client, string subject, JsonTypeInfo<T> type) =>
        client.OpenWriter(subject, new JsonPayload<T>(type));

    /// <inheritdoc cref="OpenWriter{T}(InProcessClient, string, JsonTypeInfo{T})"/>
    [RequiresUnreferencedCode(NeedsCode), RequiresDynamicCode(NeedsCode)]
    public static ChannelWriter<T> OpenWriter<T>(this InProcessClient client, string subject) =>
        client.OpenWriter(subject, (JsonTypeInfo<T>)JsonSerializerOptions.Default.GetTypeInfo(typeof(T)));

    /// <summary>A channel writer bound to a subject, in any form.</summary>
    /// <inheritdoc cref="OpenWriter{T}(InProcessClient, string, JsonTypeInfo{T})" path="/exception"/>
    public static ChannelWriter<T> OpenWriter<T>(this InProcessClient client, string subject, INatsSerializer<T> serializer)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(serializer);
        client.CheckPublish(subject);
        return new SubjectWriter<T>(client, subject, serializer);
    }

    /// <summary>A channel reader of all that is published to a subject, in JSON; disposing of it unsubscribes.</summary>
    /// <inheritdoc cref="InProcessClient.Subscribe(string, SubscribeOptions?)" path="/exception"/>
    public static SubjectReader<T> OpenReader<T>(this InProcessClient client, string subject, JsonTypeInfo<T> type, SubscribeOptions? options = null) =>
        client.OpenReader(subject, new JsonPayload<T>(type), options);

    /// <inheritdoc cref="OpenReader{T}(InProcessClient, string, JsonTypeInfo{T}, SubscribeOptions?)"/>
    [RequiresUnreferencedCode(NeedsCode), RequiresDynamicCode(NeedsCode)]
    public static SubjectReader<T> OpenReader<T>(this InProcessClient client, string subject, SubscribeOptions? options = null) =>
        client.OpenReader(subject, (JsonTypeInfo<T>)JsonSerializerOptions.Default.GetTypeInfo(typeof(T)), options);

    /// <summary>A channel reader of all that is published to a subject, in any form; disposing of it unsubscribes.</summary>
    /// <inheritdoc cref="InProcessClient.Subscribe(string, SubscribeOptions?)" path="/exception"/>
    public static SubjectReader<T> OpenReader<T>(
        this InProcessClient client, string subject, INatsSerializer<T> serializer, SubscribeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(serializer);
        return new SubjectReader<T>(client.Subscribe(subject, options), serializer);
    }
}
