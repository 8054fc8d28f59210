namespace NatsKestrel.Broker.Subjects;

/// <summary>Counts matches without making the threads that match wait for one another.</summary>
/// <remarks>
/// Each thread adds to one of several cells, a cache line apart, by a plain load and store. Two threads that share a cell may
/// lose a count now and then: these figures feed a statistic, and a match takes some ten nanoseconds.
/// </remarks>
internal sealed class MatchTally
{
    private const int Cells = 8;
    private const int CellSize = 16;

    // The first cell is left free: it shares its line with the array's header, which everyone reads.
    private readonly long[] _counts = new long[(Cells + 1) * CellSize];

    public long Hits => Sum(0);

    public long Matches => Sum(0) + Sum(1);

    public void CountHit() => _counts[Cell()]++;

    public void CountMiss() => _counts[Cell() + 1]++;

    private static int Cell() => ((Environment.CurrentManagedThreadId & (Cells - 1)) + 1) * CellSize;

    private long Sum(int offset)
    {
        long sum = 0;
        for (int cell = 1; cell <= Cells; cell++)
        {
            sum += Volatile.Read(ref _counts[(cell * CellSize) + offset]);
        }

        return sum;
    }
}
