namespace NatsKestrel.Integration.Tests.Clients;

/// <summary>The client libraries for Node that people use. Their names are those of the files in <c>node/libraries</c>.</summary>
internal static class NodeLibrary
{
    /// <summary>The current one: <c>@nats-io/nats-core</c> with <c>@nats-io/transport-node</c>.</summary>
    public const string Core = "nats-core";

    /// <summary>Its predecessor, in one package: <c>nats</c>.</summary>
    public const string Classic = "nats";

    /// <summary><see cref="Core"/> over WebSocket, as in a browser.</summary>
    public const string CoreWebSocket = "nats-core-ws";

    /// <summary>The predecessor for browsers: <c>nats.ws</c>.</summary>
    public const string ClassicWebSocket = "nats-ws";

    /// <summary>True for those that come as WebSockets.</summary>
    public static bool IsWebSocket(string library) => library is CoreWebSocket or ClassicWebSocket;
}
