using Microsoft.AspNetCore.Http;

namespace NatsKestrel.Admin.Access;

/// <summary>The console's door: lets in who has signed in, from the console's own pages.</summary>
internal sealed class AccessGate(ConsoleAccess access, ConsoleSessions sessions)
{
    private const string PlainCookie = "nats-console";

    // A browser takes a cookie of such a name only from the host itself, over TLS.
    private const string SecureCookie = "__Host-nats-console";

    // Without them nobody could sign in; they hold nothing of this server.
    private static readonly PathString[] Open = ["/sign-in", "/_content", "/_framework", "/not-found"];

    /// <summary>The session of a request that was let in, or null.</summary>
    public static ConsoleSession? SessionOf(HttpContext context) => context.Items[typeof(ConsoleSession)] as ConsoleSession;

    /// <summary>Middleware: lets the request on, or answers it.</summary>
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (access.Problem is { } problem)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return context.Response.WriteAsync(problem, context.RequestAborted);
        }

        if (!IsFromHere(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        }

        ConsoleSession? session = FindSession(context);
        if (session is not null)
        {
            session.Touch();
            context.Items[typeof(ConsoleSession)] = session;
            return next(context);
        }

        return Open.Any(path => context.Request.Path.StartsWithSegments(path)) ? next(context) : RefuseAsync(context);
    }

    /// <summary>The session that a request's cookie belongs to, or the one for all where nobody need sign in.</summary>
    public ConsoleSession? FindSession(HttpContext context) =>
        sessions.Find(context.Request.Cookies[CookieName(context.Request)]) ?? (access.IsAnonymousAllowed ? sessions.Anonymous : null);

    /// <summary>Begins a session, and gives the browser its cookie.</summary>
    public void SignIn(HttpContext context, ConsoleUser user) =>
        context.Response.Cookies.Append(CookieName(context.Request), sessions.Start(user), new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = context.Request.IsHttps,
            Path = "/",
            MaxAge = ConsoleSession.MaxLifetime,
        });

    /// <summary>False for requests that a page of another site sent: a WebSocket, or anything that changes something.</summary>
    public static bool IsFromHere(HttpRequest request)
    {
        string? site = request.Headers["Sec-Fetch-Site"];
        if (site is "cross-site" or "same-site" && !HttpMethods.IsGet(request.Method))
        {
            return false;
        }

        // A form of a page that sends no referrer has the origin null; that it is ours the browser says in the other header.
        string? origin = request.Headers.Origin;
        return origin is null || (origin == "null" && site == "same-origin") || origin.Equals($"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }

    private static string CookieName(HttpRequest request) => request.IsHttps ? SecureCookie : PlainCookie;

    private static Task RefuseAsync(HttpContext context)
    {
        if (HttpMethods.IsGet(context.Request.Method) && !context.Request.Path.StartsWithSegments("/_blazor"))
        {
            string wanted = context.Request.Path.Value!.TrimStart('/') + context.Request.QueryString;
            context.Response.Redirect($"{context.Request.PathBase}/sign-in{QueryString.Create("return", wanted)}");
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        }

        return Task.CompletedTask;
    }
}
