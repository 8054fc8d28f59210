namespace NatsKestrel.Broker.Protocol;

/// <summary>What a client asks for in CONNECT. What it leaves out keeps the protocol's default (the noisy one).</summary>
/// <remarks>Merging rules (second CONNECT, <c>null</c>, letter case) are in <see cref="ConnectReader"/>.</remarks>
internal sealed record ConnectOptions
{
    /// <summary>What holds before a client has sent CONNECT.</summary>
    public static readonly ConnectOptions Default = new();

    public bool Verbose { get; init; } = true;
    public bool Pedantic { get; init; } = true;
    public bool Echo { get; init; } = true;
    public bool Headers { get; init; }
    public bool NoResponders { get; init; }
    public int Protocol { get; init; }
    public string Name { get; init; } = "";
    public string Lang { get; init; } = "";
    public string Version { get; init; } = "";
    public string User { get; init; } = "";
    public string Pass { get; init; } = "";
    public string AuthToken { get; init; } = "";
    public string Nkey { get; init; } = "";
    public string Sig { get; init; } = "";
    public string Jwt { get; init; } = "";

    /// <summary>Obsolete: a client that names an account is refused.</summary>
    public string Account { get; init; } = "";

    /// <summary>Obsolete: refused when true.</summary>
    public bool NewAccount { get; init; }

    /// <summary>The same without what only the check of a login needs.</summary>
    public ConnectOptions WithoutSecrets() => this with { Pass = "", AuthToken = "", Sig = "", Jwt = "" };

    /// <summary>True where nothing about who the client is was added or changed since earlier options, whose secrets are gone.</summary>
    public bool HasCredentialsOf(ConnectOptions earlier) =>
        Pass.Length + AuthToken.Length + Sig.Length + Jwt.Length == 0 && User == earlier.User && Nkey == earlier.Nkey;
}
