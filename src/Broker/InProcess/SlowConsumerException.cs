namespace NatsKestrel.Broker.InProcess;

/// <summary>A subscription was cut because more waited in it than may: its reader is too slow.</summary>
public sealed class SlowConsumerException : NatsException
{
    /// <summary>Makes one without a message.</summary>
    public SlowConsumerException()
    {
    }

    /// <summary>Makes one with a message.</summary>
    public SlowConsumerException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and a cause.</summary>
    public SlowConsumerException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
