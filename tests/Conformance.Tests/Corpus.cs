using System.Collections.Immutable;
using Xunit;

namespace NatsKestrel.Conformance.Tests;

/// <summary>All transcripts of the folder <c>Transcripts</c>.</summary>
internal static class Corpus
{
    private static readonly Lazy<ImmutableArray<Transcript>> Transcripts = new(Read);

    public static ImmutableArray<Transcript> All => Transcripts.Value;

    /// <summary>File and name of every case: what test runners show.</summary>
    public static TheoryData<string, string> Names(Func<Transcript, bool>? where = null)
    {
        var names = new TheoryData<string, string>();
        foreach (Transcript transcript in All.Where(where ?? (_ => true)))
        {
            names.Add(transcript.File, transcript.Name);
        }

        return names;
    }

    public static Transcript Find(string file, string name) => All.Single(transcript => transcript.File == file && transcript.Name == name);

    /// <summary>Where a server's settings are that transcripts name by <c>server: conf NAME</c>.</summary>
    public static string ServerFile(string name) => Path.Combine(AppContext.BaseDirectory, "Transcripts", "Servers", name);

    private static ImmutableArray<Transcript> Read() =>
    [
        .. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Transcripts"), "*.txt")
            .Order(StringComparer.Ordinal)
            .SelectMany(path => TranscriptReader.Read(Path.GetFileNameWithoutExtension(path), File.ReadAllText(path))),
    ];
}
