using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Conformance.Tests;

/// <summary>The transcripts are right: the real nats-server does what they say.</summary>
public sealed class ReferenceServerTests(ReferenceServers servers)
{
    public static TheoryData<string, string> Cases => Corpus.Names();

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_reference_server_follows_the_transcript(string file, string name)
    {
        Assert.SkipWhen(ReferenceServer.IsMissing, ReferenceServer.MissingReason);
        Transcript transcript = Corpus.Find(file, name);

        ITranscriptTarget target = await servers.GetAsync(transcript);

        await TranscriptPlayer.PlayAsync(transcript, target, oneByteAtATime: false, TestContext.Current.CancellationToken);
    }
}
