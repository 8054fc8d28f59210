using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Conformance.Tests.SystemAccount;

/// <summary>A nats-server and our executable with the same accounts, for requests to the system account and its events.</summary>
public sealed class SystemServers : IAsyncLifetime
{
    private const string Configuration = """
        server_name: tested
        accounts {
          SYS { users: [{ user: sys, password: p }] }
          A { users: [{ user: a, password: p }, { user: restricted, password: p, permissions: {
                publish: { allow: "$SYS.>", deny: "no" }, subscribe: { allow: "_INBOX.>", deny: "x" }, allow_responses: { max: 3, expires: "5s" } } }]
              exports: [{ service: "svc" }] }
          B { users: [{ user: b, password: p }], imports: [{ service: { account: A, subject: "svc" } }] }
          TRACED {
            users: [{ user: traced, password: p }, { user: some, password: p, permissions: { publish: { deny: "no.>" }, subscribe: { deny: "den.no" } } }]
            mappings: { "map.a": "map.b" }
            exports: [{ stream: "str.>" }, { stream: "open.>" }, { service: "closed" }, { service: "open", allow_trace: true }]
          }
          IMPORTER {
            users: [{ user: importer, password: p }]
            imports: [
              { stream: { account: TRACED, subject: "str.>" }, prefix: imp }, { stream: { account: TRACED, subject: "open.>" }, prefix: imp, allow_trace: true }
              { service: { account: TRACED, subject: "closed" } }, { service: { account: TRACED, subject: "open" } }]
          }
          PARENT { users: [{ user: parent, password: p }], msg_trace: { dest: "acc.trace", sampling: 100 } }
        }
        system_account: SYS

        """;

    private ReferenceServer? _reference;
    private ReferenceServer? _ours;

    /// <summary>The port of the real server.</summary>
    public int Reference => _reference!.Port;

    /// <summary>The port of ours.</summary>
    public int Ours => _ours!.Port;

    /// <summary>Both; ours alone where there is no real one.</summary>
    public int[] Both => ReferenceServer.IsMissing ? [Ours] : [Reference, Ours];

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (!ReferenceServer.IsMissing)
        {
            _reference = await ReferenceServer.StartAsync(Configuration, TestContext.Current.CancellationToken);
        }

        _ours = await ReferenceServer.StartDropInAsync(Configuration, TestContext.Current.CancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (ReferenceServer? server in (ReferenceServer?[])[_reference, _ours])
        {
            if (server is not null)
            {
                await server.DisposeAsync();
            }
        }
    }
}
