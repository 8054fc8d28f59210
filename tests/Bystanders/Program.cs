using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

// A few clients that time what a PING costs them, in a process of their own: what a test does beside them, and its
// collector stops, is not counted as the server's.
//
//   Bystanders PORT COUNT CREDENTIALS     credentials as they stand in CONNECT: "user":"ann","pass":"secret"
//
// Says "ready" once all are logged in. A line of input means: what was timed so far does not count. When its input ends it
// writes how long each PING took, in microseconds.
int port = int.Parse(args[0], CultureInfo.InvariantCulture);
int count = int.Parse(args[1], CultureInfo.InvariantCulture);
byte[] connect = Encoding.UTF8.GetBytes($"CONNECT {{\"verbose\":false,\"lang\":\"bystander\",{args[2]}}}\r\n");
bool isOver = false;
long since = 0;
using var allAreIn = new CountdownEvent(count);
Task<List<(long Start, TimeSpan Time)>>[] clients = [.. Enumerable.Range(0, count).Select(_ => Task.Factory.StartNew(Ping, TaskCreationOptions.LongRunning))];
allAreIn.Wait();
Console.WriteLine("ready");
while (Console.ReadLine() is not null)
{
    Volatile.Write(ref since, Stopwatch.GetTimestamp());
}

Volatile.Write(ref isOver, true);
foreach ((long start, TimeSpan time) in (await Task.WhenAll(clients)).SelectMany(times => times))
{
    if (start >= since)
    {
        Console.WriteLine(time.TotalMicroseconds.ToString("F1", CultureInfo.InvariantCulture));
    }
}

List<(long Start, TimeSpan Time)> Ping()
{
    using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    socket.Connect(IPAddress.Loopback, port);
    socket.Send(connect);
    var times = new List<(long, TimeSpan)>(capacity: 10_000);
    var buffer = new byte[4096];
    while (!Volatile.Read(ref isOver))
    {
        long start = Stopwatch.GetTimestamp();
        socket.Send("PING\r\n"u8);
        while (true)
        {
            // INFO and the server's own PING may come with it.
            int length = socket.Receive(buffer);
            if (length == 0)
            {
                throw new EndOfStreamException("The server closed a bystander.");
            }

            if (buffer.AsSpan(0, length).IndexOf("PONG\r\n"u8) >= 0)
            {
                break;
            }
        }

        if (allAreIn.IsSet)
        {
            times.Add((start, Stopwatch.GetElapsedTime(start)));
        }
        else
        {
            allAreIn.Signal();
            allAreIn.Wait();
        }

        Thread.Sleep(10);
    }

    return times;
}
