namespace NatsKestrel.Broker.Protocol;

/// <summary>Reads the JSON of CONNECT over the options already in force.</summary>
internal static class ConnectReader
{
    public static ConnectOptions Read(ReadOnlySpan<byte> json, ConnectOptions current) => throw new NotImplementedException();

    public static void CheckInfo(ReadOnlySpan<byte> json) => throw new NotImplementedException();
}
