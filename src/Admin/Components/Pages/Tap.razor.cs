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
    private List<TappedMessage> _messages = [];
    private MessageTap? _tap;
    private TappedMessage? _selected;
    private string _pattern = "";
    private string _tapped = "";
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

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        base.OnInitialized();
        _pattern = SubjectQuery ?? "";
        _publisher = PublisherQuery;
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
            if (_ring.Count > Kept)
            {
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

        Audit.Add(Current.Demand(ConsoleRole.Operator), $"tap {pattern}{(_publisher is > 0 ? $" from cid {_publisher}" : "")} in {_accountName}", "started");
        _tap = new MessageTap(account, pattern, Clock, (ulong)Math.Max(_publisher ?? 0, 0));
        _tapped = pattern;
        _since = Clock.GetUtcNow();
        if (SubjectQuery != pattern)
        {
            Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("subject", pattern), replace: true);
        }
    }

    private void Stop()
    {
        _tap?.Dispose();
        _tap = null;
        _problem = null;
        _ring.Clear();
        _messages = [];
        _selected = null;
        _shown = _seenBefore = 0;
    }
}
