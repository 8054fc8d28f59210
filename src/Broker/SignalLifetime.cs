using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Logging;

namespace NatsKestrel.Broker;

/// <summary>Ends the program by the signals that nats-server knows: INT and TERM at once, USR2 without hurry (lame duck). HUP reloads, USR1 opens the log file anew.</summary>
/// <remarks>TERM is ignored while lame duck is under way, as by the reference server; INT always works.</remarks>
internal sealed class SignalLifetime(
    IHostApplicationLifetime application, LameDuck lameDuck, Reloader reloader, ILogger<NatsServer> logger, NatsLogProvider? log = null) : IHostLifetime, IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];
    private Task _leaving = Task.CompletedTask;

    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        Handle(PosixSignal.SIGINT, "interrupt", Stop);
        Handle(PosixSignal.SIGQUIT, "quit", Stop);
        Handle(PosixSignal.SIGTERM, "terminated", StopUnlessLeaving);
        // To Windows that is a console window being closed.
        Handle(PosixSignal.SIGHUP, "hangup", OperatingSystem.IsWindows() ? Stop : () => reloader.Run());
        if (UserSignals is var (first, second))
        {
            Handle(first, "user defined signal 1", Reopen);
            Handle(second, "user defined signal 2", Leave);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }
    }

    // .NET has no names for them, and their numbers differ.
    private static (PosixSignal First, PosixSignal Second)? UserSignals =>
        OperatingSystem.IsLinux() ? ((PosixSignal)10, (PosixSignal)12)
        : OperatingSystem.IsMacOS() || OperatingSystem.IsFreeBSD() ? ((PosixSignal)30, (PosixSignal)31) : null;

    private void Handle(PosixSignal signal, string name, Action action) => _registrations.Add(PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        logger.SignalReceived(name);
        action();
    }));

    private void Reopen()
    {
        try
        {
            if (log?.TryReopen() == true)
            {
                logger.LogReopened();
            }
            else
            {
                logger.LogNotReopened();
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            logger.FileFailed("log", exception.Message);
        }
    }

    private void Stop() => application.StopApplication();

    private void StopUnlessLeaving()
    {
        if (_leaving.IsCompleted)
        {
            Stop();
        }
    }

    private void Leave() => _leaving = Task.WhenAll(_leaving, LeaveAsync());

    private async Task LeaveAsync()
    {
        try
        {
            if (await lameDuck.RunAsync(application.ApplicationStopping).ConfigureAwait(false))
            {
                Stop();
            }
        }
        catch (OperationCanceledException)
        {
            // INT came first.
        }
        catch (Exception exception)
        {
            // A server that has begun to leave takes no TERM any more: it must not stay, half gone, because this failed.
            logger.LeavingFailed(exception);
            Stop();
        }
    }
}
