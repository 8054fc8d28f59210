using NatsKestrel.Admin.Feed;
using NatsKestrel.Broker.Accounts;

namespace NatsKestrel.Admin.Components.Pages;

/// <summary>Subjects with traffic and without a listener.</summary>
public sealed partial class Nobody
{
    private const int MaxLines = 200;

    private readonly Dictionary<(string Account, string Subject), string?> _near = [];
    private List<Line> _lines = [];
    private DateTimeOffset _since;

    private protected override FeedParts Parts => FeedParts.Traffic;

    private protected override void OnSnapshot()
    {
        _since = _since == default ? Snapshot.Time : _since;
        _lines =
        [
            .. from account in Snapshot.Traffic
               from traffic in account.Subjects
               where traffic.Undelivered > 0 && traffic.LastPublisher != 0 // what the server itself reports waits for nobody
               orderby traffic.UndeliveredRate descending, traffic.Undelivered descending
               select new Line(account.Account, traffic, null),
        ];
        if (_lines.Count > MaxLines)
        {
            _lines.RemoveRange(MaxLines, _lines.Count - MaxLines);
        }

        FindNear();
    }

    // Looked for once for each subject: what is near does not change by the second.
    private void FindNear()
    {
        foreach (var group in _lines.Where(line => !_near.ContainsKey((line.Account, line.Traffic.Subject))).GroupBy(line => line.Account))
        {
            string[] candidates = Accounts.TryGet(group.Key, out Account? account) ? NearestSubject.Candidates(account) : [];
            foreach (Line line in group)
            {
                _near[(line.Account, line.Traffic.Subject)] = NearestSubject.Find(line.Traffic.Subject, candidates);
            }
        }

        for (int i = 0; i < _lines.Count; i++)
        {
            _lines[i] = _lines[i] with { Near = _near.GetValueOrDefault((_lines[i].Account, _lines[i].Traffic.Subject)) };
        }
    }

    private sealed record Line(string Account, SubjectTraffic Traffic, string? Near);
}
