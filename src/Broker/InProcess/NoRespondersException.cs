namespace NatsKestrel.Broker.InProcess;

/// <summary>A request reached nobody: no subscription matches its subject.</summary>
public sealed class NoRespondersException : NatsException
{
    /// <summary>Makes one without a message.</summary>
    public NoRespondersException()
    {
    }

    /// <summary>Makes one with a message.</summary>
    public NoRespondersException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and a cause.</summary>
    public NoRespondersException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
