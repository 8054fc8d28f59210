using System.Text;
using NatsKestrel.Broker.Connections;
using Xunit;

namespace NatsKestrel.Broker.Tests.Connections;

public class PendingSubjectsTests
{
    [Fact]
    public void Subjects_are_counted_with_those_of_most_bytes_first()
    {
        SlowConsumerSubject[] subjects = Count("MSG small 1 2\r\nhi\r\nPING\r\nHMSG large 2 12 16\r\nNATS/1.0\r\n\r\nabcd\r\n+OK\r\nMSG small 1 reply 3\r\nyou\r\n");

        Assert.Equal([new("large", 1, 16), new("small", 2, 5)], subjects);
    }

    [Fact]
    public void The_rest_of_a_message_at_the_front_is_skipped_and_no_more()
    {
        SlowConsumerSubject[] subjects = Count("rest of it\r\nMSG a 1 2\r\nhi\r\nMSG a 1 2\r\nhi\r\nHMSG b 1 12 12\r\nNATS/1.0\r\n\r\n\r\n");

        Assert.Equal([new("b", 1, 12), new("a", 2, 4)], subjects);
    }

    [Theory]
    [InlineData("payload\r\nMSG a 1 -9\r\n")]
    [InlineData("payload\r\nMSG a 1 2147483647\r\nx")]
    [InlineData("payload\r\nMSG a 1 99999999999\r\n")]
    [InlineData("payload\r\nMSG \r\n")]
    [InlineData("payload\r\nMSG a\r\n")]
    [InlineData("payload\r\nMSG  \r\n")]
    [InlineData("payload\r\nHMSG a 1 -2147483648\r\n")]
    [InlineData("MSG a 1 5")]
    [InlineData("")]
    [Trait("Safety", "CRASH-1")]
    public void A_payload_that_looks_like_messages_does_no_harm(string output)
    {
        Assert.InRange(Count(output).Length, 0, 1);
    }

    [Fact]
    [Trait("Safety", "MEM-6")]
    public void No_more_than_ten_subjects_are_kept_and_none_of_them_long()
    {
        var output = string.Concat(Enumerable.Range(0, 50).Select(i => $"MSG {i}{new string('x', 3000)} 1 2\r\nhi\r\n"));

        SlowConsumerSubject[] subjects = Count(output);

        Assert.Equal(10, subjects.Length);
        Assert.All(subjects, subject => Assert.Equal(256, subject.Subject.Length));
    }

    private static SlowConsumerSubject[] Count(string output) => PendingSubjects.Count(Encoding.Latin1.GetBytes(output));
}
