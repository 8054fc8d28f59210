using System.Buffers;
using System.Text;
using NatsKestrel.Broker.Protocol;
using Xunit;

namespace NatsKestrel.Broker.Tests.Protocol;

public class MessageWriterTests
{
    [Theory]
    [InlineData("PUB a 2\r\nhi\r\n", true, "MSG a 7 2\r\nhi\r\n")]
    [InlineData("PUB a 2\r\nhi\r\n", false, "MSG a 7 2\r\nhi\r\n")]
    [InlineData("PUB a r 02\r\nhi\r\n", true, "MSG a 7 r 02\r\nhi\r\n")]
    [InlineData("PUB a 0\r\n\r\n", true, "MSG a 7 0\r\n\r\n")]
    [InlineData("HPUB a 12 14\r\nNATS/1.0\r\n\r\nhi\r\n", true, "HMSG a 7 12 14\r\nNATS/1.0\r\n\r\nhi\r\n")]
    [InlineData("HPUB a r 012 0014\r\nNATS/1.0\r\n\r\nhi\r\n", true, "HMSG a 7 r 012 0014\r\nNATS/1.0\r\n\r\nhi\r\n")]
    [InlineData("HPUB a r 12 0014\r\nNATS/1.0\r\n\r\nhi\r\n", false, "MSG a 7 r 2\r\nhi\r\n")]
    [InlineData("HPUB a 12 12\r\nNATS/1.0\r\n\r\n\r\n", false, "MSG a 7 0\r\n\r\n")]
    [InlineData("HPUB a 0 02\r\nhi\r\n", true, "MSG a 7 02\r\nhi\r\n")]
    [InlineData("HPUB a 0 02\r\nhi\r\n", false, "MSG a 7 02\r\nhi\r\n")]
    public void A_message_goes_out_as_its_receiver_understands_it(string published, bool acceptsHeaders, string delivered)
    {
        byte[] input = Readings.Bytes(published);

        Assert.Equal(delivered, Deliver(new ReadOnlySequence<byte>(input), acceptsHeaders));
        Assert.Equal(delivered, Deliver(Readings.Chain(input, input.Length - 3), acceptsHeaders));
    }

    [Fact]
    public void The_upper_bound_holds_for_the_longest_line()
    {
        var message = new Message { Subject = "s"u8, Reply = "r"u8, SizeText = "999999999"u8, HeaderSizeText = "999999999"u8, HeaderLength = 999999999, Length = 999999999 };
        byte[] target = new byte[MessageWriter.MaxLineLength(in message, "1"u8)];

        int length = MessageWriter.WriteLine(target, in message, "1"u8, acceptsHeaders: true);

        Assert.Equal("HMSG s 1 r 999999999 999999999\r\n", Encoding.ASCII.GetString(target));
        Assert.Equal(target.Length, length);
    }

    [Theory]
    [InlineData("svc.x", "HMSG r.1 7 37 37\r\nNATS/1.0 503\r\nNats-Subject: svc.x\r\n\r\n\r\n")]
    [InlineData("svc..a", "HMSG r.1 7 38 38\r\nNATS/1.0 503\r\nNats-Subject: svc..a\r\n\r\n\r\n")]
    public void The_no_responders_notification_names_the_subject(string subject, string expected)
    {
        byte[] text = Encoding.ASCII.GetBytes(subject);
        byte[] target = new byte[MessageWriter.MaxNoRespondersLength("r.1"u8, "7"u8, text)];

        int length = MessageWriter.WriteNoResponders(target, "r.1"u8, "7"u8, text);

        Assert.Equal(expected, Encoding.ASCII.GetString(target, 0, length));
    }

    private static string Deliver(ReadOnlySequence<byte> published, bool acceptsHeaders)
    {
        var reader = new CommandReader(published, Readings.Limits, acceptsHeaders: true);
        Assert.True(reader.TryRead());

        byte[] target = new byte[MessageWriter.MaxLineLength(in reader.Message, "7"u8)];
        int line = MessageWriter.WriteLine(target, in reader.Message, "7"u8, acceptsHeaders);
        byte[] body = new byte[MessageWriter.BodyLength(in reader.Message, acceptsHeaders)];
        reader.Message.CopyBodyTo(body, MessageWriter.BodyStart(in reader.Message, acceptsHeaders));
        reader.Dispose();
        return Encoding.ASCII.GetString(target, 0, line) + Encoding.ASCII.GetString(body);
    }
}
