namespace NatsKestrel.Broker;

/// <summary>The pages that <see cref="NatsHost"/> names when it has started; whoever maps one adds it.</summary>
public sealed class StartupLinks
{
    private readonly List<(string Label, string Path)> _links = [];

    /// <summary>Adds a page.</summary>
    /// <param name="label">What it is, in a word: <c>monitoring</c>.</param>
    /// <param name="path">Its path on the application's HTTP port, with the leading slash.</param>
    public void Add(string label, string path) => _links.Add((label, path));

    internal IReadOnlyList<(string Label, string Path)> All => _links;
}
