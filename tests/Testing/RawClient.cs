using System.Net;
using System.Net.Sockets;
using System.Text;

namespace NatsKestrel.Testing;

/// <summary>A client that knows no protocol: it sends the bytes it is given and shows the bytes that came back.</summary>
/// <remarks>Text is Latin-1, one character per byte, so that any byte survives the way into a test's message.</remarks>
public sealed class RawClient(Stream stream, Action endSending) : IAsyncDisposable
{
    /// <summary>How long a read waits before the test fails. It bounds failures only: no test passes by waiting.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private byte[] _buffer = new byte[4096];
    private int _start;
    private int _end;

    /// <summary>What has arrived and was not yet taken.</summary>
    public ReadOnlySpan<byte> Received => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Connects over TCP.</summary>
    public static async Task<RawClient> ConnectAsync(string host, int port, CancellationToken cancellationToken = default)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new DnsEndPoint(host, port), cancellationToken);
            return new RawClient(new NetworkStream(socket, ownsSocket: true), () => socket.Shutdown(SocketShutdown.Send));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends Latin-1 text as it stands: the caller writes the line ends.</summary>
    public Task SendAsync(string text, CancellationToken cancellationToken = default) =>
        SendAsync(Encoding.Latin1.GetBytes(text), cancellationToken);

    /// <summary>Sends bytes in one write.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
    {
        await stream.WriteAsync(bytes, cancellationToken).AsTask().WaitAsync(Patience, cancellationToken);
        await stream.FlushAsync(cancellationToken).WaitAsync(Patience, cancellationToken);
    }

    /// <summary>Closes the sending side (TCP FIN); what the server still says can be read.</summary>
    public void EndSending() => endSending();

    /// <summary>Waits until at least <paramref name="count"/> bytes stand in <see cref="Received"/>.</summary>
    /// <returns>False when the server closed before.</returns>
    /// <exception cref="TimeoutException">They did not come within <see cref="Patience"/>.</exception>
    public async Task<bool> WaitForAsync(int count, CancellationToken cancellationToken = default)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        while (_end - _start < count)
        {
            MakeRoom();
            int read;
            try
            {
                read = await stream.ReadAsync(_buffer.AsMemory(_end), patience.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"Nothing more came within {Patience.TotalSeconds} s.");
            }

            if (read == 0)
            {
                return false;
            }

            _end += read;
        }

        return true;
    }

    /// <summary>Takes <paramref name="count"/> received bytes off the front.</summary>
    public string Take(int count)
    {
        string text = Encoding.Latin1.GetString(Received[..count]);
        _start += count;
        return text;
    }

    /// <summary>Reads up to the next LF, which is included; what came before the server closed if there is none.</summary>
    public async Task<string> ReadLineAsync(CancellationToken cancellationToken = default)
    {
        int searched = 0;
        while (true)
        {
            int lineEnd = Received[searched..].IndexOf((byte)'\n');
            if (lineEnd >= 0)
            {
                return Take(searched + lineEnd + 1);
            }

            searched = Received.Length;
            if (!await WaitForAsync(searched + 1, cancellationToken))
            {
                return Take(searched);
            }
        }
    }

    /// <summary>Reads until a line ends in the given text, passing over the server's PINGs.</summary>
    /// <returns>All that came up to there.</returns>
    /// <exception cref="EndOfStreamException">The server closed before.</exception>
    public async Task<string> ReadUntilAsync(string text, CancellationToken cancellationToken = default)
    {
        var read = new StringBuilder();
        string line = "";
        while (!line.EndsWith(text, StringComparison.Ordinal))
        {
            line = await ReadLineAsync(cancellationToken);
            if (line.Length == 0)
            {
                throw new EndOfStreamException($"The server closed after '{read}'.");
            }

            read.Append(line == "PING\r\n" ? "" : line);
        }

        return read.ToString();
    }

    /// <summary>Reads exactly <paramref name="count"/> bytes, fewer if the server closed before.</summary>
    public async Task<string> ReadAsync(int count, CancellationToken cancellationToken = default)
    {
        await WaitForAsync(count, cancellationToken);
        return Take(Math.Min(count, Received.Length));
    }

    /// <summary>Reads until the server closes.</summary>
    public async Task<string> ReadToEndAsync(CancellationToken cancellationToken = default)
    {
        while (await WaitForAsync(Received.Length + 1, cancellationToken))
        {
        }

        return Take(Received.Length);
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private void MakeRoom()
    {
        if (_end < _buffer.Length)
        {
            return;
        }

        if (_start > 0)
        {
            Received.CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        else
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
    }
}
