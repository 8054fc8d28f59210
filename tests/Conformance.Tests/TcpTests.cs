using Xunit;

namespace NatsKestrel.Conformance.Tests;

/// <summary>Our broker does over TCP what the reference server does.</summary>
public sealed class TcpTests(BrokerUnderTest broker)
{
    public static TheoryData<string, string> Cases => Corpus.Names();

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Our_broker_follows_the_transcript_over_tcp(string file, string name)
    {
        Transcript transcript = Corpus.Find(file, name);

        ITranscriptTarget target = await broker.GetOverTcpAsync(transcript);

        await TranscriptPlayer.PlayAsync(transcript, target, oneByteAtATime: false, TestContext.Current.CancellationToken);
    }
}
