using Microsoft.AspNetCore.Http;
using NatsKestrel.Admin.Access;

namespace NatsKestrel.Admin.Api;

/// <summary>The door of the REST administration: a bearer token from the settings, or the console's own cookie.</summary>
internal sealed class ApiGate(ConsoleAccess access, AccessGate gate, AuditLog audit)
{
    private const string Bearer = "Bearer ";

    /// <summary>Runs an act for whoever may do it; tells everybody else why not.</summary>
    public async Task RunAsync(HttpContext context, ConsoleRole role, Func<HttpContext, ConsoleUser, Task> act)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        if (access.Problem is { } problem)
        {
            await ErrorAsync(context, StatusCodes.Status503ServiceUnavailable, problem);
            return;
        }

        if (FindUser(context) is not { } user)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await ErrorAsync(context, StatusCodes.Status401Unauthorized, "Send a token of Nats:Console as \"Authorization: Bearer …\", or sign in to the console.");
            return;
        }

        if (IsFromElsewhere(context.Request) is { } reason)
        {
            await ErrorAsync(context, StatusCodes.Status403Forbidden, reason);
            return;
        }

        if (!user.May(role))
        {
            audit.Add(user, $"{context.Request.Method} {context.Request.Path}", $"refused: needs the role {role}");
            await ErrorAsync(context, StatusCodes.Status403Forbidden, $"This needs the role {role}.");
            return;
        }

        await act(context, user);
    }

    public static Task ErrorAsync(HttpContext context, int status, string error)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new ApiError(error), ApiJson.Default.ApiError);
    }

    private ConsoleUser? FindUser(HttpContext context)
    {
        string address = context.Connection.RemoteIpAddress?.ToString() ?? "unknown";
        return context.Request.Headers.Authorization is [{ } header] && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? access.FindByToken(header[Bearer.Length..].Trim(), address)
            : gate.FindSession(context)?.User;
    }

    // A form of another site can be sent with a cookie, but not as JSON, and not without its origin being named.
    private static string? IsFromElsewhere(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        {
            return null;
        }

        return !AccessGate.IsFromHere(request) ? "A page of another site sent this."
            : !request.HasJsonContentType() ? "Send Content-Type: application/json."
            : null;
    }
}
