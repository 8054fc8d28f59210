using System.Buffers;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace NatsKestrel.Load.Tests;

/// <summary>A client that costs next to nothing: a socket, and no buffer while it waits.</summary>
internal sealed class LoadClient : IDisposable
{
    private const string Connect = "CONNECT {\"verbose\":false,\"pedantic\":false,\"headers\":true,\"no_responders\":true,\"lang\":\"load\",\"version\":\"1\",\"protocol\":1}\r\n";

    /// <summary>How long anything may take before the test fails. It bounds failures only.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly byte[] PingLine = "PING\r\n"u8.ToArray();

    private LoadClient(Socket socket) => Socket = socket;

    public Socket Socket { get; }

    /// <summary>Opens a socket and says nothing.</summary>
    /// <param name="port">Port on 127.0.0.1.</param>
    /// <param name="receiveBuffer">Bytes the kernel keeps for a client that does not read; 0 for the usual.</param>
    /// <param name="from">The address it comes from; null for 127.0.0.1.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public static async Task<LoadClient> DialAsync(int port, int receiveBuffer = 0, IPAddress? from = null, CancellationToken cancellationToken = default)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer > 0)
        {
            socket.ReceiveBufferSize = receiveBuffer;
        }

        try
        {
            if (from is not null)
            {
                socket.Bind(new IPEndPoint(from, 0));
            }

            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellationToken);
            return new LoadClient(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Connects, sends <paramref name="lines"/>, and returns once the server has executed them.</summary>
    public static async Task<LoadClient> ConnectAsync(int port, string lines = "", int receiveBuffer = 0, CancellationToken cancellationToken = default)
    {
        LoadClient client = await DialAsync(port, receiveBuffer, cancellationToken: cancellationToken);
        try
        {
            await client.SendAsync(Connect + lines + "PING\r\n", cancellationToken);
            await client.ReadUntilAsync("PONG\r\n", cancellationToken);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Connects and logs in.</summary>
    /// <param name="port">Port on 127.0.0.1.</param>
    /// <param name="login">Makes the fields of CONNECT from INFO, for a nonce may have to be signed.</param>
    /// <param name="from">The address it comes from; null for 127.0.0.1.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="EndOfStreamException">The server refused it; the message shows what it said.</exception>
    public static async Task<LoadClient> LogInAsync(int port, Func<string, string> login, IPAddress? from = null, CancellationToken cancellationToken = default)
    {
        LoadClient client = await DialAsync(port, from: from, cancellationToken: cancellationToken);
        try
        {
            string info = await client.ReadUntilAsync("\r\n", cancellationToken);
            await client.SendAsync($"CONNECT {{\"verbose\":false,{login(info)}}}\r\nPING\r\n", cancellationToken);
            await client.ReadUntilAsync("PONG\r\n", cancellationToken);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Connects very many, some at a time.</summary>
    public static async Task<LoadClient[]> ConnectManyAsync(
        int count, int port, Func<int, string> lines, int receiveBuffer = 0, CancellationToken cancellationToken = default)
    {
        var clients = new LoadClient[count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, count, parallel, async (i, token) =>
            clients[i] = await ConnectAsync(port, lines(i), receiveBuffer, token));
        return clients;
    }

    public Task SendAsync(string text, CancellationToken cancellationToken = default) =>
        SendAsync(Encoding.Latin1.GetBytes(text), cancellationToken);

    public async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await Socket.SendAsync(bytes, SocketFlags.None, cancellationToken)..];
        }
    }

    /// <summary>Reads and drops what comes until <paramref name="text"/> has come.</summary>
    /// <returns>What came with the last reads, that text included.</returns>
    /// <exception cref="EndOfStreamException">The server closed before; the message shows what it said.</exception>
    public async Task<string> ReadUntilAsync(string text, CancellationToken cancellationToken = default)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        byte[] wanted = Encoding.Latin1.GetBytes(text);
        int length = 0;
        try
        {
            while (true)
            {
                int read = await Socket.ReceiveAsync(buffer.AsMemory(length), SocketFlags.None, patience.Token);
                length += read;
                if (buffer.AsSpan(0, length).IndexOf(wanted) >= 0)
                {
                    return Encoding.Latin1.GetString(buffer, 0, length);
                }

                if (read == 0)
                {
                    throw new EndOfStreamException($"The server closed: {Encoding.Latin1.GetString(buffer, 0, length)}");
                }

                if (length > buffer.Length / 2)
                {
                    buffer.AsSpan(length - wanted.Length, wanted.Length).CopyTo(buffer);
                    length = wanted.Length;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Time from a PING to its PONG, whatever comes in between.</summary>
    public async Task<TimeSpan> PingAsync(CancellationToken cancellationToken = default)
    {
        long start = Stopwatch.GetTimestamp();
        await SendAsync(PingLine, cancellationToken);
        await ReadUntilAsync("PONG\r\n", cancellationToken);
        return Stopwatch.GetElapsedTime(start);
    }

    /// <summary>Reads and drops until the server has closed, or <paramref name="count"/> bytes have come.</summary>
    /// <returns>The bytes that came.</returns>
    public async Task<long> DrainAsync(long count = long.MaxValue, CancellationToken cancellationToken = default)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        long total = 0;
        try
        {
            while (total < count && await Socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken) is > 0 and var read)
            {
                total += read;
            }
        }
        catch (SocketException)
        {
            // A reset is an end like any other.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return total;
    }

    /// <summary>Ends without a farewell and without leaving the port in use: thousands come and go on one machine.</summary>
    public void Dispose() => Socket.Close(0);
}
