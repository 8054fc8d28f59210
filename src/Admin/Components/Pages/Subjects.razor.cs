using Microsoft.AspNetCore.Components.Web;
using NatsKestrel.Admin.Feed;
using NatsKestrel.Broker.Accounts;

namespace NatsKestrel.Admin.Components.Pages;

/// <summary>The live tree of subjects.</summary>
public sealed partial class Subjects
{
    private const int MaxLines = 500;
    private const int MaxValues = 60;

    private readonly HashSet<string> _open = [];
    private readonly List<double> _history = [];
    private string _accountName = AccountDirectory.GlobalName;
    private List<Line> _lines = [];
    private string? _selected;
    private long _other;
    private SubjectNode? _tree;
    private IReadOnlyList<long> _sizes = [];

    private int MaxPayload => Live.Current.MaxPayload;

    private int LargestClass => SizeClass.Of(MaxPayload);

    // From the smallest that came to the largest, and the largest that may.
    private IEnumerable<int> SizesShown
    {
        get
        {
            int[] used = [.. Enumerable.Range(0, _sizes.Count).Where(index => _sizes[index] > 0)];
            return Enumerable.Range(used[0], used[^1] - used[0] + 1).Concat(used[^1] < LargestClass ? [LargestClass] : []);
        }
    }

    private protected override FeedParts Parts => FeedParts.Traffic;

    private SubjectNode? SelectedTraffic => _selected is null ? null : _tree?.Find(_selected);

    private protected override void OnSnapshot()
    {
        Build();
        if (_selected is not null)
        {
            _history.Add(SelectedTraffic?.MessageRate ?? 0);
            if (_history.Count > MaxValues)
            {
                _history.RemoveAt(0);
            }
        }
    }

    private static string Rate(double? rate) => rate is > 0 ? Format.Short(rate.Value) : "–";

    private static string Listeners(SubjectBranch branch) =>
        branch.Below == 0 ? Format.Count(branch.Subscribers)
        : branch.Subscribers == 0 ? $"{Format.Count(branch.Below)} below"
        : $"{Format.Count(branch.Subscribers)}, {Format.Count(branch.Below)} below";

    private void OnAccount()
    {
        _open.Clear();
        _selected = null;
        Build();
    }

    private void Build()
    {
        AccountTraffic? traffic = Snapshot.Traffic.FirstOrDefault(part => part.Account == _accountName);
        _tree = traffic?.Tree;
        _other = traffic?.Other ?? 0;
        _sizes = traffic?.Sizes ?? [];
        _lines = [];
        if (Accounts.TryGet(_accountName, out Account? account))
        {
            AddBelow(account, "", 0);
        }
    }

    private void AddBelow(Account account, string prefix, int depth)
    {
        foreach (SubjectBranch branch in SubjectBranch.Under(account, _tree, prefix))
        {
            if (_lines.Count >= MaxLines)
            {
                return;
            }

            bool isOpen = branch.HasMore && _open.Contains(branch.Subject);
            _lines.Add(new Line(branch, depth, isOpen));
            if (isOpen)
            {
                AddBelow(account, branch.Subject, depth + 1);
            }
        }
    }

    private void Select(Line line)
    {
        if (_selected != line.Branch.Subject)
        {
            _selected = line.Branch.Subject;
            _history.Clear();
        }

        if (line.Branch.HasMore && !_open.Remove(line.Branch.Subject))
        {
            _open.Add(line.Branch.Subject);
        }

        Build();
    }

    private void OnKey(KeyboardEventArgs key, Line line)
    {
        switch (key.Key)
        {
            case "Enter" or " ":
            case "ArrowRight" when line.Branch.HasMore && !line.IsOpen:
            case "ArrowLeft" when line.IsOpen:
                Select(line);
                break;
            default:
                break;
        }
    }

    private sealed record Line(SubjectBranch Branch, int Depth, bool IsOpen);
}
