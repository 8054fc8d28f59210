using System.Text;
using NatsKestrel.Admin.Feed;
using Xunit;

namespace NatsKestrel.Admin.Tests.Feed;

public sealed class TapFilterTests
{
    private const string Headers = "NATS/1.0\r\nTrace-Id: 42\r\nKind:order\r\n\r\n";
    private const string Payload = "{\"order\":{\"id\":7,\"lines\":[{\"sku\":\"A-1\"},{\"sku\":\"B-2\"}]},\"paid\":true}";

    [Theory]
    [InlineData("", true)]
    [InlineData("header:trace-id", true)]
    [InlineData("header:Trace-Id=42", true)]
    [InlineData("header:Trace-Id=4*", true)]
    [InlineData("header:Trace-Id=43", false)]
    [InlineData("header:Other", false)]
    [InlineData("$.order.id", true)]
    [InlineData("$.order.id=7", true)]
    [InlineData("$.order.id>6", true)]
    [InlineData("$.order.id<7", false)]
    [InlineData("$.order.name", false)]
    [InlineData("$.order.lines[1].sku=B-*", true)]
    [InlineData("$.order.lines[2].sku", false)]
    [InlineData("$.paid=true", true)]
    [InlineData("$.paid>1", false)]
    [InlineData("header:Kind=order $.paid=false", false)]
    public void Terms_look_at_headers_and_payload(string text, bool matches)
    {
        var filter = TapFilter.Parse(text);

        Assert.Empty(filter.Problems);
        Assert.Equal(matches, filter.MatchesInside(Encoding.UTF8.GetBytes(Headers), Encoding.UTF8.GetBytes(Payload)));
    }

    [Theory]
    [InlineData("size>1k", 1025, true)]
    [InlineData("size>1k", 1024, false)]
    [InlineData("size<10", 9, true)]
    [InlineData("size>1 size<5", 7, false)]
    public void Sizes_are_known_without_looking_inside(string text, int length, bool matches)
    {
        var filter = TapFilter.Parse(text);

        Assert.False(filter.LooksInside);
        Assert.Equal(matches, filter.MatchesSize(length));
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("size>many")]
    [InlineData("header:")]
    [InlineData("header:=x")]
    [InlineData("$.")]
    [InlineData("$.a..b")]
    [InlineData("$.a>many")]
    public void What_means_nothing_is_said(string text) => Assert.Equal([text], TapFilter.Parse(text).Problems);

    [Fact]
    public void A_payload_that_is_no_JSON_has_no_values() =>
        Assert.False(TapFilter.Parse("$.a").MatchesInside([], Encoding.UTF8.GetBytes("{\"a\":")));
}
