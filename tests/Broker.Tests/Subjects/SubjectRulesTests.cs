using System.Text;
using NatsKestrel.Broker.Subjects;
using Xunit;

namespace NatsKestrel.Broker.Tests.Subjects;

public class SubjectRulesTests
{
    [Fact]
    public void Tokens_are_counted_alike_in_short_and_long_subjects()
    {
        // Every subject of 80 bytes with one or two dots, and its every beginning: short ones are counted another way than long ones.
        for (int length = 0; length <= 80; length++)
        {
            for (int first = 0; first < length; first++)
            {
                for (int second = first; second < length; second++)
                {
                    byte[] subject = [.. Enumerable.Repeat((byte)'a', length)];
                    subject[first] = subject[second] = (byte)'.';
                    bool hasEmptyToken = first == 0 || second == length - 1 || second == first + 1;

                    Assert.Equal(!hasEmptyToken, SubjectRules.TryCountTokens(subject, out int tokens));
                    Assert.Equal(first == second ? 2 : 3, tokens);
                }
            }
        }
    }

    [Theory]
    [InlineData("a")]
    [InlineData("a.b")]
    [InlineData("\u00e9\u00ff.\u0001")]
    [InlineData("a\0b")]
    [InlineData("*")]
    [InlineData(">")]
    [InlineData("a.*")]
    [InlineData("*.a.*")]
    [InlineData("a.>")]
    [InlineData("*.>")]
    [InlineData("a*b")]
    [InlineData("a>")]
    [InlineData(">a.b")]
    [InlineData("**")]
    [InlineData(">>.a")]
    public void A_subscription_takes_tokens_and_whole_wildcards(string subject) =>
        Assert.True(SubjectRules.IsValidSubscription(Bytes(subject)));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("a.")]
    [InlineData("a.>.b")]
    [InlineData(">.a")]
    [InlineData("a>.>.b")]
    [InlineData(">.>")]
    public void A_subscription_takes_no_empty_token_and_nothing_behind_the_last_wildcard(string subject) =>
        Assert.False(SubjectRules.IsValidSubscription(Bytes(subject)));

    [Theory]
    [InlineData("a.b", true)]
    [InlineData("a*b.c>", true)]
    [InlineData("**.>>", true)]
    [InlineData("a.*", false)]
    [InlineData(">", false)]
    [InlineData("a.>.b", false)]
    [InlineData("a..b", false)]
    [InlineData("", false)]
    public void Pedantic_publishing_takes_literal_subjects_only(string subject, bool valid) =>
        Assert.Equal(valid, SubjectRules.IsValidPublish(Bytes(subject)));

    [Theory]
    [InlineData("a.b", true)]
    [InlineData("a*.>b", true)]
    [InlineData("*", false)]
    [InlineData("a.*.b", false)]
    [InlineData("a.>", false)]
    public void A_literal_has_no_token_that_is_a_wildcard(string subject, bool literal) =>
        Assert.Equal(literal, SubjectRules.IsLiteral(Bytes(subject)));

    [Theory]
    [InlineData("a", 1)]
    [InlineData("a.b.c", 3)]
    [InlineData("a..", 3)]
    public void Tokens_are_one_more_than_dots(string subject, int tokens) =>
        Assert.Equal(tokens, SubjectRules.CountTokens(Bytes(subject)));

    [Theory]
    [Trait("Safety", "PARSE-8")]
    [InlineData("a.b", true)]
    [InlineData("a.*.>", true)]
    [InlineData("\u00e9", true)]
    [InlineData("a b", false)]
    [InlineData("a\r\nPUB x 0", false)]
    [InlineData("a\0", false)]
    [InlineData("a\u007f", false)]
    [InlineData("a\t", false)]
    [InlineData("a..b", false)]
    [InlineData("", false)]
    public void What_does_not_come_over_the_wire_has_no_white_space_or_control_bytes(string subject, bool safe) =>
        Assert.Equal(safe, SubjectRules.IsSafeSubscription(Bytes(subject)));

    [Fact]
    [Trait("Safety", "PARSE-8")]
    public void Every_byte_up_to_space_and_DEL_is_refused_outside_the_wire()
    {
        for (int value = 0; value < 256; value++)
        {
            byte[] text = [(byte)'a', (byte)value];

            Assert.Equal(value > 0x20 && value != 0x7F, SubjectRules.IsSafeText(text));
        }

        Assert.False(SubjectRules.IsSafeText([]));
        Assert.False(SubjectRules.IsSafePublish("a.*"u8));
        Assert.True(SubjectRules.IsSafePublish("a.b"u8));
    }

    [Theory]
    [InlineData("a.b", "a.b", true)]
    [InlineData("a.b", "a.c", false)]
    [InlineData("a.b", "a", false)]
    [InlineData("a", "a.b", false)]
    [InlineData("a.*", "a.b", true)]
    [InlineData("a.*", "a.b.c", false)]
    [InlineData("a.>", "a", false)]
    [InlineData("a.>", "a.b.c", true)]
    [InlineData(">", "a", true)]
    [InlineData(">", "a..b", false)]
    [InlineData(">", "", false)]
    [InlineData("a.*", "a.", false)]
    [InlineData("a.*", "a.*", true)]
    [InlineData("a.b", "a.*", false)]
    [InlineData("*.*", "a.>", true)]
    [InlineData("a.*.b", "a.>.b", true)]
    [InlineData("a*", "ab", false)]
    public void A_pattern_matches_the_subjects_it_describes(string pattern, string subject, bool matches) =>
        Assert.Equal(matches, SubjectRules.Matches(Bytes(pattern), Bytes(subject)));

    [Theory]
    [InlineData("a.b", "a.b", true)]
    [InlineData("a.b", "a.c", false)]
    [InlineData("a.*", "*.b", true)]
    [InlineData("a.*", "b.*", false)]
    [InlineData("a.>", "*.b.c", true)]
    [InlineData("a.>", "a", false)]
    [InlineData(">", "*", true)]
    [InlineData("a.*", "a.*.c", false)]
    [InlineData("*.x.>", "a.*.*.d", true)]
    [InlineData("*.x.>", "a.x", false)]
    public void Patterns_overlap_where_a_subject_matches_both(string left, string right, bool overlap)
    {
        Assert.Equal(overlap, SubjectRules.Overlaps(Bytes(left), Bytes(right)));
        Assert.Equal(overlap, SubjectRules.Overlaps(Bytes(right), Bytes(left)));
    }

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);
}
