using NatsKestrel.Broker.Connections;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Broker.Tests.Connections;

/// <summary>A client of a <see cref="TestBroker"/>, both ends of it.</summary>
internal sealed class TestClient(InMemoryConnection transport, ClientConnection connection)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The server's end.</summary>
    public ClientConnection Connection => connection;

    public InMemoryConnection Transport => transport;

    /// <summary>Completes when the server is done with it.</summary>
    public Task Served { get; private set; } = Task.CompletedTask;

    public void Serve() => Served = transport.ServeAsync(_ => connection.RunAsync());

    public Task SendAsync(string text) => transport.Client.SendAsync(text, Token);

    public Task<string> ReadLineAsync() => transport.Client.ReadLineAsync(Token);

    public Task<string> ReadToEndAsync() => transport.Client.ReadToEndAsync(Token);

    /// <summary>Reads until a line ends in the given text, passing over the server's PINGs.</summary>
    /// <returns>All that came up to there.</returns>
    public Task<string> ReadUntilAsync(string text) => transport.Client.ReadUntilAsync(text, Token);

    /// <summary>Waits until the server has dealt with everything sent so far.</summary>
    /// <returns>What it said before its PONG.</returns>
    public async Task<string> RoundTripAsync()
    {
        await SendAsync("PING\r\n");
        string read = await ReadUntilAsync("PONG\r\n");
        return read[..^"PONG\r\n".Length];
    }

    /// <summary>Waits until the server has ended the connection.</summary>
    /// <returns>The one reason.</returns>
    public async Task<CloseReason> EndedAsync()
    {
        await Served.WaitAsync(RawClient.Patience, Token);
        return connection.CloseReason;
    }

    /// <summary>Leaves without a word and waits until the server is done.</summary>
    public async Task HangUpAsync()
    {
        await transport.Client.DisposeAsync();
        await Served.WaitAsync(RawClient.Patience);
    }
}
