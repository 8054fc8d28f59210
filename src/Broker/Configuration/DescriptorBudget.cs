using System.Globalization;

namespace NatsKestrel.Broker.Configuration;

/// <summary>How many connections the process can hold open, given the file descriptors the system grants it.</summary>
/// <param name="Limit">Descriptors the process may have open; null where the system does not say or sets no limit.</param>
/// <param name="InUse">Descriptors open already when the server started: the runtime itself takes some two hundred.</param>
/// <param name="Reserve">Descriptors kept from clients, for monitoring, files, and telling refused clients why.</param>
/// <param name="MaxConnections">Client connections the server admits: the configured number, or fewer.</param>
internal sealed record DescriptorBudget(long? Limit, int InUse, int Reserve, int MaxConnections)
{
    private const int SmallestReserve = 16;
    private const int LargestReserve = 128;
    private const int FewestConnections = 16;

    /// <summary>Connections at which the listener itself closes new ones without a word.</summary>
    /// <remarks>Above <see cref="MaxConnections"/>, so that a refused client still hears why; by half of the reserve only, because
    /// a process without descriptors spins in accept, and the other half is what HTTP and files live on meanwhile.</remarks>
    public int ListenerMaxConnections => (int)Math.Min((long)MaxConnections + (Reserve / 2), int.MaxValue);

    /// <summary>True where the system grants fewer connections than were configured.</summary>
    public bool IsLowered(int configured) => MaxConnections < configured;

    /// <summary>Asks the system; to be called once, when the server starts.</summary>
    /// <exception cref="ServerStartException">Too few descriptors are left to serve anybody.</exception>
    public static DescriptorBudget Read(int configured) =>
        OperatingSystem.IsLinux() ? Compute(ParseLimit(File.ReadLines("/proc/self/limits")), CountOpen(), configured) : Compute(null, 0, configured);

    /// <summary>The arithmetic alone.</summary>
    /// <exception cref="ServerStartException">Too few descriptors are left to serve anybody.</exception>
    public static DescriptorBudget Compute(long? limit, int inUse, int configured)
    {
        if (limit is null)
        {
            return new DescriptorBudget(null, inUse, LargestReserve, configured);
        }

        long free = Math.Max(0, limit.Value - inUse);
        int reserve = (int)Math.Clamp(free / 4, SmallestReserve, LargestReserve);
        long available = free - reserve;
        if (available < FewestConnections)
        {
            throw new ServerStartException(
                $"Cannot start: of the {limit} files this process may open, {inUse} are open and {reserve} are kept in reserve, "
                + $"which leaves fewer than {FewestConnections} for clients. Raise the limit (ulimit -n, or LimitNOFILE of the service).");
        }

        return new DescriptorBudget(limit, inUse, reserve, (int)Math.Min(configured, available));
    }

    /// <summary>The soft limit in the lines of <c>/proc/self/limits</c>; null for <c>unlimited</c> or an unknown layout.</summary>
    public static long? ParseLimit(IEnumerable<string> lines)
    {
        const string label = "Max open files";
        string? line = lines.FirstOrDefault(line => line.StartsWith(label, StringComparison.Ordinal));
        string? soft = line?[label.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out long limit) ? limit : null;
    }

    private static int CountOpen() => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count();
}
