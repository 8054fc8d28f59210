using System.Globalization;
using Microsoft.Extensions.Hosting;
using NatsKestrel.Broker.Configuration;

namespace NatsKestrel.Broker;

/// <summary>The file with the process id, for <c>--signal</c> and for service managers: decimal, no line end, mode 0600.</summary>
/// <remarks>It stays when the server ends, as the reference server's does.</remarks>
internal sealed class PidFile(NatsBrokerOptions options) : IHostedService, IReloadable
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <inheritdoc/>
    public IReadOnlyList<string> Keys { get; } = ["Nats:PidFile"];

    /// <inheritdoc/>
    /// <exception cref="ServerStartException">The file cannot be written.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            Write(options.PidFile);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ServerStartException($"Could not write pidfile: {GoErrors.Open(options.PidFile, exception)}", exception);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public ReloadStep? Prepare(ReloadChange change)
    {
        // Written now: should another part refuse, a file too many is no harm, and one that cannot be written is known in time.
        Write(change.Next.PidFile);
        return null;
    }

    private static void Write(string path)
    {
        if (path.Length == 0)
        {
            return;
        }

        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = Mode;
        }

        using var writer = new StreamWriter(path, options);
        writer.Write(Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
    }
}
