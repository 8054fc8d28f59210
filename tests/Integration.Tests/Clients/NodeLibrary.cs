namespace NatsKestrel.Integration.Tests.Clients;

/// <summary>The client libraries for Node that people use. Their names are those of the files in <c>node/libraries</c>.</summary>
internal static class NodeLibrary
{
    /// <summary>The current one: <c>@nats-io/nats-core</c> with <c>@nats-io/transport-node</c>.</summary>
    public const string Core = "nats-core";

    /// <summary>Its predecessor, in one package: <c>nats</c>.</summary>
    public const string Classic = "nats";
}
