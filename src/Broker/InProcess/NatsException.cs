namespace NatsKestrel.Broker.InProcess;

/// <summary>The broker refused what an in-process client asked for; the message says why, in the protocol's words where it has some.</summary>
public class NatsException : Exception
{
    /// <summary>Makes one without a message.</summary>
    public NatsException()
    {
    }

    /// <summary>Makes one with a message.</summary>
    public NatsException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and a cause.</summary>
    public NatsException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
