using System.Text.Json.Serialization;

namespace NatsKestrel.Admin.Api;

/// <summary>Which connections to cut: those named, or all that match a filter as on the console's page.</summary>
/// <param name="Cids">Their numbers.</param>
/// <param name="Filter">For example <c>name:billing* pending&gt;1M</c>.</param>
/// <param name="DryRun">True only says which ones would be cut.</param>
/// <param name="Reason">What their clients are told by <c>-ERR</c>: up to 100 printable characters; nothing if left out.</param>
internal sealed record KickRequest(IReadOnlyList<ulong>? Cids = null, string? Filter = null, bool DryRun = false, string? Reason = null);

/// <summary>For how long a user is kept out.</summary>
/// <param name="Minutes">Up to 1,440.</param>
/// <param name="Reason">What its clients are told by <c>-ERR</c>: up to 100 printable characters; nothing if left out.</param>
internal sealed record BlockRequest(double Minutes = 10, string? Reason = null);

/// <summary>A user that is kept out.</summary>
/// <param name="User">Its name.</param>
/// <param name="Until">When it may log in again.</param>
internal sealed record ApiBlock(string User, DateTimeOffset Until);

/// <summary>What came of it.</summary>
/// <param name="Done">True where anything was done.</param>
/// <param name="Text">What happened.</param>
/// <param name="Cids">The connections concerned.</param>
/// <param name="Changes">The options concerned, one line for each.</param>
internal sealed record ActAnswer(bool Done, string Text, IReadOnlyList<ulong>? Cids = null, IReadOnlyList<string>? Changes = null);

/// <summary>Why a request was not carried out.</summary>
/// <param name="Error">The reason.</param>
internal sealed record ApiError(string Error);

/// <summary>An act of administration.</summary>
/// <param name="Time">When.</param>
/// <param name="User">Who.</param>
/// <param name="Address">From where.</param>
/// <param name="Act">What.</param>
/// <param name="Outcome">What came of it.</param>
internal sealed record ApiAudit(DateTimeOffset Time, string User, string Address, string Act, string Outcome);

/// <summary>A subscription that gets a subject.</summary>
/// <param name="Cid">Its connection.</param>
/// <param name="Account">Its account.</param>
/// <param name="Subject">What it listens to.</param>
/// <param name="Queue">Its queue group; absent where it is in none.</param>
/// <param name="Delivered">Messages delivered since it was made.</param>
internal sealed record ApiReceiver(ulong Cid, string Account, string Subject, string? Queue, long Delivered);

/// <summary>A client that is kept from a subject.</summary>
/// <param name="Cid">Its connection.</param>
/// <param name="User">Its user.</param>
/// <param name="Act">What it may not do.</param>
/// <param name="Line">The line of its permissions that forbids it.</param>
internal sealed record ApiDenial(ulong Cid, string User, string Act, string Line);

/// <summary>What is published to a subject while somebody counts.</summary>
/// <param name="Account">Its account.</param>
/// <param name="Subject">The subject; inboxes are counted together.</param>
/// <param name="Messages">Messages since counting began.</param>
/// <param name="MessageRate">Messages a second.</param>
/// <param name="ByteRate">Bytes a second.</param>
/// <param name="Undelivered">Messages that nobody received.</param>
/// <param name="UnansweredRequests">Requests among them.</param>
/// <param name="LastPublisher">Connection of the last publisher.</param>
internal sealed record ApiTraffic(
    string Account, string Subject, long Messages, double MessageRate, double ByteRate, long Undelivered, long UnansweredRequests, ulong LastPublisher);

/// <summary>An option in force.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Value">Its value; secrets are dots.</param>
/// <param name="Default">Its default.</param>
/// <param name="Source">Who set it.</param>
internal sealed record ApiOption(string Key, string Value, string Default, string Source);

/// <summary>The answer to <c>/alarmz</c>.</summary>
/// <param name="ServerId">The server.</param>
/// <param name="Now">Its time.</param>
/// <param name="Alarms">The alarms that are on.</param>
internal sealed record Alarmz(string ServerId, DateTimeOffset Now, IEnumerable<ApiAlarm> Alarms);

/// <summary>An alarm that is on.</summary>
/// <param name="Rule">The rule that raised it.</param>
/// <param name="Since">When.</param>
/// <param name="Text">What is the matter.</param>
internal sealed record ApiAlarm(string Rule, DateTimeOffset Since, string Text);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = 16)]
[JsonSerializable(typeof(KickRequest))]
[JsonSerializable(typeof(BlockRequest))]
[JsonSerializable(typeof(IEnumerable<ApiBlock>))]
[JsonSerializable(typeof(ActAnswer))]
[JsonSerializable(typeof(ApiError))]
[JsonSerializable(typeof(IEnumerable<ApiAudit>))]
[JsonSerializable(typeof(IEnumerable<ApiReceiver>))]
[JsonSerializable(typeof(IEnumerable<ApiDenial>))]
[JsonSerializable(typeof(Alarmz))]
[JsonSerializable(typeof(IEnumerable<ApiTraffic>))]
[JsonSerializable(typeof(IEnumerable<ApiOption>))]
internal sealed partial class ApiJson : JsonSerializerContext;
