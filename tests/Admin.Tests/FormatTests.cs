using Xunit;

namespace NatsKestrel.Admin.Tests;

public sealed class FormatTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(9.54, "9.5")]
    [InlineData(9999, "9,999")]
    [InlineData(12_345, "12.3 k")]
    [InlineData(1_234_567, "1.2 M")]
    [InlineData(345_000_000, "345 M")]
    public void A_rate_has_three_digits_and_a_unit(double value, string text) => Assert.Equal(text, Format.Short(value));

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1.0 KiB")]
    [InlineData(55_260_512, "52.7 MiB")]
    public void Bytes_have_binary_units(double value, string text) => Assert.Equal(text, Format.Bytes(value));

    [Theory]
    [Trait("Safety", "UI-3")]
    [InlineData("orders", "orders")]
    [InlineData("<script>", "<script>")]
    [InlineData("a\0b\u001b[31m\u007f", "a␀b␛[31m␡")]
    [InlineData("x\u202egnp.exe", "x\ufffdgnp.exe")]
    [InlineData("a\u2028b\u200bc", "a\ufffdb\ufffdc")]
    [InlineData("żółć", "żółć")]
    public void What_strangers_wrote_can_only_be_read(string text, string shown) => Assert.Equal(shown, Format.Foreign(text));

    [Fact]
    [Trait("Safety", "UI-3")]
    public void A_long_text_is_cut()
    {
        Assert.Equal(new string('x', 10) + "…", Format.Foreign(new string('x', 1_000_000), 10));
    }
}
