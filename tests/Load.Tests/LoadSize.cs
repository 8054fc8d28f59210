namespace NatsKestrel.Load.Tests;

/// <summary>How hard to push: everywhere shortened, in full when the environment says <c>LOAD=full</c>.</summary>
internal static class LoadSize
{
    public static bool IsFull { get; } = Environment.GetEnvironmentVariable("LOAD") == "full";

    public static T Pick<T>(T full, T shortened) => IsFull ? full : shortened;
}
