using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Broker.Tests;

public sealed class NatsHostTests : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public async Task A_bad_setting_is_one_line_on_stderr_and_exit_code_1()
    {
        int exitCode = await Run("--Nats:Port=abc");

        Assert.Equal(1, exitCode);
        Assert.Equal($"Nats:Port = abc (command line --Nats:Port) must be a whole number of at most 2147483647.{Environment.NewLine}", _error.ToString());
        Assert.Empty(_output.ToString());
    }

    [Fact]
    public async Task A_taken_http_port_is_one_line_that_names_Urls()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();

        int exitCode = await Run("--urls", $"http://{taken.LocalEndPoint}");

        Assert.Equal(1, exitCode);
        Assert.Equal($"Failed to bind to address http://{taken.LocalEndPoint}: address already in use. Set another address with Urls "
            + $"(environment ASPNETCORE_URLS, command line --urls).{Environment.NewLine}", _error.ToString());
    }

    [Theory]
    [InlineData("htp:/x")]
    [InlineData("http://127.0.0.1:80000")]
    [InlineData("ftp://127.0.0.1:80")]
    public async Task An_http_address_that_is_none_is_one_line(string urls)
    {
        int exitCode = await Run("--urls", urls);

        Assert.Equal(1, exitCode);
        Assert.Equal($"Urls = {urls} (command line --Urls) must be addresses such as http://127.0.0.1:8222, "
            + $"separated by semicolons.{Environment.NewLine}", _error.ToString());
    }

    [Fact]
    public async Task A_start_names_every_address_and_a_stop_ends_with_exit_code_0()
    {
        int exitCode = await NatsHost.RunAsync(["--urls", "http://127.0.0.1:0", "--Nats:Port=0"], builder =>
        {
            var app = BuildApp(builder);
            app.Services.GetRequiredService<StartupLinks>().Add("monitoring", "/varz");
            app.Lifetime.ApplicationStarted.Register(app.Lifetime.StopApplication);
            return app;
        }, _output, _error);

        Assert.Equal(0, exitCode);
        Assert.Empty(_error.ToString());
        Assert.Matches(@"  monitoring  http://127\.0\.0\.1:[1-9]\d*/varz", _output.ToString());
    }

    [Fact]
    [Trait("Safety", "STOP-3")]
    public async Task A_stop_during_the_start_is_a_normal_end()
    {
        int exitCode = await NatsHost.RunAsync(["--urls", "http://127.0.0.1:0", "--Nats:Port=0"], builder =>
        {
            builder.Services.AddHostedService<StopsTheHost>();
            return BuildApp(builder);
        }, _output, _error);

        Assert.Equal(0, exitCode);
        Assert.Empty(_error.ToString());
        Assert.Empty(_output.ToString());
    }

    [Fact]
    public async Task A_settings_file_that_is_no_json_is_one_line_with_the_line_number()
    {
        using var file = new TemporaryFile("{\n  \"Nats\": }", "settings.json");

        int exitCode = await NatsHost.RunAsync([], builder =>
        {
            builder.Configuration.AddJsonFile(file.Path);
            return BuildApp(builder);
        }, _output, _error);

        Assert.Equal(1, exitCode);
        Assert.StartsWith($"Failed to load configuration from file '{file.Path}', line 2: ", _error.ToString(), StringComparison.Ordinal);
        Assert.Single(_error.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task A_bug_keeps_its_stack_trace()
    {
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() =>
            NatsHost.RunAsync([], _ => throw new InvalidTimeZoneException("bug"), _output, _error));
    }

    [Theory]
    [InlineData(SocketError.AddressAlreadyInUse,
        "Cannot listen on 127.0.0.1:4222: the address is already in use. Set another port with Nats:Port (environment Nats__Port).")]
    [InlineData(SocketError.AddressNotAvailable,
        "Cannot listen on 127.0.0.1:4222: this machine has no such address. Set another address with Nats:Host (environment Nats__Host).")]
    public void A_client_port_that_does_not_open_says_what_to_set(SocketError error, string message)
    {
        var cause = new IOException("Failed to bind.", new SocketException((int)error));

        Assert.Equal(message, ServerStartException.CannotListen("127.0.0.1", 4222, cause).Message);
    }

    // The arguments come last, so that they win.
    private Task<int> Run(params string[] args) => NatsHost.RunAsync(["--Nats:Port=0", .. args], BuildApp, _output, _error);

    private static WebApplication BuildApp(WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        builder.AddNatsBroker();
        return builder.Build();
    }

    private sealed class StopsTheHost(IHostApplicationLifetime host) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            host.StopApplication();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
