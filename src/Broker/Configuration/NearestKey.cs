namespace NatsKestrel.Broker.Configuration;

/// <summary>Guesses which option was meant by a key that is none.</summary>
internal static class NearestKey
{
    /// <summary>The option or section whose name is nearest, wherever it stands; null where none is near.</summary>
    public static string? Find(string key)
    {
        string name = Plain(LastPart(key));
        string parent = Parent(string.Join(':', key.Split(':').Select(part => int.TryParse(part, out _) ? "#" : part)));
        string? best = null;
        int bestDistance = int.MaxValue;
        foreach (string candidate in OptionKeys.Paths)
        {
            // A tie goes to the option that stands where the key does.
            bool isSibling = Parent(candidate).Equals(parent, StringComparison.OrdinalIgnoreCase);
            int distance = 2 * Distance(name, Plain(LastPart(candidate))) + (isSibling ? 0 : 1);
            if (distance < bestDistance)
            {
                string place = isSibling ? $"{Parent(key)}:{LastPart(candidate)}" : candidate.Replace('#', '0');
                (best, bestDistance) = (place, distance);
            }
        }

        return bestDistance / 2 <= Math.Max(1, name.Length / 3) ? best : null;
    }

    private static string LastPart(string key) => key[(key.LastIndexOf(':') + 1)..];

    private static string Parent(string key) => key[..Math.Max(0, key.LastIndexOf(':'))];

    // The reference server's max_payload is MaxPayload here.
    private static string Plain(string name) =>
        name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToUpperInvariant();

    // Insertions, deletions, replacements and swaps of neighbours that make one name the other.
    private static int Distance(string from, string to)
    {
        int[,] cost = new int[from.Length + 1, to.Length + 1];
        for (int i = 0; i <= from.Length; i++)
        {
            for (int j = 0; j <= to.Length; j++)
            {
                cost[i, j] = (i, j) switch
                {
                    (0, _) => j,
                    (_, 0) => i,
                    _ => Math.Min(
                        Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1,
                        cost[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1)),
                };
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                {
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
                }
            }
        }

        return cost[from.Length, to.Length];
    }
}
