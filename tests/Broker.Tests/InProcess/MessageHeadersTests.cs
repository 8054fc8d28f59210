using System.Text;
using NatsKestrel.Broker.InProcess;
using Xunit;

namespace NatsKestrel.Broker.Tests.InProcess;

public sealed class MessageHeadersTests
{
    [Fact]
    public void Headers_come_back_as_they_were_written()
    {
        var headers = new MessageHeaders { { "A", "1" }, { "a", "ü: x" }, { "A", "" } };

        MessageHeaders read = MessageHeaders.Parse(headers.ToBytes());

        Assert.Equal(headers, read);
        Assert.Equal(["1", ""], read.GetAll("A"));
        Assert.Null(read["b"]);
    }

    [Theory]
    [InlineData("NATS/1.0 503\r\n\r\n", 503, "")]
    [InlineData("NATS/1.0 100 Idle Heartbeat\r\nX: y\r\n\r\n", 100, "Idle Heartbeat")]
    [InlineData("NATS/1.0\r\n\r\n", 0, "")]
    [InlineData("NATS", 0, "")]
    [InlineData("", 0, "")]
    public void The_first_line_may_hold_a_status(string block, int status, string description)
    {
        MessageHeaders headers = MessageHeaders.Parse(Encoding.UTF8.GetBytes(block));

        Assert.Equal((status, description), (headers.Status, headers.Description));
    }

    [Theory]
    [InlineData("", "x")]
    [InlineData("a b", "x")]
    [InlineData("a:b", "x")]
    [InlineData("ä", "x")]
    [InlineData("a", "x\r\nB: injected")]
    [InlineData("a", "x\n")]
    public void What_would_break_the_block_is_refused(string name, string value)
    {
        Assert.ThrowsAny<ArgumentException>(() => new MessageHeaders().Add(name, value));
    }

    [Fact]
    [Trait("Safety", "PARSE-7")]
    public void No_more_lines_are_interpreted_than_1024()
    {
        string block = "NATS/1.0\r\n" + string.Concat(Enumerable.Repeat("A: 1\r\n", 5000)) + "\r\n";

        Assert.Equal(1023, MessageHeaders.Parse(Encoding.UTF8.GetBytes(block)).Count);
    }

    [Fact]
    public void Setting_replaces_and_null_removes()
    {
        var headers = new MessageHeaders { { "A", "1" }, { "A", "2" } };

        headers["A"] = "3";
        Assert.Equal(["3"], headers.GetAll("A"));
        headers["A"] = null;
        Assert.Empty(headers);
    }
}
