using System.Globalization;
using Xunit;

namespace NatsKestrel.Load.Tests;

/// <summary>How many sockets the tests may open: the runtime raises the soft limit to the hard one by itself.</summary>
internal static class DescriptorLimit
{
    private const string Label = "Max open files";

    /// <summary>Skips the test where the system does not let this process, or the server, open that many sockets.</summary>
    public static void SkipBelow(int sockets)
    {
        string line = File.ReadLines("/proc/self/limits").First(line => line.StartsWith(Label, StringComparison.Ordinal));
        string soft = line[Label.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        bool isEnough = !long.TryParse(soft, CultureInfo.InvariantCulture, out long limit) || limit >= sockets + 1000;
        Assert.SkipUnless(isEnough, $"This needs {sockets} sockets and some more; ulimit -n grants {limit}.");
    }
}
