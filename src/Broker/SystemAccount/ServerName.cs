namespace NatsKestrel.Broker.SystemAccount;

/// <summary>Just who this server is.</summary>
internal sealed record ServerName(string Name, string Host, string Id);
