using System.Text;
using Xunit;

namespace NatsKestrel.Conformance.Tests;

public sealed class TranscriptReaderTests
{
    [Fact]
    public void Lines_sent_by_one_client_become_one_write()
    {
        Transcript transcript = ReadOne("== c\nA> PUB a 2\nA> hi\n");

        Assert.Equal("PUB a 2\r\nhi\r\n", Text(Assert.Single(transcript.Steps)));
    }

    [Theory]
    [InlineData(@"a", "a\r\n")]
    [InlineData(@"a\", "a")]
    [InlineData(@"a\n\", "a\n")]
    [InlineData(@"\r\t\s\x00\\", "\r\t \0\\\r\n")]
    [InlineData(@"<3*ab>\", "ababab")]
    [InlineData(@"<no-macro>\", "<no-macro>")]
    [InlineData(@"<quiet>\", "QUIET")]
    public void Escapes_stand_for_bytes(string text, string expected)
    {
        Transcript transcript = ReadOne($"let quiet = QUIET\n== c\nA> {text}\n");

        Assert.Equal(expected, Text(Assert.Single(transcript.Steps)));
    }

    [Fact]
    public void A_case_has_settings_a_divergence_and_steps_for_one_side()
    {
        Transcript transcript = ReadOne("== c\nserver: max_payload 1024, ping_max 1\ndivergence: d\nA> x\nreference:\nA< y\nboth:\nA: closed\n");

        Assert.Equal("1024", transcript.Settings["max_payload"]);
        Assert.Equal("1", transcript.Settings["ping_max"]);
        Assert.Equal("d", transcript.Divergence);
        Assert.Equal([null, Side.Reference, null], transcript.Steps.Select(step => step.For));
    }

    [Fact]
    public void Choices_that_follow_each_other_are_one_step()
    {
        Transcript transcript = ReadOne("== c\nA<? x\nA<? y\nA<| x\nA<| y\nA< x\n");

        Assert.Equal([StepAction.ExpectInAnyOrder, StepAction.ExpectOneOf, StepAction.Expect], transcript.Steps.Select(step => step.Action));
        Assert.Equal([2, 2, 1], transcript.Steps.Select(step => step.Texts.Length));
    }

    [Theory]
    [InlineData("== c\nA> x\nnonsense\n", 3)]
    [InlineData("== c\nA: dances\n", 2)]
    [InlineData("A> x\n", 1)]
    [InlineData("== c\nA> \\q\n", 2)]
    [InlineData("== c\nreference:\n", 2)]
    public void A_line_that_is_none_is_reported_with_its_place(string text, int line)
    {
        FormatException exception = Assert.Throws<FormatException>(() => TranscriptReader.Read("file", text));

        Assert.StartsWith($"file.txt:{line}: ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_case_of_the_corpus_can_be_read()
    {
        Assert.True(Corpus.All.Length > 400);
    }

    private static Transcript ReadOne(string text) => Assert.Single(TranscriptReader.Read("file", text));

    private static string Text(Step step) => Encoding.Latin1.GetString(Assert.Single(step.Texts));
}
