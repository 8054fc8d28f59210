namespace NatsKestrel.Broker.Configuration;

/// <summary>New options cannot be applied without a restart; the message says which.</summary>
public sealed class ReloadRefusedException : Exception
{
    /// <summary>Makes one without a reason; prefer the other.</summary>
    public ReloadRefusedException()
        : this("The new options cannot be applied.")
    {
    }

    /// <summary>Makes one from the line that the operator reads.</summary>
    public ReloadRefusedException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one from the line that the operator reads and what lies behind it.</summary>
    public ReloadRefusedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
