using System.Diagnostics;
using System.Reflection;
using System.Text;
using Xunit;

namespace NatsKestrel.Integration.Tests.Clients;

/// <summary>Runs a client program that is not .NET: it prints its result as one line, and may ask for the server to be stopped and started.</summary>
internal static class ClientProgram
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(90);

    /// <summary>The folder with the clients' sources.</summary>
    public static string Folder { get; } = typeof(ClientProgram).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "ClientsFolder").Value!;

    /// <summary>Runs the program to its end, does what it asks of the server, and returns the line that is its result.</summary>
    public static async Task<string> RunAsync(string executable, IEnumerable<string> arguments, ServerUnderTest server)
    {
        var start = new ProcessStartInfo(executable, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        using var process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            string? result = await ServeAsync(process, server).WaitAsync(Timeout, TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Timeout, TestContext.Current.CancellationToken);
            string problem = await errors;
            Assert.True(result is not null && process.ExitCode == 0, $"Exit code {process.ExitCode}. {problem}\nServer: {server.Process.Describe()}");
            return result!;
        }
        catch (TimeoutException)
        {
            process.Kill();
            throw new TimeoutException($"The client did not end. {await errors}\nServer: {server.Process.Describe()}");
        }
    }

    private static async Task<string?> ServeAsync(Process client, ServerUnderTest server)
    {
        string? result = null;
        while (await client.StandardOutput.ReadLineAsync() is { } line)
        {
            switch (line)
            {
                case "> stop":
                    await server.StopAsync();
                    break;
                case "> start":
                    await server.StartAgainAsync();
                    break;
                case "> lame-duck":
                    server.Process.EnterLameDuckMode();
                    break;
                default:
                    result = line;
                    continue;
            }

            await client.StandardInput.WriteLineAsync("done");
            await client.StandardInput.FlushAsync();
        }

        return result;
    }
}
