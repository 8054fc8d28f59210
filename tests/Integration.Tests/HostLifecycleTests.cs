using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace NatsKestrel.Integration.Tests;

/// <summary>How the host ends: by signals, with clients connected, and with exit code 0.</summary>
public sealed class HostLifecycleTests
{
    // Never started itself: it only starts others.
    private static readonly ServerUnderTest Servers = new();

    [Fact]
    [Trait("Safety", "STOP-1")]
    public async Task SIGTERM_ends_a_server_with_hundreds_of_clients_within_10_seconds()
    {
        await using var server = await Servers.StartAnotherAsync();
        RawConnection[] clients = await OpenAsync(server, 500);

        server.Process.Terminate();
        int exitCode = await server.Process.WaitForExitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(0, exitCode);
        await Assert.AllAsync(clients, async client => Assert.Null(await client.ReadLineAsync()));
        await DisposeAllAsync(clients);
    }

    [Fact]
    [Trait("Safety", "STOP-1")]
    public async Task SIGTERM_lets_a_subscriber_have_all_that_was_published_before()
    {
        const int Messages = 20_000;
        await using var server = await Servers.StartAnotherAsync();
        await using var subscriber = await RawConnection.OpenAsync(server.ClientUri);
        await using var publisher = await RawConnection.OpenAsync(server.ClientUri);
        await subscriber.SendAsync("SUB stream 1\r\n");
        await subscriber.FlushAsync();

        Task<int> received = subscriber.CountMessagesToEndAsync();
        await publisher.SendAsync(new StringBuilder().Insert(0, $"PUB stream 1024\r\n{new string('x', 1024)}\r\n", Messages).ToString());
        await publisher.FlushAsync();
        server.Process.Terminate();

        Assert.Equal(Messages, await received);
        Assert.Equal(0, await server.Process.WaitForExitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    [Trait("Safety", "STOP-1")]
    public async Task SIGINT_ends_a_server_like_SIGTERM()
    {
        await using var server = await Servers.StartAnotherAsync();
        await using var client = await RawConnection.OpenAsync(server.ClientUri);

        server.Process.Interrupt();

        Assert.Null(await client.ReadLineAsync());
        Assert.Equal(0, await server.Process.WaitForExitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    [Trait("Safety", "STOP-2")]
    public async Task SIGUSR2_tells_clients_of_lame_duck_mode_refuses_new_ones_and_ends_when_all_are_closed()
    {
        await using var server = await Servers.StartWithShortLameDuckModeAsync();
        RawConnection[] clients = await OpenAsync(server, 3);

        server.Process.EnterLameDuckMode();
        await Assert.AllAsync(clients, async client =>
            Assert.Contains("\"ldm\":true", await client.ReadUntilAsync("INFO"), StringComparison.Ordinal));
        await Assert.ThrowsAsync<SocketException>(() => RawConnection.OpenAsync(server.ClientUri));
        await Assert.AllAsync(clients, async client => Assert.Null(await client.ReadLineAsync()));
        Assert.Equal(0, await server.Process.WaitForExitAsync(TimeSpan.FromSeconds(10)));
        await DisposeAllAsync(clients);
    }

    [Fact]
    [Trait("Safety", "STOP-2")]
    public async Task A_server_in_lame_duck_mode_is_no_longer_healthy()
    {
        Assert.SkipWhen(ServerUnderTest.IsReference, ServerUnderTest.NotOurHost);
        await using var server = await Servers.StartWithShortLameDuckModeAsync();
        RawConnection[] clients = await OpenAsync(server, 5);    // it lives as long as they do
        using var http = new HttpClient { BaseAddress = server.Process.HttpUri };
        using var before = await http.GetAsync("/healthz", TestContext.Current.CancellationToken);

        server.Process.EnterLameDuckMode();
        await clients[0].ReadUntilAsync("INFO");
        using var after = await http.GetAsync("/healthz", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        Assert.Equal(HttpStatusCode.InternalServerError, after.StatusCode);
        await DisposeAllAsync(clients);
    }

    [Fact]
    [Trait("Safety", "STOP-2")]
    public async Task SIGUSR2_ends_a_server_without_clients_at_once()
    {
        await using var server = await Servers.StartWithShortLameDuckModeAsync();

        server.Process.EnterLameDuckMode();

        Assert.Equal(0, await server.Process.WaitForExitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    [Trait("Safety", "STOP-3")]
    public async Task Repeated_SIGTERM_is_harmless()
    {
        await using var server = await Servers.StartAnotherAsync();
        RawConnection[] clients = await OpenAsync(server, 50);

        for (int i = 0; i < 5; i++)
        {
            server.Process.Terminate();
        }

        Assert.Equal(0, await server.Process.WaitForExitAsync(TimeSpan.FromSeconds(10)));
        await DisposeAllAsync(clients);
    }

    [Fact]
    [Trait("Safety", "STOP-3")]
    public async Task Repeated_SIGUSR2_is_harmless()
    {
        await using var server = await Servers.StartWithShortLameDuckModeAsync();
        RawConnection[] clients = await OpenAsync(server, 5);

        server.Process.EnterLameDuckMode();
        server.Process.EnterLameDuckMode();
        await clients[0].ReadUntilAsync("INFO");
        server.Process.EnterLameDuckMode();

        Assert.Equal(0, await server.Process.WaitForExitAsync(TimeSpan.FromSeconds(15)));
        await DisposeAllAsync(clients);
    }

    [Fact]
    [Trait("Safety", "STOP-3")]
    public async Task SIGTERM_during_lame_duck_mode_is_harmless()
    {
        await using var server = await Servers.StartWithShortLameDuckModeAsync();
        RawConnection[] clients = await OpenAsync(server, 5);

        server.Process.EnterLameDuckMode();
        await clients[0].ReadUntilAsync("INFO");
        server.Process.Terminate();

        Assert.Equal(0, await server.Process.WaitForExitAsync(TimeSpan.FromSeconds(15)));
        await DisposeAllAsync(clients);
    }

    [Fact]
    [Trait("Safety", "STOP-3")]
    public async Task SIGINT_cuts_lame_duck_mode_short()
    {
        await using var server = await Servers.StartWithShortLameDuckModeAsync();
        RawConnection[] clients = await OpenAsync(server, 30);    // some 20 seconds, if it ran to its end

        server.Process.EnterLameDuckMode();
        await clients[0].ReadUntilAsync("INFO");
        server.Process.Interrupt();

        Assert.Equal(0, await server.Process.WaitForExitAsync(TimeSpan.FromSeconds(5)));
        await DisposeAllAsync(clients);
    }

    private static async Task<RawConnection[]> OpenAsync(ServerUnderTest server, int count)
    {
        var clients = new RawConnection[count];
        for (int i = 0; i < count; i++)
        {
            clients[i] = await RawConnection.OpenAsync(server.ClientUri);
        }

        return clients;
    }

    private static async Task DisposeAllAsync(RawConnection[] clients)
    {
        foreach (var client in clients)
        {
            await client.DisposeAsync();
        }
    }
}
