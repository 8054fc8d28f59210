using System.Text;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Subjects;

namespace NatsKestrel.Broker.Accounts.Imports;

/// <summary>What the server exports from the system account, and what of it every account imports without asking.</summary>
/// <remarks>The account's name stands in the subject over there: nobody can ask for another account than its own.</remarks>
internal static class SystemServices
{
    public static readonly IReadOnlyList<ExportOptions> Exports =
    [
        new() { Service = "$SYS.REQ.ACCOUNT.*.CONNZ", ResponseType = "Streamed" },
        new() { Service = "$SYS.REQ.ACCOUNT.*.STATZ", ResponseType = "Streamed" },
        new() { Service = "$SYS.DEBUG.SUBSCRIBERS", ResponseType = "Singleton" },
        new() { Service = "$SYS.REQ.USER.*.INFO", ResponseType = "Singleton" },
    ];

    /// <summary>What an account imports; of the system account it is only who one is, for it has the rest by itself.</summary>
    public static IReadOnlyList<ImportOptions> ImportsOf(string account, string system)
    {
        byte[] token = Encoding.UTF8.GetBytes(account);
        if (!SubjectRules.IsSafePublish(token) || SubjectRules.CountTokens(token) > 1)
        {
            return []; // no name to be told from others in a subject
        }

        ImportOptions user = Service(system, $"$SYS.REQ.USER.{account}.INFO", "$SYS.REQ.USER.INFO", share: true);
        return account == system ? [user] :
        [
            Service(system, $"$SYS.REQ.ACCOUNT.{account}.CONNZ", "$SYS.REQ.ACCOUNT.PING.CONNZ"),
            Service(system, $"$SYS.REQ.ACCOUNT.{account}.CONNZ", "$SYS.REQ.SERVER.PING.CONNZ"),
            Service(system, $"$SYS.REQ.ACCOUNT.{account}.STATZ", "$SYS.REQ.ACCOUNT.PING.STATZ"),
            user,
        ];
    }

    private static ImportOptions Service(string system, string subject, string local, bool share = false) => new()
    {
        Service = new ImportSourceOptions { Account = system, Subject = subject },
        To = local,
        Share = share,
    };
}
