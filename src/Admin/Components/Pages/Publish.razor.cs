using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using NatsKestrel.Admin.Access;
using NatsKestrel.Admin.Feed;
using NatsKestrel.Broker.Accounts;

namespace NatsKestrel.Admin.Components.Pages;

/// <summary>Sends a message, and shows who will get it before and what answered after.</summary>
public sealed partial class Publish
{
    private const int MaxKnown = 200;

    // It is edited as text: what is larger than this is no pleasure in a field.
    private const int MaxFile = 256 * 1024;

    private string[] _known = [];
    private string _subject = "";
    private string _accountName = AccountDirectory.GlobalName;
    private string _headers = "";
    private string _payload = "";
    private bool _isHex;
    private int _count = 1;
    private int _replies;
    private int _seconds = 2;
    private bool _isBusy;
    private readonly CancellationTokenSource _left = new();
    private PublishOutcome? _outcome;
    private (string Where, string Text)[]? _sent;
    private PublishOrder[] _history = [];
    private int _rate;

    [SupplyParameterFromQuery(Name = "subject")]
    private string? SubjectQuery { get; set; }

    private bool IsForbidden => !Current.May(ConsoleRole.Operator);

    private string Audience
    {
        get
        {
            if (!Receivers.IsQuestion(_subject) || !Accounts.TryGet(_accountName, out Account? account))
            {
                return "";
            }

            var receivers = Receivers.Find(account, _subject, Registry);
            return receivers.IsPattern ? "A message goes to a subject without wildcards."
                : receivers.IsEmpty ? "Nobody listens to it."
                : $"Reaches {string.Join(", and ", Audiences(receivers))}.";
        }
    }

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        base.OnInitialized();
        _subject = SubjectQuery ?? "";
        if (Current.Session is { } session && RendererInfo.IsInteractive)
        {
            _history = session.Published.Latest();
            if (session.Published.TakeDraft() is { } draft)
            {
                Take(draft);
            }
        }

        _known = [.. Accounts.All.SelectMany(NearestSubject.Candidates).Where(subject => subject.AsSpan().IndexOfAny('*', '>') < 0).Distinct().Take(MaxKnown)];
    }

    private static IEnumerable<string> Audiences(Receivers receivers)
    {
        if (receivers.Plain.Count > 0)
        {
            yield return receivers.Plain.Count == 1 ? "one subscription" : $"{Format.Count(receivers.Plain.Count)} subscriptions";
        }

        foreach (var group in receivers.Groups)
        {
            int members = group.Count();
            yield return $"{(members == 1 ? "the one member of" : $"one of {Format.Count(members)} in")} queue group {Format.Foreign(group.Key, 40)}";
        }

        foreach (string account in receivers.Exports.Select(static export => export.AccountName).Where(static name => name.Length > 0).Distinct())
        {
            yield return $"account {Format.Foreign(account, 40)}";
        }
    }

    private void OnSubject(ChangeEventArgs change) => _subject = (change.Value as string ?? "").Trim();

    private async Task SendAsync()
    {
        ConsoleUser by = Current.Demand(ConsoleRole.Operator);
        if (Payload() is not { } payload)
        {
            _outcome = new PublishOutcome(false, "Hex is pairs of the digits 0 to 9 and a to f.", []);
            return;
        }

        _isBusy = true;
        try
        {
            var order = new PublishOrder(_accountName, _subject, _headers, payload, _replies > 0 ? 1 : _count, _replies, TimeSpan.FromSeconds(_seconds), _replies > 0 || _count == 1 ? 0 : _rate);
            _outcome = await Publisher.PublishAsync(by, order, _left.Token);
            _sent = _isHex ? null : [.. PublishSnippets.Of(order, Server.ListenUri is { } uri ? $"nats://{uri.Authority}" : "nats://127.0.0.1:4222", new Uri(new Uri(Navigation.BaseUri), Paths.Outside("")))];
            if (_outcome.IsDone && Current.Session is { } session)
            {
                session.Published.Add(order);
                _history = session.Published.Latest();
            }
        }
        catch (OperationCanceledException) when (_left.IsCancellationRequested)
        {
            // The page was left while messages were still to go out.
        }
        finally
        {
            _isBusy = false;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool isDisposing)
    {
        _left.Cancel();
        base.Dispose(isDisposing);
    }

    private void Take(PublishOrder order)
    {
        (_accountName, _subject, _headers) = (order.Account, order.Subject, order.Headers);
        Fill(order.Payload);
        (_count, _replies, _rate) = (order.Count, order.Replies, order.Rate);
    }

    private async Task ReadAsync(InputFileChangeEventArgs change)
    {
        if (change.File.Size > MaxFile)
        {
            _outcome = new PublishOutcome(false, $"A file of at most {Format.Bytes(MaxFile)} can be sent from here.", []);
            return;
        }

        using var bytes = new MemoryStream();
        await using (Stream file = change.File.OpenReadStream(MaxFile))
        {
            await file.CopyToAsync(bytes);
        }

        Fill(bytes.ToArray());
    }

    private void Fill(byte[] payload)
    {
        _isHex = !PayloadText.IsText(payload);
        _payload = _isHex ? Convert.ToHexStringLower(payload) : PayloadText.Decode(payload);
    }

    private byte[]? Payload()
    {
        if (!_isHex)
        {
            return Encoding.UTF8.GetBytes(_payload);
        }

        string digits = string.Concat(_payload.Where(c => !char.IsWhiteSpace(c)));
        return digits.Length % 2 == 0 && digits.All(char.IsAsciiHexDigit) ? Convert.FromHexString(digits) : null;
    }
}
