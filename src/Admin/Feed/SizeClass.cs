using System.Numerics;

namespace NatsKestrel.Admin.Feed;

/// <summary>Sizes of messages by powers of two: class 0 is empty ones, class n those of at most 2 to the power n - 1 bytes.</summary>
internal static class SizeClass
{
    /// <summary>How many there are.</summary>
    public const int Count = 33;

    public static int Of(int bytes) => bytes <= 0 ? 0 : 33 - BitOperations.LeadingZeroCount((uint)bytes - 1);

    /// <summary>The most bytes a message of the class has.</summary>
    public static long Most(int index) => index == 0 ? 0 : 1L << (index - 1);
}
