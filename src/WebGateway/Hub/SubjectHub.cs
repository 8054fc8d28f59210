using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using NatsKestrel.Broker.InProcess;

namespace NatsKestrel.WebGateway.Hub;

/// <summary>NATS for SignalR clients. Each connection is a client of the broker as any other, in process.</summary>
/// <remarks>
/// A subscription is a stream: cancelling it unsubscribes. A stream that is read too slowly is cut as a slow consumer, and ends
/// with an error that says so.
/// </remarks>
public sealed class SubjectHub : Microsoft.AspNetCore.SignalR.Hub
{
    private readonly HubClients _clients;

    /// <summary>Made by SignalR for each call.</summary>
    internal SubjectHub(HubClients clients) => _clients = clients;

    /// <summary>Publishes a message.</summary>
    /// <param name="subject">The subject, without wildcards.</param>
    /// <param name="payload">Payload and headers.</param>
    public Task Publish(string subject, GatewayPayload payload)
    {
        ArgumentNullException.ThrowIfNull(payload);
        return TellAsync(async () =>
        {
            await HubClients.Of(Context).PublishAsync(subject, payload.Bytes, payload.ToHeaders(), null, Context.ConnectionAborted).ConfigureAwait(false);
            return true;
        });
    }

    /// <summary>Publishes a message and waits for the first answer.</summary>
    /// <param name="subject">The subject, without wildcards.</param>
    /// <param name="payload">Payload and headers.</param>
    /// <param name="timeout">How long to wait, in milliseconds.</param>
    public Task<GatewayMessage> Request(string subject, GatewayPayload payload, int timeout)
    {
        ArgumentNullException.ThrowIfNull(payload);
        return TellAsync(async () =>
        {
            var wait = TimeSpan.FromMilliseconds(Math.Clamp(timeout, 1, HubClients.MaxTimeout));
            return GatewayMessage.Of(await HubClients.Of(Context)
                .RequestAsync(subject, payload.Bytes, payload.ToHeaders(), wait, Context.ConnectionAborted).ConfigureAwait(false));
        });
    }

    /// <summary>Listens to a subject until the stream is cancelled.</summary>
    /// <param name="subject">The subject, with <c>*</c> and <c>&gt;</c> as wildcards.</param>
    /// <param name="queueGroup">Queue group, or null.</param>
    /// <param name="cancellationToken">Cancelled by the client.</param>
    public async IAsyncEnumerable<GatewayMessage> Subscribe(
        string subject, string? queueGroup, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using InProcessSubscription subscription = await TellAsync(() => Task.FromResult(_clients.Subscribe(Context, subject, queueGroup))).ConfigureAwait(false);
        while (await TellAsync(() => subscription.Reader.WaitToReadAsync(cancellationToken).AsTask()).ConfigureAwait(false))
        {
            while (subscription.Reader.TryRead(out NatsMessage? message))
            {
                yield return GatewayMessage.Of(message);
            }
        }
    }

    /// <inheritdoc/>
    public override Task OnConnectedAsync() => TellAsync(() =>
    {
        HttpContext http = Context.GetHttpContext() ?? throw new InvalidOperationException("The connection came without HTTP.");
        _clients.Open(Context, http);
        return Task.FromResult(true);
    });

    /// <inheritdoc/>
    public override Task OnDisconnectedAsync(Exception? exception) => _clients.CloseAsync(Context);

    // Other exceptions' texts are none of a browser's business; SignalR keeps them to itself.
    private static async Task<T> TellAsync<T>(Func<Task<T>> action)
    {
        try
        {
            return await action().ConfigureAwait(false);
        }
        catch (NatsException exception)
        {
            throw new HubException(exception.Message);
        }
        catch (TimeoutException)
        {
            throw new HubException("No answer came in time.");
        }
        catch (ObjectDisposedException)
        {
            throw new HubException("The server has ended this client.");
        }
    }
}
