using System.Globalization;

namespace NatsKestrel.Broker.Configuration;

/// <summary>How many connections the process can hold open, given the file descriptors the system grants it.</summary>
/// <param name="Limit">Descriptors the process may have open; null where the system does not say or sets no limit.</param>
/// <param name="InUse">Descriptors open already when the server started: the runtime itself takes some two hundred.</param>
/// <param name="Reserve">Descriptors kept from clients, for files, and telling refused clients why.</param>
/// <param name="MaxConnections">Client connections the server admits: the configured number, or fewer.</param>
/// <param name="HttpMaxConnections">HTTP connections the application's server takes: the configured number, or fewer.</param>
internal sealed record DescriptorBudget(long? Limit, int InUse, int Reserve, int MaxConnections, int HttpMaxConnections)
{
    // The runtime keeps two descriptors open for each library, and loads many only when something first needs them: from 184 when
    // this is worked out to 245 once every page was asked for (.NET 10.0.12). A process that then finds none left aborts.
    private const int LaterUse = 64;

    private const int FewestHttpConnections = 16;
    private const int SmallestReserve = 16;
    private const int LargestReserve = 128;
    private const int FewestConnections = 16;

    /// <summary>Connections at which the listener itself closes new ones without a word.</summary>
    /// <remarks>Above <see cref="MaxConnections"/>, so that a refused client still hears why; by half of the reserve only, because
    /// a process without descriptors spins in accept and then aborts, and the other half is what files live on meanwhile.</remarks>
    public int ListenerMaxConnections => (int)Math.Min((long)MaxConnections + (Reserve / 2), int.MaxValue);

    /// <summary>The most that <see cref="ListenerMaxConnections"/> could come to, should a reload allow more connections than there are now.</summary>
    public int ListenerCeiling => Limit is null ? int.MaxValue : Compute(Limit, InUse, int.MaxValue, HttpMaxConnections).ListenerMaxConnections;

    /// <summary>True where the system grants fewer connections than were configured.</summary>
    public bool IsLowered(int configured) => MaxConnections < configured;

    /// <summary>Asks the system; to be called once, when the server starts.</summary>
    /// <exception cref="ServerStartException">Too few descriptors are left to serve anybody.</exception>
    public static DescriptorBudget Read(NatsBrokerOptions options)
    {
        (int clients, int http) = (options.Limits.MaxConnections, options.Http.MaxConnections);
        return OperatingSystem.IsLinux() && Directory.Exists("/proc/self")
            ? Compute(ParseLimit(File.ReadLines("/proc/self/limits")), CountOpen(), clients, http)
            : Compute(null, 0, clients, http);
    }

    /// <summary>The arithmetic alone.</summary>
    /// <exception cref="ServerStartException">Too few descriptors are left to serve anybody.</exception>
    public static DescriptorBudget Compute(long? limit, int inUse, int configured, int configuredHttp)
    {
        if (limit is null)
        {
            return new DescriptorBudget(null, inUse, LargestReserve, configured, configuredHttp);
        }

        long free = Math.Max(0, limit.Value - inUse - LaterUse);
        int reserve = (int)Math.Clamp(free / 4, SmallestReserve, LargestReserve);
        int http = (int)Math.Min(configuredHttp, Math.Max(free / 8, FewestHttpConnections));
        long available = free - reserve - http;
        if (available < FewestConnections)
        {
            throw new ServerStartException(
                $"Cannot start: of the {limit} files this process may open, {inUse} are open, {LaterUse} more will be soon, "
                + $"and {reserve + http} are kept for HTTP and in reserve, which leaves fewer than {FewestConnections} for clients. "
                + "Raise the limit (ulimit -n, or LimitNOFILE of the service).");
        }

        return new DescriptorBudget(limit, inUse, reserve, (int)Math.Min(configured, available), http);
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
