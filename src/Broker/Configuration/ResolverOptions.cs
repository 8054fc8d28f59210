namespace NatsKestrel.Broker.Configuration;

/// <summary>Where account JWTs come from in operator mode: section <c>Nats:Resolver</c>.</summary>
public sealed class ResolverOptions
{
    /// <summary><c>MEMORY</c> (<c>Nats:ResolverPreload</c> alone), <c>full</c> or <c>cache</c> (a directory), or an <c>http(s)</c> URL.</summary>
    /// <value>Default empty: no operator mode.</value>
    public string Type { get; set; } = "";

    /// <summary>Directory of the JWTs, for <c>full</c> and <c>cache</c>.</summary>
    public string Dir { get; set; } = "";

    /// <summary>True lets account JWTs be deleted by request.</summary>
    /// <value>Default false.</value>
    public bool AllowDelete { get; set; }

    /// <summary>JWTs kept at most.</summary>
    /// <value>Default 0: no limit.</value>
    public int Limit { get; set; }

    /// <summary>Time that a JWT fetched by <c>cache</c> is kept.</summary>
    /// <value>Default 0: two hours.</value>
    public TimeSpan Ttl { get; set; }

    /// <summary>Time between comparisons with other servers, for <c>full</c>.</summary>
    /// <value>Default 0: one minute.</value>
    public TimeSpan Interval { get; set; }

    /// <summary>Time an account JWT is waited for.</summary>
    /// <value>Default 0: two seconds.</value>
    public TimeSpan Timeout { get; set; }
}
