using Xunit;

namespace NatsKestrel.Conformance.Tests;

/// <summary>Our broker does over WebSocket what the reference server does over TCP.</summary>
public sealed class WebSocketTests(BrokerUnderTest broker)
{
    // Who may come by WebSocket alone is let in here; and INFO asks for credentials over WebSocket also where there is a no_auth_user.
    public static TheoryData<string, string> Cases =>
        Corpus.Names(transcript => transcript.Name is not ("A user held to another way in" or "INFO does not ask for credentials"));

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Our_broker_follows_the_transcript_over_websocket(string file, string name)
    {
        Transcript transcript = Corpus.Find(file, name);

        ITranscriptTarget target = await broker.GetOverWebSocketAsync(transcript);

        await TranscriptPlayer.PlayAsync(transcript, target, oneByteAtATime: false, TestContext.Current.CancellationToken);
    }
}
