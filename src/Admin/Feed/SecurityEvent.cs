namespace NatsKestrel.Admin.Feed;

/// <summary>Something that somebody tried and may not do, as often as it came.</summary>
/// <param name="What">What was tried.</param>
/// <param name="User">Who they said they are, or logged in as; empty where nothing is known.</param>
/// <param name="Address">Where from, without the port.</param>
/// <param name="Subject">The subject it was about; empty for none.</param>
/// <param name="Account">The account of the user; empty where nobody logged in.</param>
/// <param name="Rule">The line of the permissions that forbids it, or the server's reason; empty where it tells none.</param>
/// <param name="Remedy">What in the configuration would allow it; empty where nothing would.</param>
/// <param name="ConnectionId">The last connection that tried.</param>
/// <param name="Count">How often the log was told.</param>
/// <param name="First">When it was first seen.</param>
/// <param name="Last">When it was last seen.</param>
internal sealed record SecurityEvent(
    string What,
    string User,
    string Address,
    string Subject,
    string Account,
    string Rule,
    string Remedy,
    ulong ConnectionId,
    long Count,
    DateTimeOffset First,
    DateTimeOffset Last);
