using System.Globalization;
using System.Text;

namespace NatsKestrel.LoadGenerator;

/// <summary>Medians of all rounds, as a Markdown table.</summary>
/// <remarks>A ratio is the median of the ratios taken round by round, which a machine that slows down for a while disturbs least.</remarks>
internal sealed class ResultTable(IReadOnlyList<Server> servers, int rounds)
{
    private readonly List<string> _rows = [];

    private Server Reference => servers[^1];

    public void Add(Scenario scenario, IReadOnlyDictionary<Server, List<Figures>> runs)
    {
        foreach (Figure figure in runs[Reference][0].Kinds.Union(runs[servers[0]][0].Kinds))
        {
            var row = new StringBuilder($"| {scenario.Name} | {figure.Title} |");
            foreach (Server server in servers)
            {
                row.Append(CultureInfo.InvariantCulture, $" {Round(Median(runs[server].Select(run => run.Get(figure))))} |");
            }

            foreach (Server server in servers.Take(servers.Count - 1))
            {
                double ratio = Median(runs[server].Zip(runs[Reference], (run, reference) => run.Get(figure) / reference.Get(figure)));
                row.Append(CultureInfo.InvariantCulture, $" {(double.IsNaN(ratio) ? "" : ratio.ToString("F2", CultureInfo.InvariantCulture))} |");
            }

            _rows.Add(row.ToString());
        }
    }

    public void WriteTo(TextWriter output)
    {
        IEnumerable<string> titles =
        [
            "scenario", "figure", .. servers.Select(server => server.Name),
            .. servers.Take(servers.Count - 1).Select(server => $"{server.Name} / {Reference.Name}"),
        ];
        output.WriteLine($"| {string.Join(" | ", titles)} |");
        output.WriteLine($"|---|---|{string.Concat(Enumerable.Repeat("---:|", (servers.Count * 2) - 1))}");
        _rows.ForEach(output.WriteLine);
        output.WriteLine();
        output.WriteLine($"Medians; rounds: {rounds}. Of rates more is better, of all else less.");
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Where(double.IsFinite).Order()];
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static string Round(double value) => double.IsNaN(value) ? "" : value.ToString(value < 100 ? "F1" : "N0", CultureInfo.InvariantCulture);
}
