using Xunit;

namespace NatsKestrel.Conformance.Tests;

/// <summary>Our drop-in executable does over TCP what the reference server does.</summary>
public sealed class ExecutableTests(DropInServers servers)
{
    public static TheoryData<string, string> Cases => Corpus.Names();

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_executable_follows_the_transcript(string file, string name)
    {
        Transcript transcript = Corpus.Find(file, name);

        ITranscriptTarget target = await servers.GetAsync(transcript);

        await TranscriptPlayer.PlayAsync(transcript, target, oneByteAtATime: false, TestContext.Current.CancellationToken);
    }
}
