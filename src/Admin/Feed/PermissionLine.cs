using System.Text;
using NatsKestrel.Broker.Accounts.Permissions;
using NatsKestrel.Broker.Configuration;

namespace NatsKestrel.Admin.Feed;

/// <summary>Permission lines as they are read in a configuration: <c>subscribe.deny: orders.secret workers</c>.</summary>
internal static class PermissionLine
{
    private const int MaxNamed = 5;

    /// <summary>Why nothing may be published there; null where it may.</summary>
    public static string? AgainstPublish(UserPermissions permissions, ReadOnlySpan<byte> subject) =>
        Text("publish", permissions.ExplainPublish(subject), permissions.Options.Publish, permissions.AllowsResponses);

    /// <summary>Why nothing may be received from there; null where it may.</summary>
    public static string? AgainstSubscribe(UserPermissions permissions, ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queue) =>
        Text("subscribe", permissions.ExplainSubscribe(subject, queue), permissions.Options.Subscribe, mayAnswer: false);

    /// <summary>A denial as text.</summary>
    public static string Of(string act, PermissionEntry denial) =>
        $"{act}.deny: {Encoding.UTF8.GetString(denial.Subject)} {Encoding.UTF8.GetString(denial.Queue)}".TrimEnd();

    private static string? Text(string act, PermissionVerdict verdict, SubjectPermissionOptions? options, bool mayAnswer)
    {
        if (verdict.IsAllowed)
        {
            return null;
        }

        if (verdict.Denial is { } denial)
        {
            return Of(act, denial);
        }

        // Nothing forbids it; it is not among what alone is allowed.
        List<string> allowed = options?.Allow ?? [];
        string named = allowed.Count == 0 ? "nothing" : string.Join(", ", allowed.Take(MaxNamed)) + (allowed.Count > MaxNamed ? ", …" : "");
        return $"{act}.allow: {named} only{(mayAnswer ? ", and answers to requests" : "")}";
    }
}
