using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace NatsKestrel.LoadGenerator;

/// <summary>Publishers at full rate: one thread writes for all of them, one reads for all subscribers.</summary>
/// <remarks>Publishes are formatted once, and what comes is counted, not parsed: the server is what is measured.</remarks>
internal sealed class StreamRun : IDisposable
{
    private const int BlockLength = 65_000;
    private const int SelectMicroseconds = 30_000_000;

    private readonly Server _server;
    private readonly Scenario _scenario;
    private readonly byte[] _block;
    private readonly byte[] _ping;
    private readonly byte[] _question;
    private readonly long _blocksEach;
    private readonly long _messages;
    private readonly long _bytesForSubscriber;
    private readonly Client[] _publishers;
    private readonly Client[] _subscribers;
    private LoadException? _readerFailure;
    private long _readAt;

    public StreamRun(Server server, Scenario scenario, int count)
    {
        _server = server;
        _scenario = scenario;
        (byte[] block, int blockMessages, long blockDelivered) = Format(scenario, server.Dialect);
        _block = server.Encode(block);
        _ping = server.Encode(server.Dialect.Ping);
        _question = Encoding.ASCII.GetBytes(server.Dialect.KeepAlive.Question);
        _blocksEach = ((count / scenario.Publishers) + blockMessages - 1) / blockMessages;
        _messages = _blocksEach * blockMessages * scenario.Publishers;
        _bytesForSubscriber = _blocksEach * blockDelivered * scenario.Publishers;
        _subscribers = [.. Enumerable.Range(0, scenario.Subscribers).Select(_ => new Client(server))];
        foreach (Client subscriber in _subscribers)
        {
            subscriber.Execute(server.Dialect.Subscribe(scenario.SubscribedSubject, scenario.Queue));
        }

        _publishers = [.. Enumerable.Range(0, scenario.Publishers).Select(_ => new Client(server))];
    }

    /// <summary>Plays it, and waits until all that was published has come.</summary>
    public Figures Play()
    {
        var reader = new Thread(Read) { IsBackground = true, Name = "subscribers" };
        TimeSpan cpuBefore = _server.ProcessorTime;
        long start = Stopwatch.GetTimestamp();
        if (_subscribers.Length > 0)
        {
            reader.Start();
        }

        Write();
        foreach (Client publisher in _publishers)
        {
            publisher.ReadUntil(_server.Dialect.Pong);
        }

        long end = Stopwatch.GetTimestamp();
        if (_subscribers.Length > 0)
        {
            reader.Join();
            end = Math.Max(end, _readAt);
        }

        if (_readerFailure is not null)
        {
            throw _readerFailure;
        }

        bool isShared = _scenario.Queue.Length > 0;
        long operations = _messages * (_subscribers.Length == 0 ? 1 : isShared ? 2 : 1 + _subscribers.Length);
        var figures = new Figures();
        figures.Add(Figure.MessagesPerSecond, _messages / Stopwatch.GetElapsedTime(start, end).TotalSeconds);
        if (_server.IsProcessKnown)
        {
            figures.Add(Figure.CpuPerMessage, (_server.ProcessorTime - cpuBefore).TotalNanoseconds / operations);
        }

        return figures;
    }

    public void Dispose()
    {
        foreach (Client client in _publishers.Concat(_subscribers))
        {
            client.Dispose();
        }
    }

    // A publish for each subject, over and over, up to about 64 KiB; and the bytes that one subscriber gets for it.
    private static (byte[] Block, int Messages, long Delivered) Format(Scenario scenario, Dialect dialect)
    {
        var block = new MemoryStream();
        int messages = 0;
        long delivered = 0;
        string payload = new('x', scenario.Size);
        do
        {
            for (int i = 0; i < scenario.Subjects; i++, messages++)
            {
                block.Write(Encoding.ASCII.GetBytes(dialect.Publish(scenario.Subject(i), "", payload)));
                delivered += dialect.Delivered(scenario.Subject(i), "", payload).Length;
            }
        }
        while (block.Length < BlockLength);

        return (block.ToArray(), messages, delivered);
    }

    private void Write()
    {
        if (_publishers.Length == 1)
        {
            WriteOne(_publishers[0]);
        }
        else
        {
            WriteAll();
        }
    }

    private void WriteOne(Client publisher)
    {
        for (long block = 0; block < _blocksEach; block++)
        {
            publisher.Send(_block);
        }

        publisher.Send(_ping);
    }

    // As much as each socket takes, in turn; when none takes anything, until one does again.
    private void WriteAll()
    {
        var live = _publishers.ToDictionary(publisher => publisher.Socket, _ => new Progress { BlocksLeft = _blocksEach });
        foreach (Client publisher in _publishers)
        {
            publisher.Socket.Blocking = false;
        }

        while (live.Count > 0)
        {
            List<Socket> ready = [.. live.Keys];
            Socket.Select(null, ready, null, SelectMicroseconds);
            if (ready.Count == 0)
            {
                throw new LoadException($"{_server.Name}: takes no more publishes.");
            }

            foreach (Socket socket in ready.Where(socket => IsDone(socket, live[socket])))
            {
                live.Remove(socket);
                socket.Blocking = true;
                socket.Send(_ping);
            }
        }
    }

    private bool IsDone(Socket socket, Progress progress)
    {
        int sent = socket.Send(_block.AsSpan(progress.Offset), SocketFlags.None, out SocketError error);
        if (error is not (SocketError.Success or SocketError.WouldBlock))
        {
            throw new LoadException($"{_server.Name}: {error}.");
        }

        progress.Offset += error == SocketError.Success ? sent : 0;
        if (progress.Offset == _block.Length)
        {
            progress.Offset = 0;
            progress.BlocksLeft--;
        }

        return progress.BlocksLeft == 0;
    }

    private void Read()
    {
        try
        {
            bool isShared = _scenario.Queue.Length > 0;
            long left = _bytesForSubscriber * (isShared ? 1 : _subscribers.Length);
            var buffer = new byte[1024 * 1024];
            var clients = _subscribers.ToDictionary(subscriber => subscriber.Socket);
            var ready = new List<Socket>(clients.Count);
            while (left > 0)
            {
                ready.Clear();
                ready.AddRange(clients.Keys);
                if (clients.Count > 1)
                {
                    Socket.Select(ready, null, null, SelectMicroseconds);
                }

                if (ready.Count == 0)
                {
                    throw new LoadException($"{_server.Name}: {left} bytes for the subscribers did not come.");
                }

                foreach (Socket socket in ready)
                {
                    left -= Count(clients[socket], buffer);
                }
            }

            _readAt = Stopwatch.GetTimestamp();
        }
        catch (LoadException exception)
        {
            _readerFailure = exception;
        }
    }

    // A PING of the server comes now and then: it must be answered, and is no part of what was published.
    private int Count(Client subscriber, byte[] buffer)
    {
        int received = subscriber.Receive(buffer);
        if (received == _question.Length && buffer.AsSpan().StartsWith(_question))
        {
            subscriber.Send(_server.Encode(_server.Dialect.KeepAlive.Answer));
            return 0;
        }

        return received;
    }

    private sealed class Progress
    {
        public long BlocksLeft;
        public int Offset;
    }
}
