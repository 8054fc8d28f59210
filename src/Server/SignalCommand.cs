using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace NatsKestrel.Server;

/// <summary><c>--signal command[=pid]</c>: sends another server a signal.</summary>
internal static partial class SignalCommand
{
    private const string ProcessName = "nats-server";
    private const int NoSuchProcess = 3;

    /// <summary>Sends it.</summary>
    /// <param name="text">The command; behind <c>=</c> a process id, the path of a pid file, or the start of ids and <c>*</c>.</param>
    /// <exception cref="SignalException">There is no such command, or not exactly one process it could be for.</exception>
    public static void Send(string text)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new SignalException("--signal is not available on Windows: stop the service, or press Ctrl+C in its window");
        }

        string[] parts = text.Split('=', 2);
        string command = parts[0];
        foreach (int process in Targets(parts.Length > 1 ? parts[1] : ""))
        {
            if (Kill(process, Number(command)) != 0)
            {
                int problem = Marshal.GetLastPInvokeError();
                throw new SignalException($"\nsignal \"{command}\" {process}: {(problem == NoSuchProcess ? "no such process" : Marshal.GetPInvokeErrorMessage(problem).ToLowerInvariant())}");
            }
        }
    }

    private static int Number(string command) => command switch
    {
        "stop" => 9,
        "quit" => 2,
        "term" => 15,
        "reload" => 1,
        "reopen" => OperatingSystem.IsLinux() ? 10 : 30,
        "ldm" => OperatingSystem.IsLinux() ? 12 : 31,
        _ => throw new SignalException($"unknown signal \"{command}\""),
    };

    private static int[] Targets(string target)
    {
        if (target.Length > 0 && !target.Contains('*'))
        {
            return [ProcessId(target)];
        }

        int[] running = [.. Running().Where(id => target.Length == 0 || id.ToString(CultureInfo.InvariantCulture).StartsWith(target.TrimEnd('*'), StringComparison.Ordinal))];
        return running.Length switch
        {
            0 => throw new SignalException($"no {ProcessName} processes running"),
            > 1 when target.Length == 0 => throw new SignalException($"multiple {ProcessName} processes running:\n{string.Join('\n', running)}"),
            _ => running,
        };
    }

    private static int ProcessId(string target)
    {
        string text = File.Exists(target) ? File.ReadAllText(target).Trim() : target;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : throw new SignalException($"invalid pid: {target}");
    }

    private static IEnumerable<int> Running()
    {
        foreach (Process process in Process.GetProcessesByName(ProcessName))
        {
            using (process)
            {
                if (process.Id != Environment.ProcessId)
                {
                    yield return process.Id;
                }
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
