using System.Globalization;
using System.Text;

namespace NatsKestrel.LoadGenerator;

/// <summary>A server to be measured.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Address">Where it listens, and with which user name and password.</param>
/// <param name="ProcessId">Its process; null where that is not known, or on another machine.</param>
internal sealed record Server(string Name, Uri Address, int? ProcessId)
{
    private const double TicksPerSecond = 100; // what Linux reports processor time in, whatever its own clock

    /// <summary>True where clients come as WebSockets.</summary>
    public bool IsWebSocket => Address.Scheme is "ws" or "signalr";

    /// <summary>True where clients speak TLS once they have seen INFO.</summary>
    public bool IsTls => Address.Scheme == "tls";

    /// <summary>True where they are those of the SignalR hub.</summary>
    public bool IsHub => Address.Scheme == "signalr";

    /// <summary>What is spoken with it.</summary>
    public Dialect Dialect => IsHub ? Dialect.Hub : Dialect.Nats;

    public bool IsProcessKnown => ProcessId is not null && OperatingSystem.IsLinux();

    /// <summary>Bytes of the protocol as they are sent to this server.</summary>
    public byte[] Encode(string text) => Encode(Encoding.UTF8.GetBytes(text));

    /// <inheritdoc cref="Encode(string)"/>
    public byte[] Encode(ReadOnlySpan<byte> bytes) => IsWebSocket ? Frames.Frame(bytes) : bytes.ToArray();

    /// <summary>Processor time used since its start; zero where it is not known.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            if (!IsProcessKnown)
            {
                return TimeSpan.Zero;
            }

            // Behind the program's name, which may hold blanks: user and system time are the 12th and the 13th field.
            string stat = Read("stat");
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return TimeSpan.FromSeconds((Number(fields[11]) + Number(fields[12])) / TicksPerSecond);
        }
    }

    /// <summary>Resident memory in bytes; zero where it is not known.</summary>
    public long ResidentBytes
    {
        get
        {
            if (!IsProcessKnown)
            {
                return 0;
            }

            string line = Read("status").Split('\n').First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            return Number(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;
        }
    }

    private string Read(string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{ProcessId}/{file}");
        }
        catch (IOException exception)
        {
            throw new LoadException($"{Name}: there is no process {ProcessId}.", exception);
        }
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
