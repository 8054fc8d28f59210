using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Integration.Tests;

/// <summary>A NATS client of bare lines that has said CONNECT, for tests of what a client library would hide.</summary>
internal sealed class RawConnection(RawClient client) : IAsyncDisposable
{
    /// <summary>Connects, says CONNECT and waits until the server has taken it.</summary>
    public static async Task<RawConnection> OpenAsync(Uri server)
    {
        var client = await RawClient.ConnectAsync(server.Host, server.Port, TestContext.Current.CancellationToken);
        var connection = new RawConnection(client);
        Assert.StartsWith("INFO {", await connection.ReadLineAsync(), StringComparison.Ordinal);
        await connection.SendAsync("CONNECT {\"verbose\":false,\"protocol\":1,\"lang\":\"raw\",\"version\":\"1\"}\r\n");
        await connection.FlushAsync();
        await connection.FlushAsync();    // takes in the INFO that follows the first PONG
        return connection;
    }

    /// <summary>Sends Latin-1 text as it stands.</summary>
    public Task SendAsync(string text) => client.SendAsync(text, TestContext.Current.CancellationToken);

    /// <summary>Sends PING and reads until the PONG: the server has then done all that was sent before.</summary>
    public async Task FlushAsync()
    {
        await SendAsync("PING\r\n");
        await ReadUntilAsync("PONG");
    }

    /// <summary>The next line but for the server's PINGs, without its end; null once the server has closed the connection.</summary>
    public async Task<string?> ReadLineAsync()
    {
        try
        {
            string line;
            do
            {
                // A PING may come at any time and need not be answered: nothing here lives until the next.
                line = await client.ReadLineAsync(TestContext.Current.CancellationToken);
            }
            while (line == "PING\r\n");
            return line.Length > 0 ? line.TrimEnd() : null;
        }
        catch (IOException)
        {
            return null;    // a reset is an end as well
        }
    }

    /// <summary>Reads up to a line that starts as given, and returns it.</summary>
    public async Task<string> ReadUntilAsync(string start)
    {
        while (await ReadLineAsync() is { } line)
        {
            if (line.StartsWith(start, StringComparison.Ordinal))
            {
                return line;
            }
        }

        throw new EndOfStreamException($"The connection ended before a line with {start}.");
    }

    /// <summary>Reads to the end of the connection and counts the messages on the way.</summary>
    public async Task<int> CountMessagesToEndAsync()
    {
        int messages = 0;
        while (await ReadLineAsync() is { } line)
        {
            messages += line.StartsWith("MSG ", StringComparison.Ordinal) ? 1 : 0;
        }

        return messages;
    }

    public ValueTask DisposeAsync() => client.DisposeAsync();
}
