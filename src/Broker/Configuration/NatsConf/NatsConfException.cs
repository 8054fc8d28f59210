namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary>A nats.conf that cannot be used. The message has one line for each thing that is wrong, each with its place in the file.</summary>
public sealed class NatsConfException : Exception
{
    /// <summary>Makes one of the errors of a file.</summary>
    public NatsConfException(IReadOnlyList<string> errors)
        : base(string.Join('\n', errors)) => Errors = errors;

    /// <summary>What is wrong, worded as nats-server words it. No passwords, tokens or keys stand in it.</summary>
    public IReadOnlyList<string> Errors { get; }
}
