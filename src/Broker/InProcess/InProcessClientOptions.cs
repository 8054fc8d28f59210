using System.Net;

namespace NatsKestrel.Broker.InProcess;

/// <summary>Who an in-process client is.</summary>
public sealed record InProcessClientOptions
{
    /// <summary>Name shown in <c>/connz</c>.</summary>
    public string Name { get; init; } = "";

    /// <summary>The account it works in. The code that asks is trusted: nobody is asked for a password.</summary>
    /// <value>Default null: the global account, <c>$G</c>.</value>
    public string? Account { get; init; }

    /// <summary>How it came in, as <c>/connz</c> shows it under <c>type</c>.</summary>
    /// <value>Default <c>in_process</c>.</value>
    public string Type { get; init; } = "in_process";

    /// <summary>The user it stands for, as <c>/connz</c> shows it.</summary>
    /// <value>Default empty: none.</value>
    public string User { get; init; } = "";

    /// <summary>Whom it stands for outside of this process, where it does: such a client is refused when the server is full.</summary>
    /// <value>Default null: the application itself, which is never refused.</value>
    public IPEndPoint? RemoteEndPoint { get; init; }

    /// <summary>False keeps its own messages from its own subscriptions.</summary>
    /// <value>Default true.</value>
    public bool Echo { get; init; } = true;

    /// <summary>Subscriptions it may have at one time.</summary>
    /// <value>Default 0: what the server allows any client, <c>Nats:Limits:MaxSubscriptions</c>.</value>
    public int MaxSubscriptions { get; init; }

    /// <summary>How long <see cref="InProcessClient.RequestAsync(string, string, MessageHeaders?, TimeSpan?, CancellationToken)"/> waits where the call says nothing.</summary>
    /// <value>Default 5 seconds.</value>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>True for the server itself, which may what its clients may not.</summary>
    internal bool IsServer { get; init; }
}
