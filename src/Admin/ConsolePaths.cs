namespace NatsKestrel.Admin;

/// <summary>Where the console's neighbours are, as seen from its pages.</summary>
internal sealed class ConsolePaths
{
    /// <summary>Path the console is mapped at.</summary>
    public string Console { get; set; } = "/console";

    /// <summary>Path the REST administration is mapped at; null where it is not.</summary>
    public string? Api { get; set; }

    /// <summary>The address of something outside the console, such as <c>connz</c>: behind whatever proxy, from the document's base.</summary>
    public string Outside(string path) => string.Concat(Enumerable.Repeat("../", Console.Trim('/').Count(static c => c == '/') + 1)) + path.TrimStart('/');
}
