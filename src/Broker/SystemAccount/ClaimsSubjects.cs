using System.Text;
using NatsKestrel.Broker.Accounts.Jwt;

namespace NatsKestrel.Broker.SystemAccount;

/// <summary>The list of subjects that answer about account JWTs.</summary>
internal sealed class ClaimsSubjects(ClaimsRequests claims, Envelope envelope)
{
    /// <summary>Updates everywhere; the rest where JWTs are kept in a directory.</summary>
    public IEnumerable<SystemSubject> List()
    {
        yield return new("$SYS.REQ.ACCOUNT.*.CLAIMS.UPDATE", request => Update(request, request.Account), IsOrder: true);
        yield return new("$SYS.ACCOUNT.*.CLAIMS.UPDATE", request => Update(request, request.Subject.Split('.')[2]), IsOrder: true); // as nats-server called it first
        if (claims.Store is not { } store)
        {
            yield break;
        }

        yield return new("$SYS.REQ.CLAIMS.UPDATE", request => Update(request, null), IsOrder: true);
        yield return new("$SYS.REQ.CLAIMS.DELETE", request => Outcome(claims.Delete(request.Text)), IsOrder: true);
        yield return new("$SYS.REQ.CLAIMS.LIST", _ => new SystemAnswer(envelope.List(store.Accounts)));
        yield return new("$SYS.REQ.CLAIMS.PACK", request => Pack(store, request), Queue: "responder");
        yield return new("$SYS.REQ.ACCOUNT.*.CLAIMS.LOOKUP", request => LookUp(store, request.Account));
    }

    private SystemAnswer Update(SystemRequest request, string? account) => Outcome(claims.Update(account, request.Text));

    private SystemAnswer Outcome(ClaimsOutcome outcome) =>
        new(envelope.Data(outcome.IsDone ? "data" : "error", ClaimsAnswer.From(outcome), SystemJson.Write));

    // An empty message is the end: other servers wait for it.
    private static SystemAnswer Pack(AccountStore store, SystemRequest request) =>
        new([.. store.Pack(request.Body.Span).Select(Encoding.UTF8.GetBytes), []]);

    // Other servers that look for an account wait for an answer from all.
    private static SystemAnswer? LookUp(AccountStore store, string account) =>
        AccountStore.IsAccount(account) ? new SystemAnswer(Encoding.UTF8.GetBytes(store.Find(account) ?? "")) : null;
}
