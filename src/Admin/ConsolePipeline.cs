using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using NatsKestrel.Admin.Access;
using NatsKestrel.Admin.Components;
using NatsKestrel.Admin.Feed;
using NatsKestrel.Broker;
using NatsKestrel.Broker.Connections;

namespace NatsKestrel.Admin;

/// <summary>What a request for the console passes through: a branch of the application's pipeline with a routing of its own.</summary>
/// <remarks>A branch, because two sets of Blazor pages cannot share one routing; with it both stay interactive.</remarks>
internal static class ConsolePipeline
{
    private const string ContentSecurityPolicy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; "
        + "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>Adds the branch.</summary>
    public static IEndpointConventionBuilder Map(WebApplication app, string path, bool isHome)
    {
        // Signs in once: the link that the program prints is for whoever started it.
        string token = app.Services.GetRequiredService<SignInLinks>().Create();
        app.Services.GetService<StartupLinks>()?.Add("console", $"{path}/sign-in?token={token}");
        app.Services.GetRequiredService<ConsolePaths>().Console = path;
        app.Services.GetRequiredService<ConnectionRegistry>().Denied = app.Services.GetRequiredService<SecurityEvents>().OnDenied;
        AccessGate gate = app.Services.GetRequiredService<AccessGate>();
        if (isHome)
        {
            app.Use((context, next) => SendBrowsersHome(context, next, path));
        }

        IEndpointConventionBuilder? pages = null;
        app.Map(path, branch =>
        {
            branch.Use(PrepareAsync);
            branch.Use(gate.InvokeAsync);
            branch.UseWhen(
                static context => HttpMethods.IsGet(context.Request.Method) && AsksForHtml(context.Request),
                static pages => pages.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true));
            branch.UseRouting();
            branch.UseAntiforgery();
            branch.UseEndpoints(endpoints =>
            {
                endpoints.MapStaticAssets();

                // The framework's own policy is part of ours, which every answer has.
                pages = endpoints.MapRazorComponents<App>()
                    .AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null);
            });
        });
        return pages!;
    }

    private static Task PrepareAsync(HttpContext context, RequestDelegate next)
    {
        // The document's base ends in a slash, so its address must.
        if (!context.Request.Path.HasValue)
        {
            context.Response.Redirect(context.Request.PathBase + "/" + context.Request.QueryString);
            return Task.CompletedTask;
        }

        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";

        // Whatever the application's own routing found at this path, the branch decides anew.
        context.SetEndpoint(null);
        return next(context);
    }

    private static Task SendBrowsersHome(HttpContext context, RequestDelegate next, string path)
    {
        if (context.Request.Path != "/" || !HttpMethods.IsGet(context.Request.Method) || !AsksForHtml(context.Request))
        {
            return next(context);
        }

        context.Response.Headers.Vary = "Accept";
        context.Response.Redirect(context.Request.PathBase + path + "/");
        return Task.CompletedTask;
    }

    // Browsers name HTML; curl and the monitoring tools of NATS take anything and name nothing.
    private static bool AsksForHtml(HttpRequest request) => request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
}
