using System.Text.Json.Serialization;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>What a mapped subject may become.</summary>
/// <param name="Subject">The subject, functions and all.</param>
/// <param name="Weight">Part of the messages, in per cent, those of the destinations before it included.</param>
/// <param name="Cluster">The cluster where alone it counts; absent where it counts everywhere.</param>
internal sealed record AccountMapping(string Subject, int Weight, string? Cluster);

/// <summary>What an account lets others import.</summary>
/// <param name="Subject">The exported subject.</param>
/// <param name="Type"><c>stream</c> or <c>service</c>.</param>
/// <param name="ResponseType"><c>Singleton</c>, <c>Streamed</c> or <c>Chunked</c>; absent for streams.</param>
/// <param name="ApprovedAccounts">Who may import it; absent where everybody may.</param>
internal sealed record AccountExport(string Subject, string Type, string? ResponseType, IReadOnlyList<string>? ApprovedAccounts);

/// <summary>What an account takes from another.</summary>
/// <param name="Subject">The subject over there.</param>
/// <param name="Account">The exporting account.</param>
/// <param name="To">The subject here, of services alone.</param>
/// <param name="LocalSubject">The subject here.</param>
/// <param name="Type"><c>stream</c> or <c>service</c>.</param>
/// <param name="Invalid">True where it does not work.</param>
/// <param name="Share">True where the service is told who asks.</param>
/// <param name="Tracking">True where answers are timed.</param>
internal sealed record AccountImport(
    string Subject, string Account, string? To, string LocalSubject, string Type,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] bool Invalid,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] bool Share,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] bool Tracking);
