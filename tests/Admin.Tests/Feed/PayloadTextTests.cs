using NatsKestrel.Admin.Feed;
using Xunit;

namespace NatsKestrel.Admin.Tests.Feed;

public sealed class PayloadTextTests
{
    [Fact]
    public void Text_that_was_cut_within_a_character_is_text_still()
    {
        byte[] bytes = "żółć"u8.ToArray();

        Assert.True(PayloadText.IsText(bytes.AsSpan(0, bytes.Length - 1)));
        Assert.False(PayloadText.IsText([0xff, 0xfe, 0x41, 0x41, 0x41, 0x41, 0x41]));
    }

    [Fact]
    public void A_dump_has_positions_hex_and_ascii()
    {
        Assert.Equal("0000  41 42 00 43                                      AB.C\n", PayloadText.HexDump([0x41, 0x42, 0, 0x43]));
    }

    [Theory]
    [InlineData("{\"a\":[1,2]}", true)]
    [InlineData("{\"a\":", false)]
    [InlineData("hello", false)]
    public void Only_JSON_is_taken_for_JSON(string text, bool isJson)
    {
        Assert.Equal(isJson, PayloadText.Json(System.Text.Encoding.UTF8.GetBytes(text)) is not null);
    }
}
