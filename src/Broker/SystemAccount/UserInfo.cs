using System.Text.Json.Serialization;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Connections;

namespace NatsKestrel.Broker.SystemAccount;

/// <summary>What a client is told that asks who it is.</summary>
/// <param name="User">Its user.</param>
/// <param name="Account">Its account.</param>
/// <param name="AccountName">Display name of its account.</param>
/// <param name="Permissions">What it may do; absent where it may do everything.</param>
/// <param name="Expires">Nanoseconds until it has to go; absent where it may stay.</param>
internal sealed record UserInfo(
    string User,
    string Account,
    string AccountName,
    UserInfoPermissions? Permissions,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long Expires)
{
    public static UserInfo From(ConnectionSnapshot connection, DateTimeOffset now) => new(
        connection.AuthorizedUser,
        connection.AccountName,
        connection.AccountName,
        connection.Permissions is { } permissions ? UserInfoPermissions.From(permissions) : null,
        connection.Expires is { } expires ? Math.Max((expires - now).Ticks, 0) * TimeSpan.NanosecondsPerTick : 0);
}

/// <summary>What a user may do.</summary>
/// <param name="Publish">Absent where everything may be published.</param>
/// <param name="Subscribe">Absent where everything may be subscribed to.</param>
/// <param name="Responses">Answers that it may give; absent where there is no such rule.</param>
internal sealed record UserInfoPermissions(UserInfoSubjects? Publish, UserInfoSubjects? Subscribe, UserInfoResponses? Responses)
{
    public static UserInfoPermissions From(PermissionOptions options) =>
        new(Subjects(options.Publish), Subjects(options.Subscribe), options.AllowResponses is { } responses ? UserInfoResponses.From(responses) : null);

    private static UserInfoSubjects? Subjects(SubjectPermissionOptions? options) =>
        options is null ? null : new UserInfoSubjects(NullIfEmpty(options.Allow), NullIfEmpty(options.Deny));

    private static List<string>? NullIfEmpty(List<string> subjects) => subjects.Count > 0 ? subjects : null;
}

/// <summary>Subjects that are allowed and denied; each absent for none.</summary>
internal sealed record UserInfoSubjects(IReadOnlyList<string>? Allow, IReadOnlyList<string>? Deny);

/// <summary>How many answers a request may have, and for how many nanoseconds.</summary>
internal sealed record UserInfoResponses(int Max, long Ttl)
{
    public static UserInfoResponses From(ResponsePermissionOptions options) => new(options.Max, options.Expires.Ticks * TimeSpan.NanosecondsPerTick);
}
