using System.Numerics;

namespace NatsKestrel.Admin.Feed;

/// <summary>How long things took: counts in fixed buckets from a microsecond to a minute, eight to each doubling, so that a percentile is right to an eighth.</summary>
/// <remarks>Any number of threads may add at once.</remarks>
internal sealed class LatencyHistogram
{
    private const int StepBits = 3;
    private const int Steps = 1 << StepBits;
    private const int Rows = 24; // one for the first eight numbers, the others end at 2^4, 2^5, … 2^26 microseconds: 67 seconds

    private readonly long[] _counts = new long[Rows * Steps];
    private long _total;

    public long Total => Interlocked.Read(ref _total);

    public void Add(TimeSpan time)
    {
        Interlocked.Increment(ref _counts[IndexOf((long)time.TotalMicroseconds)]);
        Interlocked.Increment(ref _total);
    }

    /// <summary>The time that a part of all, for example 0.99, did not exceed; zero where nothing was added.</summary>
    public TimeSpan Percentile(double part)
    {
        long wanted = Math.Max(1, (long)Math.Ceiling(Total * part)), seen = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            seen += Interlocked.Read(ref _counts[i]);
            if (seen >= wanted)
            {
                return TimeSpan.FromMicroseconds(UpperBound(i));
            }
        }

        return TimeSpan.Zero;
    }

    // The first 2^StepBits numbers have a bucket each; then the highest bit names the doubling, and the next bits the step in it.
    private static int IndexOf(long microseconds)
    {
        if (microseconds < Steps)
        {
            return (int)Math.Max(microseconds, 0);
        }

        int shift = BitOperations.Log2((ulong)microseconds) - StepBits;
        return (int)Math.Min(((shift + 1) << StepBits) + (microseconds >> shift) - Steps, (Rows * Steps) - 1);
    }

    private static double UpperBound(int index)
    {
        int shift = (index >> StepBits) - 1;
        return shift < 0 ? index : (double)((((index & (Steps - 1)) + Steps + 1L) << shift) - 1);
    }
}
