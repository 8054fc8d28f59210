using System.Collections.Immutable;

namespace NatsKestrel.Conformance.Tests;

/// <summary>One case of a transcript file: what each client sends and what it must receive, in order.</summary>
internal sealed record Transcript(
    string File,
    string Name,
    ImmutableSortedDictionary<string, string> Settings,
    string? Divergence,
    ImmutableArray<Step> Steps)
{
    /// <summary>True when the case has a single client, whose bytes can be cut anywhere without changing the outcome.</summary>
    public bool HasOneClient => Steps.Select(step => step.Client).Distinct().Count() == 1;

    /// <summary>Bytes that all clients send together.</summary>
    public int BytesSent => Steps.Where(step => step.Action is StepAction.Send).Sum(step => step.Texts[0].Length);

    public override string ToString() => $"{File}: {Name}";
}

/// <summary>Something one client does or expects.</summary>
/// <param name="Line">Line in the file, for messages.</param>
/// <param name="Client">Name of the client.</param>
/// <param name="Action">What is done.</param>
/// <param name="For">Whom the step is for; null for both.</param>
/// <param name="Texts">Bytes sent or expected; several where <paramref name="Action"/> allows a choice.</param>
/// <param name="Fields">Of an INFO line: name, and JSON text or <c>absent</c> or <c>present</c>.</param>
internal sealed record Step(
    int Line,
    string Client,
    StepAction Action,
    Side? For,
    ImmutableArray<byte[]> Texts,
    ImmutableArray<KeyValuePair<string, string>> Fields);

internal enum StepAction
{
    Send,
    Expect,
    ExpectInAnyOrder,
    ExpectOneOf,
    ExpectInfo,
    Sync,
    ExpectClosed,
    EndSending,
    Leave,
}

/// <summary>Whose behaviour is looked at.</summary>
internal enum Side
{
    Reference,
    NatsKestrel,
}
