using System.ComponentModel.DataAnnotations;

namespace NatsKestrel.Broker.Configuration;

/// <summary>The log in nats-server's own format: section <c>Nats:Logging</c>.</summary>
/// <remarks>The drop-in executable writes it to stderr where neither a file nor syslog is named; an application writes it only where one is.</remarks>
public sealed class LoggingOptions
{
    /// <summary>File that lines are appended to; made with mode 0640. USR1 opens it anew.</summary>
    /// <value>Default empty: none.</value>
    public string File { get; set; } = "";

    /// <summary>Size at which the file is set aside under a name with the time in it.</summary>
    /// <value>Bytes. Default 0: never.</value>
    [Range(0, long.MaxValue)]
    public long SizeLimit { get; set; }

    /// <summary>Log files kept, the current one included, once <see cref="SizeLimit"/> sets some aside.</summary>
    /// <value>Default 0: all.</value>
    [Range(0, 1_000_000)]
    public int MaxFiles { get; set; }

    /// <summary>True starts each line with date and time.</summary>
    /// <value>Default true, as in the reference server.</value>
    public bool Time { get; set; } = true;

    /// <summary>True takes UTC for that, false the local time.</summary>
    /// <value>Default false, as in the reference server.</value>
    public bool TimeUtc { get; set; }

    /// <summary>True adds what happens to each connection.</summary>
    /// <value>Default false.</value>
    public bool Debug { get; set; }

    /// <summary>True adds every operation of every client, payloads included; for looking for a mistake, not for production.</summary>
    /// <value>Default false.</value>
    public bool Trace { get; set; }

    /// <summary>True traces the system account as well.</summary>
    /// <value>Default false.</value>
    public bool TraceVerbose { get; set; }

    /// <summary>True shows the headers of traced messages and leaves their payloads out; implies <see cref="Trace"/>.</summary>
    /// <value>Default false.</value>
    public bool TraceHeaders { get; set; }

    /// <summary>True writes to the system's syslog.</summary>
    /// <value>Default false.</value>
    public bool Syslog { get; set; }

    /// <summary>Address of a syslog server, such as <c>udp://loghost:514</c>, <c>tcp://</c> or <c>unix://</c>.</summary>
    /// <value>Default empty: none.</value>
    public string RemoteSyslog { get; set; } = "";

    /// <summary>Bytes of a payload that a trace shows.</summary>
    /// <value>Default 0: all.</value>
    [Range(0, int.MaxValue)]
    public int MaxTracedMessageLength { get; set; }
}
