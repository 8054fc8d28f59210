using System.Diagnostics;
using System.Globalization;

namespace NatsKestrel.Load.Tests;

/// <summary>A few clients that were there before, and time what a PING costs them until they are told to stop.</summary>
/// <remarks>In a process of their own: what the test itself does beside them, and its collector stops, is not the server's.</remarks>
internal sealed class Bystanders : IDisposable
{
    private const int Count = 10;

    private readonly Process _process;

    private Bystanders(Process process) => _process = process;

    /// <summary>Logs them in.</summary>
    /// <param name="port">Port on 127.0.0.1.</param>
    /// <param name="credentials">As they stand in CONNECT.</param>
    public static async Task<Bystanders> ConnectAsync(int port, string credentials)
    {
        // The build copies the program beside whatever references it.
        string program = Path.Combine(AppContext.BaseDirectory, "NatsKestrel.Bystanders.dll");
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", ["exec", program, $"{port}", $"{Count}", credentials])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var bystanders = new Bystanders(Process.Start(start)!);
        string? line = await bystanders._process.StandardOutput.ReadLineAsync();
        return line == "ready" ? bystanders : throw new InvalidOperationException($"The bystanders did not log in: {line}");
    }

    /// <summary>What they timed so far does not count.</summary>
    public void BeginAgain() => _process.StandardInput.WriteLine();

    /// <summary>Ends it.</summary>
    /// <returns>How long the PINGs took.</returns>
    public async Task<Percentiles> StopAsync()
    {
        _process.StandardInput.Close();
        string[] times = (await _process.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return new Percentiles(times.Select(time => TimeSpan.FromMicroseconds(double.Parse(time, CultureInfo.InvariantCulture))));
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
