using Microsoft.AspNetCore.Components;
using NatsKestrel.Admin.Feed;
using NatsKestrel.Broker.Accounts.Permissions;
using NatsKestrel.Broker.Connections;

namespace NatsKestrel.Admin.Components.Pages;

/// <summary>What one client receives of all that is published, and what its permissions keep from it.</summary>
public sealed partial class Sees
{
    private const int MaxSubjects = 200;
    private const int MaxSubscriptions = 500;

    private ConnectionSnapshot? _client;
    private UserPermissions? _permissions;
    private List<ClientReach> _reach = [];

    /// <summary>Number of the connection.</summary>
    [Parameter]
    public long Id { get; set; }

    private protected override FeedParts Parts => FeedParts.Traffic;

    private string Title => _client is { Name.Length: > 0 } client ? Format.Foreign(client.Name, 60) : $"cid {Id}";

    /// <inheritdoc/>
    protected override void OnParametersSet() => Ask();

    private protected override void OnSnapshot() => Ask();

    private void Ask()
    {
        _client = Registry.FindOpen((ulong)Id, MaxSubscriptions);
        _permissions = Registry.PermissionsOf((ulong)Id);
        _reach = _client is not { } client ? [] :
        [
            .. ClientReach.Of(client, _permissions, Snapshot.Traffic
                .Where(traffic => traffic.Account == client.AccountName)
                .SelectMany(static traffic => traffic.Subjects)
                .Where(static subject => !subject.Subject.EndsWith('>'))
                .OrderByDescending(static subject => subject.Messages)
                .Take(MaxSubjects)
                .OrderBy(static subject => subject.Subject, StringComparer.Ordinal)
                .Select(static subject => subject.Subject)),
        ];
    }
}
