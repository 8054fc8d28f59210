using System.Net;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Accounts.Authentication;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.InProcess;
using NatsKestrel.Broker.Tests.Connections;

namespace NatsKestrel.Broker.Tests.InProcess;

/// <summary>Opens in-process clients of a <see cref="TestBroker"/>.</summary>
internal static class InProcessBroker
{
    public static InProcessClient Open(this TestBroker broker, InProcessClientOptions? options = null)
    {
        var client = new InProcessClient(broker.Registry.NextId(), broker.Account, options ?? new InProcessClientOptions(), broker.Services);
        client.Open();
        return client;
    }

    /// <summary>Opens one for somebody whom the application vouches for.</summary>
    public static InProcessClient OpenFor(this TestBroker broker, string user, IPEndPoint? remote = null)
    {
        User known = broker.Services.Authenticator.Directory.Known(user, ConnectionTypes.WebSocket)!;
        var client = new InProcessClient(broker.Registry.NextId(), known.Account, new InProcessClientOptions { User = user, RemoteEndPoint = remote }, broker.Services, known);
        client.Open();
        return client;
    }

    public static ConnectionSnapshot Snapshot(this TestBroker broker, InProcessClient client) => broker.Registry.FindOpen(client.Id, withSubscriptions: true)!;

    public static DeliveryResult Deliver(this InProcessSubscription subscription, string text)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text + "\r\n");
        byte[] subject = System.Text.Encoding.UTF8.GetBytes(subscription.Subject);
        var message = new Broker.Protocol.Message { Subject = subject, SizeText = "0"u8, Body = bytes, Length = bytes.Length - 2 };
        return subscription.Subscriber.Deliver(subscription.Subscriber.Subscription, in message, publisher: 0);
    }
}
