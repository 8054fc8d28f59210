using System.Globalization;
using Xunit;

namespace NatsKestrel.Load.Tests;

/// <summary>The figures a scenario measured: one line each in the test's output, and in the file that <c>LOAD_REPORT</c> names.</summary>
internal static class Report
{
    private static readonly string? File = Environment.GetEnvironmentVariable("LOAD_REPORT");

    /// <summary>Writes one figure.</summary>
    /// <param name="scenario">For example <c>F-2</c>.</param>
    /// <param name="figure">The figure, its unit, and the bar it is to pass, in words.</param>
    public static void Line(string scenario, FormattableString figure)
    {
        string line = $"{scenario,-7} {figure.ToString(CultureInfo.InvariantCulture)}";
        TestContext.Current.TestOutputHelper?.WriteLine(line);
        if (File is not null)
        {
            System.IO.File.AppendAllText(File, line + "\n");
        }
    }

    public static string Mebibytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0 / 1024.0:F1} MiB");
}
