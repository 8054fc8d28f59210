using Xunit;

namespace NatsKestrel.Conformance.Tests;

/// <summary>Our broker needs no socket to do what the reference server does, and does not care how its input is cut.</summary>
public sealed class InMemoryTests(BrokerUnderTest broker)
{
    public static TheoryData<string, string> Cases => Corpus.Names();

    /// <summary>Several clients would only be the same again; a megabyte would take its time and show nothing that a kilobyte does not.</summary>
    public static TheoryData<string, string> CasesToCut => Corpus.Names(transcript => transcript is { HasOneClient: true, BytesSent: < 200_000 });

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Our_broker_follows_the_transcript_in_memory(string file, string name) => PlayAsync(file, name, oneByteAtATime: false);

    [Theory]
    [MemberData(nameof(CasesToCut))]
    [Trait("Safety", "PARSE-5")]
    public Task Our_broker_follows_the_transcript_read_byte_by_byte(string file, string name) => PlayAsync(file, name, oneByteAtATime: true);

    private async Task PlayAsync(string file, string name, bool oneByteAtATime)
    {
        Transcript transcript = Corpus.Find(file, name);

        ITranscriptTarget target = await broker.GetInMemoryAsync(transcript);

        await TranscriptPlayer.PlayAsync(transcript, target, oneByteAtATime, TestContext.Current.CancellationToken);
    }
}
