namespace NatsKestrel.Admin.Feed;

/// <summary>What was published to one subject since somebody began to look.</summary>
/// <param name="Subject">The subject as text.</param>
/// <param name="Messages">Messages.</param>
/// <param name="MessageRate">Messages a second in the last tick.</param>
/// <param name="ByteRate">Bytes a second in the last tick: headers and payload.</param>
/// <param name="Undelivered">Messages that nobody took.</param>
/// <param name="UndeliveredRate">Messages a second that nobody took, in the last tick.</param>
/// <param name="UnansweredRequests">Messages with a reply subject that nobody took.</param>
/// <param name="LastPublisher">Connection of the last publisher seen.</param>
/// <param name="FirstSeen">The tick in which it was first seen.</param>
/// <param name="LastSeen">The last tick in which anything was published to it.</param>
internal sealed record SubjectTraffic(
    string Subject,
    long Messages,
    double MessageRate,
    double ByteRate,
    long Undelivered,
    double UndeliveredRate,
    long UnansweredRequests,
    ulong LastPublisher,
    DateTimeOffset FirstSeen,
    DateTimeOffset LastSeen);
