using BenchmarkDotNet.Attributes;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Protocol;
using NatsKestrel.Broker.Transport;

namespace NatsKestrel.Broker.Benchmarks;

/// <summary>Steps 4 and 5: a message is written into a receiver's queue, and the queue is flushed.</summary>
/// <remarks>The socket behind the queue takes everything at once and does nothing with it: the system call is not what is measured.</remarks>
[MemoryDiagnoser]
public class DeliverBenchmarks
{
    private const int Messages = 1000;

    private readonly OutboundQueue _queue = new(new TakingWriter(), new BlockPool(), TimeProvider.System) { Failed = () => { }, Blocked = () => { } };
    private readonly byte[] _line = new byte[256];
    private byte[] _body = [];

    [Params(16, 1024)]
    public int Payload { get; set; }

    [GlobalSetup]
    public void Setup() => _body = new byte[Payload + 2];

    /// <summary>The control line alone.</summary>
    [Benchmark]
    public int WriteLine()
    {
        Message message = NewMessage();
        return MessageWriter.WriteLine(_line, in message, "1"u8, acceptsHeaders: true);
    }

    /// <summary>Each message flushed by itself, as for a request.</summary>
    [Benchmark(OperationsPerInvoke = Messages)]
    public void AppendAndFlushEach()
    {
        Message message = NewMessage();
        for (int i = 0; i < Messages; i++)
        {
            Append(ref message);
            _queue.Flush();
        }
    }

    /// <summary>A thousand messages flushed together, as in a stream.</summary>
    [Benchmark(OperationsPerInvoke = Messages)]
    public void AppendAndFlushAll()
    {
        Message message = NewMessage();
        for (int i = 0; i < Messages; i++)
        {
            Append(ref message);
        }

        _queue.Flush();
    }

    private Message NewMessage() => new()
    {
        Subject = "bench.subject"u8,
        SizeText = Payload == 16 ? "16"u8 : "1024"u8,
        Body = _body,
        Length = Payload,
    };

    // As ClientConnection does, permission and counters aside.
    private void Append(ref Message message)
    {
        using (_queue.Gate.EnterScope())
        {
            int bodyLength = MessageWriter.BodyLength(in message, acceptsHeaders: true);
            Span<byte> target = _queue.Reserve(MessageWriter.MaxLineLength(in message, "1"u8));
            int written = MessageWriter.WriteLine(target, in message, "1"u8, acceptsHeaders: true);
            if (target.Length - written >= bodyLength)
            {
                message.CopyBodyTo(target.Slice(written, bodyLength));
                _queue.Commit(written + bodyLength);
            }
            else
            {
                _queue.Commit(written);
                _queue.Write(message.Body);
            }

            _queue.TakeFlushDuty();
        }
    }
}
