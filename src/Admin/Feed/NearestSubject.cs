using System.Text;
using NatsKestrel.Broker.Accounts;

namespace NatsKestrel.Admin.Feed;

/// <summary>Finds the subscription that somebody who published to nobody may have meant: <c>order.created</c> is near <c>orders.created</c>.</summary>
internal static class NearestSubject
{
    // With more subscriptions than this a look at all of them would take too long.
    private const int MaxCandidates = 5000;
    private const int MaxLength = 128;

    /// <summary>The distinct subjects that an account's subscriptions name, inboxes left out.</summary>
    public static string[] Candidates(Account account) =>
    [
        .. account.Sublist.Entries().Take(MaxCandidates)
            .Select(static subscription => Encoding.UTF8.GetString(subscription.Subject))
            .Where(static subject => subject.Length <= MaxLength && !subject.StartsWith("_INBOX.", StringComparison.Ordinal)).Distinct(),
    ];

    /// <summary>The nearest one, or null where none is near.</summary>
    public static string? Find(string subject, IEnumerable<string> candidates)
    {
        if (subject.Length > MaxLength)
        {
            return null;
        }

        string? nearest = null;
        int least = Math.Max(1, subject.Length / 4) + 1;
        foreach (string candidate in candidates)
        {
            if (Math.Abs(candidate.Length - subject.Length) < least && Distance(subject, candidate) is var distance && distance < least)
            {
                (nearest, least) = (candidate, distance);
            }
        }

        return nearest;
    }

    // Letters to insert, delete or change.
    private static int Distance(string a, string b)
    {
        Span<int> row = stackalloc int[MaxLength + 1];
        for (int j = 0; j <= b.Length; j++)
        {
            row[j] = j;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int changed = diagonal + (char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
