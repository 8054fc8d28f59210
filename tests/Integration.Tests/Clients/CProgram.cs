using System.ComponentModel;
using System.Diagnostics;
using Xunit;

namespace NatsKestrel.Integration.Tests.Clients;

/// <summary>The C client's scenarios, compiled once for all tests that run them.</summary>
public sealed class CProgram : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("natskestrel-c-");

    /// <summary>Why the program cannot be run here; null when it can.</summary>
    public string? Missing { get; private set; }

    /// <summary>The executable.</summary>
    public string Path => System.IO.Path.Combine(_folder.FullName, "scenarios");

    public async ValueTask InitializeAsync()
    {
        const string Why = "The C client cannot be built: install gcc and libnats-dev.";
        try
        {
            Missing = await CompileAsync("-E", "-include", "nats/nats.h", "-xc", "/dev/null", "-o", "/dev/null") is null ? null : Why;
        }
        catch (Win32Exception)
        {
            Missing = Why;
        }

        if (Missing is null && await CompileAsync("-O1", "-o", Path, System.IO.Path.Combine(ClientProgram.Folder, "c", "scenarios.c"), "-lnats") is { } problem)
        {
            throw new InvalidOperationException($"gcc failed. {problem}");
        }
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private static async Task<string?> CompileAsync(params string[] arguments)
    {
        using var gcc = Process.Start(new ProcessStartInfo("gcc", arguments) { RedirectStandardError = true })!;
        string problem = await gcc.StandardError.ReadToEndAsync();
        await gcc.WaitForExitAsync();
        return gcc.ExitCode == 0 ? null : problem;
    }
}
