using System.Diagnostics;
using System.Reflection;
using System.Text;
using NatsKestrel.Testing;
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
    public static Task<string> RunAsync(string executable, IEnumerable<string> arguments, ServerUnderTest server) =>
        RunAsync(executable, arguments, () => server.Process, command => ObeyAsync(command, server));

    /// <summary>Runs a program that asks nothing of the server, with a variable of its own.</summary>
    public static Task<string> RunAsync(string executable, IEnumerable<string> arguments, BrokerProcess server, (string Name, string Value) variable) =>
        RunAsync(executable, arguments, () => server, command => throw new InvalidOperationException(command), variable);

    private static async Task<string> RunAsync(
        string executable, IEnumerable<string> arguments, Func<BrokerProcess> server, Func<string, Task> obey, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(executable, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach ((string name, string value) in variables)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            string? result = await ServeAsync(process, obey).WaitAsync(Timeout, TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Timeout, TestContext.Current.CancellationToken);
            string problem = await errors;
            Assert.True(result is not null && process.ExitCode == 0, $"Exit code {process.ExitCode}. {problem}\nServer: {server().Describe()}");
            return result!;
        }
        catch (TimeoutException)
        {
            process.Kill();
            throw new TimeoutException($"The client did not end. {await errors}\nServer: {server().Describe()}");
        }
    }

    private static async Task ObeyAsync(string command, ServerUnderTest server)
    {
        switch (command)
        {
            case "stop":
                await server.StopAsync();
                break;
            case "start":
                await server.StartAgainAsync();
                break;
            case "lame-duck":
                server.Process.EnterLameDuckMode();
                break;
            default:
                throw new InvalidOperationException($"The client asks for {command}.");
        }
    }

    private static async Task<string?> ServeAsync(Process client, Func<string, Task> obey)
    {
        string? result = null;
        while (await client.StandardOutput.ReadLineAsync() is { } line)
        {
            if (!line.StartsWith("> ", StringComparison.Ordinal))
            {
                result = line;
                continue;
            }

            await obey(line[2..]);
            await client.StandardInput.WriteLineAsync("done");
            await client.StandardInput.FlushAsync();
        }

        return result;
    }
}
