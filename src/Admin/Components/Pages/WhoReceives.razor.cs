using Microsoft.AspNetCore.Components;
using NatsKestrel.Admin.Feed;
using NatsKestrel.Broker.Accounts;

namespace NatsKestrel.Admin.Components.Pages;

/// <summary>Who gets what is published to a subject.</summary>
public sealed partial class WhoReceives
{
    private string _subject = "";
    private string _accountName = AccountDirectory.GlobalName;
    private Receivers? _receivers;
    private readonly DeliveryShares _shares = new();
    private string? _near;
    private Dictionary<ulong, string> _labels = [];

    [SupplyParameterFromQuery(Name = "subject")]
    private string? SubjectQuery { get; set; }

    private protected override FeedParts Parts => FeedParts.Connections;

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        _subject = SubjectQuery ?? "";
        Ask();
    }

    private protected override void OnSnapshot()
    {
        _labels = Snapshot.Connections.ToDictionary(static row => row.Id, static row => row.Label);
        Ask();
    }

    private void OnSubject(string? text)
    {
        _subject = text?.Trim() ?? "";
        Ask();
    }

    private void Keep() => Navigation.NavigateTo(
        Navigation.GetUriWithQueryParameter("subject", _subject.Length > 0 ? _subject : null), replace: true);

    private string LabelOf(ulong id) => Format.Foreign(_labels.GetValueOrDefault(id, $"cid {id}"), 40);

    private void Ask()
    {
        _receivers = null;
        _near = null;
        if (Receivers.IsQuestion(_subject) && Accounts.TryGet(_accountName, out Account? account))
        {
            _receivers = Receivers.Find(account, _subject, Registry);
            _shares.Add(Snapshot.Time, _receivers.Groups.SelectMany(static group => group));
            _near = _receivers.IsEmpty ? NearestSubject.Find(_subject, NearestSubject.Candidates(account)) : null;
        }
    }
}
