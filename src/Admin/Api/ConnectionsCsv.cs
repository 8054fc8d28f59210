using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using NatsKestrel.Admin.Access;
using NatsKestrel.Admin.Feed;
using NatsKestrel.Broker.Connections;

namespace NatsKestrel.Admin.Api;

/// <summary>All connections that a filter leaves, open or closed, as a table for spreadsheets.</summary>
internal sealed class ConnectionsCsv(ConsoleFeed feed, ConnectionRegistry registry)
{
    private const string Head = "cid,name,state,account,user,address,type,lang,version,start,stop,reason,pending_bytes,in_msgs,in_bytes,out_msgs,out_bytes,in_msgs_s,out_msgs_s,subscriptions,rtt_ms";

    /// <summary>Sends it as a download.</summary>
    public Task SendAsync(HttpContext context, ConsoleUser user)
    {
        ConnectionFilter filter = ConnectionFilter.Parse(context.Request.Query["filter"].ToString());
        if (filter.Problems.Count > 0)
        {
            return ApiGate.ErrorAsync(context, StatusCodes.Status400BadRequest, $"Not understood: {string.Join(' ', filter.Problems)}");
        }

        bool isClosed = context.Request.Query["state"] == "closed";
        IEnumerable<ConnectionRow> rows = isClosed
            ? registry.SnapshotClosed().Select(static connection => new ConnectionRow(connection, default, ConnectionState.Idle))
            : feed.Look(FeedParts.Connections).Connections;
        var text = new StringBuilder(Head).Append("\r\n");
        foreach (ConnectionRow row in rows.Where(filter.Matches))
        {
            Append(text, row);
        }

        context.Response.ContentType = "application/octet-stream";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"connections-{(isClosed ? "closed" : "open")}.csv\"";
        return context.Response.WriteAsync(text.ToString(), context.RequestAborted);
    }

    private static void Append(StringBuilder text, ConnectionRow row)
    {
        ConnectionSnapshot connection = row.Connection;
        text.Append(CultureInfo.InvariantCulture, $"{connection.Id},{Cell(connection.Name)},{(connection.Stop is null ? row.State.ToString().ToLowerInvariant() : "closed")},")
            .Append(CultureInfo.InvariantCulture, $"{Cell(connection.AccountName)},{Cell(connection.AuthorizedUser)},{connection.Remote},{connection.Type},{Cell(connection.Lang)},{Cell(connection.Version)},")
            .Append(CultureInfo.InvariantCulture, $"{connection.Start.UtcDateTime:O},{connection.Stop?.UtcDateTime:O},{(connection.Stop is null ? "" : Cell(connection.Reason.Text()))},")
            .Append(CultureInfo.InvariantCulture, $"{connection.PendingBytes},{connection.InMessages},{connection.InBytes},{connection.OutMessages},{connection.OutBytes},")
            .Append(CultureInfo.InvariantCulture, $"{row.InMessages:0.#},{row.OutMessages:0.#},{row.Subscriptions},{row.RoundTrip.TotalMilliseconds:0.###}\r\n");
    }

    /// <summary>Text that others chose: in quotes, and no formula.</summary>
    public static string Cell(string text)
    {
        string shown = Format.Foreign(text);
        return $"\"{(shown is ['=' or '+' or '-' or '@', ..] ? "'" : "")}{shown.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
