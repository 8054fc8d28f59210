using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Load.Tests;

/// <summary>The host in a process of its own, with what the kernel and its monitoring say about it.</summary>
internal sealed class LoadServer : IAsyncDisposable
{
    // Kestrel's own word for a body that ends in trailers which are none: it writes an exception's trace, and closes the connection as it should.
    private const string BadTrailers = "Kestrel[67]";

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private readonly BrokerProcess _broker;
    private readonly Process _process;
    private readonly HttpClient _http;

    private LoadServer(BrokerProcess broker)
    {
        _broker = broker;
        _process = Process.GetProcessById(broker.ProcessId);
        _http = new HttpClient { BaseAddress = broker.HttpUri, Timeout = TimeSpan.FromSeconds(30) };
    }

    /// <summary>Where NATS clients connect, on 127.0.0.1.</summary>
    public int Port => _broker.ClientUri.Port;

    /// <summary>Where HTTP is served, on 127.0.0.1.</summary>
    public int HttpPort => _broker.HttpUri.Port;

    /// <summary>Where WebSocket clients connect, on 127.0.0.1.</summary>
    public int WebSocketPort => _broker.WebSocketUri.Port;

    public bool HasExited => _process.HasExited;

    /// <summary>All that it has written so far.</summary>
    public string Log => string.Join('\n', _broker.Output.Concat(_broker.Errors));

    /// <summary>Resident memory now, in bytes.</summary>
    public long Resident => Status("VmRSS:");

    /// <summary>The most resident memory since the start, or since <see cref="ForgetPeak"/>.</summary>
    public long PeakResident => Status("VmHWM:");

    /// <summary>Descriptors open now.</summary>
    public int Descriptors => Directory.GetFileSystemEntries($"/proc/{_process.Id}/fd").Length;

    /// <summary>Processor time used since the start.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts the host with further settings, for example <c>--Nats:Limits:MaxPending=2000000</c>.</summary>
    public static async Task<LoadServer> StartAsync(params string[] settings) =>
        new(await BrokerProcess.StartHostAsync(arguments: settings));

    /// <summary>Starts the drop-in executable with further flags.</summary>
    public static async Task<LoadServer> StartDropInAsync(params string[] flags) =>
        new(await BrokerProcess.StartServerAsync(0, ["-m", "-1", .. flags]));

    /// <summary>Starts the host where it may open only so many descriptors.</summary>
    public static async Task<LoadServer> StartWithDescriptorsAsync(int descriptors, params string[] settings) =>
        new(await BrokerProcess.StartHostWithDescriptorsAsync(descriptors, settings));

    /// <summary>Has it read its settings anew, and waits until the log says a line that ends so.</summary>
    public async Task ReloadAsync(string line)
    {
        _broker.Reload();
        await _broker.WaitForLineAsync(logged => logged.EndsWith(line, StringComparison.Ordinal));
    }

    public void ForgetPeak() => File.WriteAllText($"/proc/{_process.Id}/clear_refs", "5");

    /// <summary>Processor time used over a while, as part of one core.</summary>
    public async Task<double> MeasureCpuAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        TimeSpan before = ProcessorTime;
        long start = Stopwatch.GetTimestamp();
        await Task.Delay(duration, cancellationToken);
        return (ProcessorTime - before) / Stopwatch.GetElapsedTime(start);
    }

    /// <summary>A monitoring answer.</summary>
    public async Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken)
    {
        await using Stream stream = await _http.GetStreamAsync(new Uri(path, UriKind.Relative), cancellationToken);
        using JsonDocument document = await JsonDocument.ParseAsync(stream, cancellationToken: cancellationToken);
        return document.RootElement.Clone();
    }

    /// <summary>A number in <c>/varz</c>.</summary>
    public async Task<long> VarzAsync(string name, CancellationToken cancellationToken) =>
        (await GetAsync("/varz", cancellationToken)).GetProperty(name).GetInt64();

    /// <summary>Waits until <c>/varz</c> tells what is awaited.</summary>
    /// <returns>How long it took.</returns>
    public async Task<TimeSpan> WaitForVarzAsync(Func<JsonElement, bool> isReached, TimeSpan limit, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            JsonElement varz = await GetAsync("/varz", cancellationToken);
            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            if (isReached(varz))
            {
                return elapsed;
            }

            Assert.True(elapsed < limit, $"Not reached within {limit}: {varz}");
            await Task.Delay(Poll, cancellationToken);
        }
    }

    /// <summary>Fails where the process has ended, or has logged an exception.</summary>
    public void AssertUnharmed()
    {
        Assert.False(HasExited, _broker.Describe());
        string[] exceptions = [.. _broker.Output.Concat(_broker.Errors).Where(line =>
            (line.Contains("xception", StringComparison.Ordinal) && !line.Contains(BadTrailers, StringComparison.Ordinal))
            || line.Contains("A timer failed", StringComparison.Ordinal))];
        Assert.True(exceptions.Length == 0, $"{exceptions.Length} lines of the log tell of exceptions:\n{string.Join('\n', exceptions.Take(20))}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _process.Dispose();
        await _broker.DisposeAsync();
    }

    private long Status(string label)
    {
        string line = File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith(label, StringComparison.Ordinal));
        return long.Parse(line[label.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) * 1024;
    }
}
