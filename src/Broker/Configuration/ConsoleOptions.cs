using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace NatsKestrel.Broker.Configuration;

/// <summary>Who may use the admin console and the REST administration: section <c>Nats:Console</c>.</summary>
/// <remarks>
/// On a loopback address nothing needs to be set: a link that signs in once is printed at the start. Where other machines can
/// reach the HTTP port the console stays closed until there is a token, and TLS or <see cref="InsecureHttp"/>.
/// </remarks>
public sealed class ConsoleOptions
{
    /// <summary>Fewest characters of a token: it is all that protects the console.</summary>
    public const int MinTokenLength = 20;

    /// <summary>Signs in somebody who may do everything. At least 20 characters.</summary>
    /// <value>Default empty: nobody can sign in with it.</value>
    public string AdminToken { get; set; } = "";

    /// <summary>Signs in somebody who may look, listen in, publish, and cut connections, but not stop the server or read its settings.</summary>
    /// <value>Default empty: nobody can sign in with it.</value>
    public string OperatorToken { get; set; } = "";

    /// <summary>Signs in somebody who may look at numbers and names, and at no message.</summary>
    /// <value>Default empty: nobody can sign in with it.</value>
    public string ViewerToken { get; set; } = "";

    /// <summary>True lets anybody on this machine look, as a viewer, without signing in. Means nothing where other machines can reach the HTTP port.</summary>
    /// <value>Default false.</value>
    public bool Anonymous { get; set; }

    /// <summary>True allows the console over plain HTTP where other machines can reach it: passwords and messages then cross the network readable.</summary>
    /// <value>Default false.</value>
    public bool InsecureHttp { get; set; }

    /// <summary>People who sign in by their names, beside the tokens; the audit log names them.</summary>
    /// <value>Default empty.</value>
    public List<ConsoleUserOptions> Users { get; set; } = [];

    /// <summary>When an alarm is raised.</summary>
    [Required, ValidateObjectMembers]
    public AlarmOptions Alarms { get; set; } = new();
}
