using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using NatsKestrel.Admin.Access;
using NatsKestrel.Admin.Feed;
using NatsKestrel.Broker;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Accounts.Authentication;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Broker.Monitoring;

namespace NatsKestrel.Admin.Api;

/// <summary>The acts of the console for programs: <c>/api/v1</c>.</summary>
internal sealed class ConsoleApi(
    ApiGate gate, ConsoleActs acts, ConsoleFeed feed, AccountDirectory accounts, ConnectionRegistry registry, AuditLog audit, Diagnostics diagnostics, ConnectionsCsv csv, UserBlocks blocks, IConfiguration configuration, Reloader reloader)
{
    /// <summary>Maps all of it below a path.</summary>
    public IEndpointConventionBuilder Map(IEndpointRouteBuilder routes, string path)
    {
        var group = routes.MapGroup(path);
        group.WithTags("Administration");
        Describe<ActAnswer>(
            group.MapPost("/kick", context => gate.RunAsync(context, ConsoleRole.Operator, KickAsync)),
            "Cut connections", "By number, or all that match a filter; dry_run only names them. Role operator.").WithMetadata(new AcceptsMetadata(["application/json"], typeof(KickRequest)));
        Describe<ActAnswer>(
            group.MapDelete("/connections/{cid}", context => gate.RunAsync(context, ConsoleRole.Operator, KickOneAsync)),
            "Cut one connection", "Role operator. Send Content-Type: application/json, with or without a body.").WithMetadata(((Delegate)OneConnection).Method);
        Describe<ActAnswer>(
            group.MapPut("/blocks/{user}", context => gate.RunAsync(context, ConsoleRole.Operator, BlockAsync)),
            "Keep a user out", "For some minutes, and cut its connections. Role operator.").WithMetadata(((Delegate)OneUser).Method).WithMetadata(new AcceptsMetadata(["application/json"], typeof(BlockRequest)));
        Describe<ActAnswer>(
            group.MapDelete("/blocks/{user}", context => gate.RunAsync(context, ConsoleRole.Operator, LiftAsync)),
            "Let a user in again", "Role operator. Send Content-Type: application/json, with or without a body.").WithMetadata(((Delegate)OneUser).Method);
        Describe<ApiBlock[]>(
            group.MapGet("/blocks", context => gate.RunAsync(context, ConsoleRole.Operator, BlocksAsync)),
            "Users that are kept out", "And until when. Role operator.");
        Describe<ActAnswer>(
            group.MapPost("/lame-duck", context => gate.RunAsync(context, ConsoleRole.Admin, LameDuckAsync)),
            "Lame duck mode", "Makes the server leave without hurry. Role admin.");
        Describe<ActAnswer>(
            group.MapPost("/reload", context => gate.RunAsync(context, ConsoleRole.Admin, ReloadAsync)),
            "Reload the settings", "Reads them anew and applies what has changed, all or nothing; with ?dry_run=true it only says what would change. Role admin.")
            .WithMetadata(new MonitoringParameter("dry_run", typeof(bool), "True changes nothing.", Default: false));
        Describe<ApiReceiver[]>(
            group.MapGet("/receivers", context => gate.RunAsync(context, ConsoleRole.Viewer, ReceiversAsync)),
            "Who receives a subject", "The subscriptions that get what is published to ?subject=…, or with wildcards those that overlap it; in ?account=…, else in $G.")
            .WithMetadata(QuestionParameters);
        Describe<ApiDenial[]>(
            group.MapGet("/denials", context => gate.RunAsync(context, ConsoleRole.Viewer, DenialsAsync)),
            "Who is denied a subject", "The connected clients that may not publish to ?subject=… or not listen to it, and the permission lines that keep them from it.")
            .WithMetadata(QuestionParameters);
        Describe<ApiTraffic[]>(
            group.MapGet("/traffic", context => gate.RunAsync(context, ConsoleRole.Viewer, TrafficAsync)),
            "What is published", "By subject. The first request begins to count, which ends a minute after the last one.");
        Describe<ApiOption[]>(
            group.MapGet("/config", context => gate.RunAsync(context, ConsoleRole.Operator, ConfigAsync)),
            "Options in force", "Every option, its value and who set it; secrets are left out. Role operator.");
        Describe<ApiAudit[]>(
            group.MapGet("/audit", context => gate.RunAsync(context, ConsoleRole.Operator, AuditAsync)),
            "Acts of administration", "The last thousand, the latest first. Role operator.");
        group.MapGet("/connections.csv", context => gate.RunAsync(context, ConsoleRole.Viewer, csv.SendAsync))
            .WithSummary("Connections as CSV").WithDescription("The open ones, or with ?state=closed those that ended lately; those that match ?filter=, as on the console's page.")
            .WithMetadata(((Delegate)NoParameters).Method).WithMetadata(CsvParameters);
        group.MapGet("/diagnostics", context => gate.RunAsync(context, ConsoleRole.Admin, diagnostics.SendAsync))
            .WithSummary("Diagnostics").WithDescription("All that is known of the server in a zip file, without secrets. Role admin.").WithMetadata(((Delegate)NoParameters).Method);
        return group;
    }

    private static readonly MonitoringParameter[] QuestionParameters =
    [
        new("subject", typeof(string), "A subject, or a pattern with wildcards."),
        new("account", typeof(string), "The account.", Default: AccountDirectory.GlobalName),
    ];

    private static readonly MonitoringParameter[] CsvParameters =
    [
        new("state", typeof(string), "open or closed.", Default: "open"),
        new("filter", typeof(string), "For example name:billing* pending>1M."),
    ];

    // Without a method's metadata an API description passes over plain request delegates.
    private static IEndpointConventionBuilder Describe<T>(IEndpointConventionBuilder endpoint, string summary, string description) => endpoint
        .WithSummary(summary)
        .WithDescription(description)
        .WithMetadata(((Delegate)NoParameters).Method)
        .WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(T), ["application/json"]));

    // What an API description reads the parameters from; they are read by hand.
    private static Task NoParameters(HttpContext context) => Task.CompletedTask;

    private static Task OneConnection(HttpContext context, ulong cid) => Task.CompletedTask;

    private static Task OneUser(HttpContext context, string user) => Task.CompletedTask;

    private async Task KickAsync(HttpContext context, ConsoleUser user)
    {
        KickRequest? request;
        try
        {
            request = await context.Request.ReadFromJsonAsync(ApiJson.Default.KickRequest, context.RequestAborted);
        }
        catch (JsonException)
        {
            request = null;
        }

        if (request is null || (request.Cids is not { Count: > 0 } && string.IsNullOrEmpty(request.Filter)))
        {
            await ApiGate.ErrorAsync(context, StatusCodes.Status400BadRequest, "Name cids, or a filter.");
            return;
        }

        IReadOnlyList<ulong> ids = request.Cids ?? [];
        if (request.Filter is { Length: > 0 } text)
        {
            ConnectionFilter filter = ConnectionFilter.Parse(text);
            if (filter.Problems.Count > 0)
            {
                await ApiGate.ErrorAsync(context, StatusCodes.Status400BadRequest, $"Not understood: {string.Join(' ', filter.Problems)}");
                return;
            }

            ids = [.. feed.Look(FeedParts.Connections).Connections.Where(filter.Matches).Select(row => row.Id)];
        }

        if (request.DryRun)
        {
            await AnswerAsync(context, new ActAnswer(false, $"{ids.Count} would be cut", ids));
            return;
        }

        ActResult result = acts.Kick(user, ids, request.Reason ?? "");
        await AnswerAsync(context, new ActAnswer(result.IsDone, result.Text, ids));
    }

    private Task KickOneAsync(HttpContext context, ConsoleUser user)
    {
        if (!ulong.TryParse(context.Request.RouteValues["cid"] as string, out ulong id))
        {
            return ApiGate.ErrorAsync(context, StatusCodes.Status400BadRequest, "A cid is a number.");
        }

        ActResult result = acts.Kick(user, [id]);
        return result.IsDone
            ? AnswerAsync(context, new ActAnswer(true, result.Text, [id]))
            : ApiGate.ErrorAsync(context, StatusCodes.Status404NotFound, "There is no such open connection.");
    }

    private async Task BlockAsync(HttpContext context, ConsoleUser user)
    {
        BlockRequest? request;
        try
        {
            request = await context.Request.ReadFromJsonAsync(ApiJson.Default.BlockRequest, context.RequestAborted);
        }
        catch (JsonException)
        {
            request = null;
        }

        if (request is not { Minutes: > 0 and <= 1440 })
        {
            await ApiGate.ErrorAsync(context, StatusCodes.Status400BadRequest, "Send {\"minutes\":10}: more than 0, and at most 1440.");
            return;
        }

        ActResult result = acts.Block(user, User(context), TimeSpan.FromMinutes(request.Minutes), request.Reason ?? "");
        await AnswerAsync(context, new ActAnswer(result.IsDone, result.Text));
    }

    private Task LiftAsync(HttpContext context, ConsoleUser user)
    {
        ActResult result = acts.Lift(user, User(context));
        return result.IsDone
            ? AnswerAsync(context, new ActAnswer(true, result.Text))
            : ApiGate.ErrorAsync(context, StatusCodes.Status404NotFound, "That user is not kept out.");
    }

    private Task BlocksAsync(HttpContext context, ConsoleUser user) => context.Response.WriteAsJsonAsync(
        blocks.All.Select(static block => new ApiBlock(block.User, block.Until)), ApiJson.Default.IEnumerableApiBlock);

    private static string User(HttpContext context) => context.Request.RouteValues["user"] as string ?? "";

    private Task LameDuckAsync(HttpContext context, ConsoleUser user)
    {
        ActResult result = acts.EnterLameDuck(user);
        return AnswerAsync(context, new ActAnswer(result.IsDone, result.Text));
    }

    private Task ReloadAsync(HttpContext context, ConsoleUser user)
    {
        if (context.Request.Query["dry_run"] == "true")
        {
            ReloadPreview preview = acts.PreviewReload(user);
            return AnswerAsync(context, new ActAnswer(false, preview.Problem ?? $"{preview.Changes.Count} options would change", Changes: preview.Changes));
        }

        ActResult result = acts.Reload(user);
        return AnswerAsync(context, new ActAnswer(result.IsDone, result.Text));
    }

    private Task ReceiversAsync(HttpContext context, ConsoleUser user)
    {
        if (Question(context) is not { } question)
        {
            return NoQuestionAsync(context);
        }

        Receivers receivers = Receivers.Find(question.Account, question.Subject, registry);
        return context.Response.WriteAsJsonAsync(
            receivers.Plain.Concat(receivers.Groups.SelectMany(group => group)).Select(found => new ApiReceiver(
                found.ConnectionId, found.AccountName, found.Subject, found.Queue.Length > 0 ? found.Queue : null, found.Delivered)),
            ApiJson.Default.IEnumerableApiReceiver);
    }

    private Task DenialsAsync(HttpContext context, ConsoleUser user) => Question(context) is not { } question ? NoQuestionAsync(context)
        : context.Response.WriteAsJsonAsync(
            Receivers.Find(question.Account, question.Subject, registry).Denials.Select(denial => new ApiDenial(denial.ConnectionId, denial.User, denial.Act, denial.Line)),
            ApiJson.Default.IEnumerableApiDenial);

    private (Account Account, string Subject)? Question(HttpContext context)
    {
        string subject = context.Request.Query["subject"].ToString();
        string name = context.Request.Query["account"] is [{ Length: > 0 } given] ? given : AccountDirectory.GlobalName;
        return Receivers.IsQuestion(subject) && accounts.TryGet(name, out Account? account) ? (account, subject) : null;
    }

    private static Task NoQuestionAsync(HttpContext context) =>
        ApiGate.ErrorAsync(context, StatusCodes.Status400BadRequest, "Give a valid subject, and an account that exists.");

    private Task TrafficAsync(HttpContext context, ConsoleUser user) => context.Response.WriteAsJsonAsync(
        from account in feed.Look(FeedParts.Traffic).Traffic
        from traffic in account.Subjects
        orderby traffic.Messages descending
        select new ApiTraffic(
            account.Account, traffic.Subject, traffic.Messages, traffic.MessageRate, traffic.ByteRate, traffic.Undelivered, traffic.UnansweredRequests, traffic.LastPublisher),
        ApiJson.Default.IEnumerableApiTraffic);

    private Task ConfigAsync(HttpContext context, ConsoleUser user) => context.Response.WriteAsJsonAsync(
        EffectiveOption.All(configuration, reloader.Current).Select(option => new ApiOption(option.Key, option.Value, option.Default, option.Source)),
        ApiJson.Default.IEnumerableApiOption);

    private Task AuditAsync(HttpContext context, ConsoleUser user) => context.Response.WriteAsJsonAsync(
        audit.Latest().Select(entry => new ApiAudit(entry.Time, entry.User, entry.Address, entry.Act, entry.Outcome)), ApiJson.Default.IEnumerableApiAudit);

    private static Task AnswerAsync(HttpContext context, ActAnswer answer) => context.Response.WriteAsJsonAsync(answer, ApiJson.Default.ActAnswer);
}
