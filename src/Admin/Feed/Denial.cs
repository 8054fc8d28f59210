namespace NatsKestrel.Admin.Feed;

/// <summary>A client that is kept from a subject.</summary>
/// <param name="ConnectionId">Its number.</param>
/// <param name="User">Its user; empty where it has none.</param>
/// <param name="Act">What it may not do, in a word or two.</param>
/// <param name="Line">The line of its permissions that forbids it.</param>
internal sealed record Denial(ulong ConnectionId, string User, string Act, string Line);
