using System.Globalization;
using NatsKestrel.Admin.Feed;

namespace NatsKestrel.Admin.Components.Layout;

/// <summary>Finds pages, connections and subjects by what is typed.</summary>
public sealed partial class CommandPalette
{
    private const int MaxPlaces = 10;
    private const string WhoReceives = "who ";

    private string? _text = "";
    private List<Place> _places = [.. Find("", [])];

    /// <summary>What a text may mean, the likeliest first.</summary>
    internal static IEnumerable<Place> Find(string text, IReadOnlyList<ConnectionRow> connections)
    {
        text = text.Trim();
        if (text.StartsWith(WhoReceives, StringComparison.OrdinalIgnoreCase))
        {
            return Subject(text[WhoReceives.Length..].Trim());
        }

        IEnumerable<Place> pages = PageList.All
            .Where(page => page.Name.Contains(text, StringComparison.OrdinalIgnoreCase))
            .Select(static page => new Place(page.Name, page.Path, "page"));
        IEnumerable<Place> clients = text.Length == 0 ? [] : connections
            .Where(row => row.Connection.Name.Contains(text, StringComparison.OrdinalIgnoreCase) || row.Id.ToString(CultureInfo.InvariantCulture) == text)
            .OrderBy(row => row.Connection.Name != text)
            .Select(static row => new Place(Format.Foreign(row.Label, 60), $"connections/{row.Id}", $"connection {row.Id}"));
        return pages.Concat(clients).Concat(Subject(text)).Take(MaxPlaces + PageList.All.Length);
    }

    private static IEnumerable<Place> Subject(string subject) => subject.Length == 0 || !Receivers.IsQuestion(subject) ? []
        : [new Place($"Who receives {Format.Foreign(subject, 60)}", $"receivers?subject={Uri.EscapeDataString(subject)}", "subject")];

    private void Search() => _places = [.. Find(_text ?? "", Feed.Look(FeedParts.Connections).Connections)];

    private void GoToFirst()
    {
        if (_places is [{ } first, ..])
        {
            Navigation.NavigateTo(first.Address);
            _text = "";
            _places = [.. Find("", [])];
        }
    }

    /// <summary>Where one may go.</summary>
    /// <param name="Name">What it is called.</param>
    /// <param name="Address">Its address, from the console's base.</param>
    /// <param name="Kind">What it is.</param>
    internal sealed record Place(string Name, string Address, string Kind);
}
