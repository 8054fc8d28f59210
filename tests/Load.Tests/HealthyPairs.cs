using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace NatsKestrel.Load.Tests;

/// <summary>Publishers and subscribers that behave, each pair on a subject of its own: what trouble next door must not touch.</summary>
/// <remarks>Each message carries its number and the time it was sent, so that a loss and a delay are seen.</remarks>
internal sealed class HealthyPairs : IDisposable
{
    private const int PayloadLength = 64;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    private readonly LoadClient[] _publishers;
    private readonly LoadClient[] _subscribers;
    private readonly List<TimeSpan>[] _latencies;
    private readonly byte[][] _frames;
    private readonly CancellationTokenSource _stopReading = new();
    private readonly Task[] _reads;
    private long _sent;
    private long _outOfOrder;

    private HealthyPairs(LoadClient[] publishers, LoadClient[] subscribers)
    {
        _publishers = publishers;
        _subscribers = subscribers;
        _latencies = [.. publishers.Select(_ => new List<TimeSpan>())];
        _frames = [.. publishers.Select((_, i) => Frame($"PUB {Subject(i)} {PayloadLength}\r\n"))];
        _reads = [.. subscribers.Select((_, i) => ReadAsync(i))];
    }

    /// <summary>Messages published.</summary>
    public long Sent => _sent;

    /// <summary>Messages that came, each after the one before it.</summary>
    public long Received => _latencies.Sum(latencies => latencies.Count);

    /// <summary>Messages that came with another number than the next one.</summary>
    public long OutOfOrder => Interlocked.Read(ref _outOfOrder);

    /// <summary>Time from publish to receipt, over all pairs.</summary>
    public Percentiles Latencies => new(_latencies.SelectMany(latencies => latencies));

    public static async Task<HealthyPairs> ConnectAsync(int count, int port, CancellationToken cancellationToken)
    {
        LoadClient[] subscribers = await LoadClient.ConnectManyAsync(count, port, i => $"SUB {Subject(i)} 1\r\n", cancellationToken: cancellationToken);
        LoadClient[] publishers = await LoadClient.ConnectManyAsync(count, port, _ => "", cancellationToken: cancellationToken);
        return new HealthyPairs(publishers, subscribers);
    }

    /// <summary>Each pair sends a message every 10 ms until told to stop, and returns when all that was sent has come.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                await PublishRoundAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // Told to stop: what is under way still has to arrive.
        }

        long start = Stopwatch.GetTimestamp();
        while (Received < Sent && Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(10))
        {
            await Task.Delay(Interval, CancellationToken.None);
        }

        await _stopReading.CancelAsync();
        await Task.WhenAll(_reads);
    }

    public void Dispose()
    {
        _stopReading.Dispose();
        foreach (LoadClient client in _publishers.Concat(_subscribers))
        {
            client.Dispose();
        }
    }

    private static string Subject(int pair) => $"pair.{pair:D4}";

    private static byte[] Frame(string line) => [.. Encoding.Latin1.GetBytes(line), .. new byte[PayloadLength], (byte)'\r', (byte)'\n'];

    private async Task PublishRoundAsync()
    {
        for (int i = 0; i < _publishers.Length; i++)
        {
            Span<byte> payload = _frames[i].AsSpan()[^(PayloadLength + 2)..];
            BinaryPrimitives.WriteInt64LittleEndian(payload, _sent / _publishers.Length);
            BinaryPrimitives.WriteInt64LittleEndian(payload[8..], Stopwatch.GetTimestamp());
            await _publishers[i].SendAsync(_frames[i]);
            _sent++;
        }
    }

    // All frames of a pair have one length, which makes finding them a matter of counting.
    private async Task ReadAsync(int pair)
    {
        int frameLength = Frame($"MSG {Subject(pair)} 1 {PayloadLength}\r\n").Length;
        var buffer = new byte[16 * 1024];
        int length = 0;
        try
        {
            while (await _subscribers[pair].Socket.ReceiveAsync(buffer.AsMemory(length), SocketFlags.None, _stopReading.Token) is > 0 and var read)
            {
                length += read;
                int taken = Take(pair, buffer.AsSpan(0, length), frameLength);
                buffer.AsSpan(taken, length - taken).CopyTo(buffer);
                length -= taken;
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // Told to stop, or cut: then the messages that did not come tell.
        }
    }

    private int Take(int pair, ReadOnlySpan<byte> received, int frameLength)
    {
        List<TimeSpan> latencies = _latencies[pair];
        int taken = 0;
        while (received.Length - taken >= "PING\r\n".Length)
        {
            ReadOnlySpan<byte> rest = received[taken..];
            if (rest[0] == 'P')
            {
                taken += "PING\r\n".Length;
                continue;
            }

            if (rest.Length < frameLength)
            {
                break;
            }

            ReadOnlySpan<byte> payload = rest[(frameLength - PayloadLength - 2)..];
            if (BinaryPrimitives.ReadInt64LittleEndian(payload) != latencies.Count)
            {
                Interlocked.Increment(ref _outOfOrder);
            }

            latencies.Add(Stopwatch.GetElapsedTime(BinaryPrimitives.ReadInt64LittleEndian(payload[8..])));
            taken += frameLength;
        }

        return taken;
    }
}
