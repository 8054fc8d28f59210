using Microsoft.AspNetCore.Components;
using NatsKestrel.Admin.Access;
using NatsKestrel.Admin.Feed;
using NatsKestrel.Broker.Accounts;

namespace NatsKestrel.Admin.Components.Pages;

/// <summary>Messages as they are published.</summary>
public sealed partial class Tap
{
    private const int Kept = 1000;
    private const int MaxRows = 200;

    private readonly LinkedList<TappedMessage> _ring = new();
    private readonly Dictionary<long, TappedMessage> _answers = [];
    private List<TappedMessage> _messages = [];
    private MessageTap? _tap;
    private TappedMessage? _selected;
    private string _pattern = "";
    private string _tapped = "";
    private string _where = "";
    private string _accountName = AccountDirectory.GlobalName;
    private string? _problem;
    private long? _publisher;
    private DateTimeOffset _since;
    private long _shown;
    private long _seenBefore;
    private double _rate;

    [SupplyParameterFromQuery(Name = "subject")]
    private string? SubjectQuery { get; set; }

    [SupplyParameterFromQuery(Name = "cid")]
    private long? PublisherQuery { get; set; }

    [SupplyParameterFromQuery(Name = "where")]
    private string? WhereQuery { get; set; }

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        base.OnInitialized();
        _pattern = SubjectQuery ?? "";
        _publisher = PublisherQuery;
        _where = WhereQuery ?? "";
        if (_pattern.Length > 0 && RendererInfo.IsInteractive && Current.May(ConsoleRole.Operator))
        {
            Start();
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool isDisposing)
    {
        _tap?.Dispose();
        base.Dispose(isDisposing);
    }

    private protected override void OnSnapshot()
    {
        if (_tap is null)
        {
            return;
        }

        if (!Current.May(ConsoleRole.Operator))
        {
            Stop();
            return;
        }

        foreach (TappedMessage message in _tap.Take())
        {
            _ring.AddFirst(message);
            _shown++;
            _since = message.Time;
            if (message.AnswerTo > 0)
            {
                _answers[message.AnswerTo] = message;
            }

            if (_ring.Count > Kept)
            {
                _answers.Remove(_ring.Last!.Value.Number);
                _ring.RemoveLast();
            }
        }

        _messages = [.. _ring.Take(MaxRows)];
        _rate = (_tap.Seen - _seenBefore) / ConsoleFeed.Interval.TotalSeconds;
        _seenBefore = _tap.Seen;
    }

    private void Start()
    {
        Stop();
        string pattern = _pattern.Trim();
        if (!Receivers.IsQuestion(pattern))
        {
            _problem = "That is no subject: tokens are separated by single dots, and none is empty or has blanks.";
            return;
        }

        if (!Accounts.TryGet(_accountName, out Account? account))
        {
            return;
        }

        var filter = TapFilter.Parse(_where ?? "");
        if (filter.Problems.Count > 0)
        {
            _problem = $"Not understood: {string.Join(' ', filter.Problems.Select(problem => Format.Foreign(problem, 40)))}. Terms are size>1k, size<1k, header:Name, header:Name=value, $.path.in.json and $.path=value (or > or < a number).";
            return;
        }

        Audit.Add(Current.Demand(ConsoleRole.Operator), $"tap {pattern}{(_publisher is > 0 ? $" from cid {_publisher}" : "")} in {_accountName}", "started");
        _tap = new MessageTap(account, pattern, Clock, (ulong)Math.Max(_publisher ?? 0, 0), filter);
        _tapped = pattern;
        _since = Clock.GetUtcNow();
        if (SubjectQuery != pattern || (WhereQuery ?? "") != _where)
        {
            Navigation.NavigateTo(
                Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["subject"] = pattern, ["where"] = _where is { Length: > 0 } where ? where : null }), replace: true);
        }
    }

    private void PublishAgain(TappedMessage message)
    {
        Current.Session?.Published.SetDraft(new PublishOrder(_accountName, message.Subject, message.Headers, message.Payload, 1, 0, TimeSpan.FromSeconds(2)));
        Navigation.NavigateTo("publish");
    }

    private void Stop()
    {
        _answers.Clear();
        _tap?.Dispose();
        _tap = null;
        _problem = null;
        _ring.Clear();
        _messages = [];
        _selected = null;
        _shown = _seenBefore = 0;
    }
}
