using System.Diagnostics;
using System.Net.Sockets;

namespace NatsKestrel.Load.Tests;

/// <summary>A few clients that were there before, and time what a PING costs them until they are told to stop.</summary>
/// <remarks>Each has a thread of its own, so that what the test itself does beside them is not counted as the server's.</remarks>
internal sealed class Pingers : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private static readonly byte[] PingLine = "PING\r\n"u8.ToArray();

    private readonly LoadClient[] _clients;
    private readonly Task<List<TimeSpan>>[] _pings;
    private volatile bool _isStopped;

    public Pingers(LoadClient[] clients)
    {
        _clients = clients;
        _pings = [.. clients.Select(client => Task.Factory.StartNew(() => Ping(client.Socket), TaskCreationOptions.LongRunning))];
    }

    /// <summary>Ends it.</summary>
    /// <returns>How long the PINGs took.</returns>
    public async Task<Percentiles> StopAsync()
    {
        _isStopped = true;
        return new Percentiles((await Task.WhenAll(_pings)).SelectMany(times => times));
    }

    public void Dispose()
    {
        _isStopped = true;
        foreach (LoadClient client in _clients)
        {
            client.Dispose();
        }
    }

    private List<TimeSpan> Ping(Socket socket)
    {
        socket.Blocking = true;
        var times = new List<TimeSpan>();
        var buffer = new byte[4096];
        while (!_isStopped)
        {
            long start = Stopwatch.GetTimestamp();
            socket.Send(PingLine);
            int length;
            do
            {
                // INFO and the server's own PING may come with it.
                length = socket.Receive(buffer);
            }
            while (length > 0 && buffer.AsSpan(0, length).IndexOf("PONG\r\n"u8) < 0);

            times.Add(Stopwatch.GetElapsedTime(start));
            Thread.Sleep(Pause);
        }

        return times;
    }
}
