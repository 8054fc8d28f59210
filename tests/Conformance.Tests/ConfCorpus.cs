using System.Collections.Immutable;
using Xunit;

namespace NatsKestrel.Conformance.Tests;

/// <summary>The configurations in <c>Conf/*.conf</c>; the README beside them says how they are written.</summary>
internal static class ConfCorpus
{
    private const string Start = "#---";
    private const string Both = "#> ";
    private const string Ours = "#ours> ";
    private const string Reference = "#nats-server> ";
    private const string Because = "#because ";
    private const string Varies = "#varies";

    private static readonly Lazy<ImmutableArray<ConfCase>> Cases = new(Read);

    public static ImmutableArray<ConfCase> All => Cases.Value;

    /// <summary>Folder of the files that cases include.</summary>
    public static string IncludeFolder => Path.Combine(AppContext.BaseDirectory, "Conf", "include");

    public static TheoryData<string> Names => [.. All.Select(found => found.Name)];

    public static ConfCase Find(string name) => All.Single(found => found.Name == name);

    private static ImmutableArray<ConfCase> Read() =>
    [
        .. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Conf"), "*.conf")
            .Order(StringComparer.Ordinal)
            .SelectMany(path => ReadFile(Path.GetFileName(path), File.ReadAllText(path))),
    ];

    private static IEnumerable<ConfCase> ReadFile(string file, string text)
    {
        int line = 1;
        foreach (string part in text.Split(Start + "\n"))
        {
            string[] lines = part.Split('\n');
            string[] notes = [.. lines.TakeWhile(note => note.StartsWith('#') && IsNote(note))];
            if (line > 1)
            {
                yield return ToCase($"{file}:{line}", string.Join('\n', lines.Skip(notes.Length)), notes);
            }

            line += lines.Length;
        }
    }

    private static bool IsNote(string line) => new[] { Both, Ours, Reference, Because, Varies }.Any(line.StartsWith);

    private static ConfCase ToCase(string name, string text, string[] notes) => new(
        name,
        text,
        [.. Messages(notes, Both, Ours)],
        [.. Messages(notes, Both, Reference)],
        notes.Contains(Varies),
        notes.FirstOrDefault(note => note.StartsWith(Because, StringComparison.Ordinal))?[Because.Length..]);

    private static IEnumerable<string> Messages(string[] notes, params string[] marks) =>
        (from note in notes from mark in marks where note.StartsWith(mark, StringComparison.Ordinal) select note[mark.Length..]).Order(StringComparer.Ordinal);
}
