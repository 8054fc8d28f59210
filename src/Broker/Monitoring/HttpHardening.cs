using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NatsKestrel.Broker.Configuration;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>Makes the application's HTTP server fit to stand beside a broker: small limits, known host names, no talk of its insides.</summary>
/// <remarks>
/// Not part of AddNatsBroker: an application that embeds the broker has its own opinion on its own server. Plain listeners speak
/// HTTP/1.1 only by the framework's default, because HTTP/2 is negotiated in the TLS handshake; configuration can ask for more.
/// </remarks>
public static class HttpHardening
{
    private static readonly TimeSpan ShortestHeadersTimeout = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan DataRateGrace = TimeSpan.FromSeconds(5);

    /// <summary>For an application that has the broker (<see cref="BrokerHosting.AddNatsBroker"/>): sets limits from section <c>Nats:Http</c>, filters host names, hides the server's name and all exception texts, warns of an old runtime.</summary>
    /// <remarks>
    /// Host names taken: <c>localhost</c>, loopback addresses, those in <c>Urls</c>, and those in <c>AllowedHosts</c>
    /// (separated by semicolons; <c>*</c> takes all). Without that, a web page could reach the broker by DNS rebinding.
    /// </remarks>
    public static IHostApplicationBuilder AddNatsHttpHardening(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOptions<KestrelServerOptions>()
            .Configure<IOptions<NatsBrokerOptions>, DescriptorBudget>((kestrel, options, descriptors) => Limit(kestrel, options.Value.Http, descriptors));
        builder.Services.Configure<HostFilteringOptions>(options => options.AllowedHosts = HostNames(builder.Configuration));
        builder.Services.AddSingleton<IDeveloperPageExceptionFilter, SilentExceptionFilter>();
        builder.Services.AddHostedService(provider => new RuntimeCheck(Environment.Version, provider.GetRequiredService<ILogger<RuntimeCheck>>()));
        return builder;
    }

    internal static void Limit(KestrelServerOptions kestrel, HttpOptions options, DescriptorBudget descriptors)
    {
        var rate = new MinDataRate(options.MinDataRate, DataRateGrace);
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = descriptors.HttpMaxConnections;
        kestrel.Limits.MaxConcurrentUpgradedConnections = options.MaxUpgradedConnections;
        kestrel.Limits.MaxRequestLineSize = options.MaxRequestLine;
        kestrel.Limits.MaxRequestHeadersTotalSize = options.MaxHeaders;
        kestrel.Limits.MaxRequestHeaderCount = options.MaxHeaderCount;
        kestrel.Limits.MaxRequestBodySize = options.MaxBody;
        kestrel.Limits.MinRequestBodyDataRate = rate;
        kestrel.Limits.MinResponseDataRate = rate;
        kestrel.Limits.RequestHeadersTimeout = HeadersTimeout(options.HeadersTimeout);
        kestrel.Limits.KeepAliveTimeout = options.KeepAliveTimeout;
        kestrel.Limits.Http2.MaxStreamsPerConnection = 100;
        kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
    }

    /// <summary>What to tell Kestrel, which adds a second to a time for headers and looks once a second whether it is over.</summary>
    internal static TimeSpan HeadersTimeout(TimeSpan wanted)
    {
        var early = wanted - TimeSpan.FromSeconds(1);
        return wanted <= TimeSpan.Zero ? Timeout.InfiniteTimeSpan : early > ShortestHeadersTimeout ? early : ShortestHeadersTimeout;
    }

    internal static List<string> HostNames(IConfiguration configuration) =>
    [
        "localhost",
        "127.0.0.1",
        "[::1]",
        .. Split(configuration[WebHostDefaults.ServerUrlsKey]).Select(url => BindingAddress.Parse(url).Host).Where(host => host is not ("*" or "+" or "0.0.0.0" or "[::]")),
        .. Split(configuration["AllowedHosts"]),
    ];

    private static string[] Split(string? list) => (list ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    // In Development the framework shows the exception with its stack. The log has it; the answer says 500 and no more.
    private sealed class SilentExceptionFilter : IDeveloperPageExceptionFilter
    {
        public Task HandleExceptionAsync(ErrorContext errorContext, Func<ErrorContext, Task> next)
        {
            errorContext.HttpContext.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return Task.CompletedTask;
        }
    }
}
