namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary>A place in a configuration file, written and counted as nats-server does.</summary>
/// <param name="File">The file as it was named: on the command line, or by the folder of the including file and the name in <c>include</c>.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">In bytes: from 0 on the first line, from 1 on all others.</param>
internal readonly record struct ConfPosition(string File, int Line, int Column)
{
    public override string ToString() => $"{File}:{Line}:{Column}";
}
