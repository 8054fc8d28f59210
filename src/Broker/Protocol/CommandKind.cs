namespace NatsKestrel.Broker.Protocol;

/// <summary>What one line of a client asks for.</summary>
internal enum CommandKind
{
    /// <summary>Nothing was read yet.</summary>
    None,

    /// <summary><c>PUB</c>: <see cref="CommandReader.Message"/>.</summary>
    Publish,

    /// <summary><c>HPUB</c>: <see cref="CommandReader.Message"/>, whose header block may be empty.</summary>
    HeaderPublish,

    /// <summary><c>SUB</c>: <see cref="CommandReader.Subject"/>, <see cref="CommandReader.Queue"/>, <see cref="CommandReader.Sid"/>.</summary>
    Subscribe,

    /// <summary><c>UNSUB</c>: <see cref="CommandReader.Sid"/>, <see cref="CommandReader.Max"/>.</summary>
    Unsubscribe,

    Ping,
    Pong,

    /// <summary><c>CONNECT</c>: <see cref="CommandReader.Json"/>, unread.</summary>
    Connect,

    /// <summary><c>INFO</c>, checked: there is nothing to do.</summary>
    Info,

    /// <summary><c>+OK</c>: there is nothing to do.</summary>
    Ok,

    /// <summary><c>-ERR</c>: never handed out, reading it throws <see cref="ProtocolError.ClientReportedError"/>.</summary>
    Error,
}
