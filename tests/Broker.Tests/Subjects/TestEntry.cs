using System.Text;
using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Broker.Tests.Subjects;

/// <summary>The least that a sublist can hold.</summary>
internal sealed class TestEntry(byte[] subject, byte[] queue) : SublistEntry
{
    public TestEntry(string subject, string queue = "")
        : this(Encoding.Latin1.GetBytes(subject), Encoding.Latin1.GetBytes(queue))
    {
    }

    public override ReadOnlySpan<byte> Subject => subject;

    public override ReadOnlySpan<byte> Queue => queue;

    public override string ToString() => $"{Encoding.Latin1.GetString(subject)} {Encoding.Latin1.GetString(queue)}";
}
