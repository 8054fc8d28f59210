using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using NatsKestrel.Admin.Access;
using NatsKestrel.Admin.Feed;
using NatsKestrel.Broker;
using NatsKestrel.Broker.Monitoring;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Admin.Api;

/// <summary>All that is known of the server, in one file for whoever is to help: no secrets, and no message.</summary>
internal sealed class Diagnostics(
    VarzReport varz, ConnzReport connz, SubszReport subsz, SlowzReport slowz, AccountReports accounts, ConsoleFeed feed, AuditLog audit,
    IConfiguration configuration, Reloader reloader, TimeProvider time)
{
    private const int MaxConnections = 4096;

    /// <summary>Sends it as a download.</summary>
    public async Task SendAsync(HttpContext context, ConsoleUser user)
    {
        audit.Add(user, "download diagnostics", "sent");
        string name = $"nats-diagnostics-{time.GetUtcNow().UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}.zip";
        context.Response.ContentType = "application/octet-stream";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
        byte[] zip = await BuildAsync();
        context.Response.ContentLength = zip.Length;
        await context.Response.Body.WriteAsync(zip, context.RequestAborted);
    }

    private async Task<byte[]> BuildAsync()
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            await AddAsync(zip, "varz.json", varz.Build(""), MonitoringJson.Write);
            await AddAsync(zip, "connz-open.json", connz.Build(Connections("open")), MonitoringJson.Write);
            await AddAsync(zip, "connz-closed.json", connz.Build(Connections("closed")), MonitoringJson.Write);
            await AddAsync(zip, "subsz.json", subsz.Build(SubszRequest.Read(new MonitoringQuery(new QueryString("?subs=1&limit=4096")))), MonitoringJson.Write);
            await AddAsync(zip, "slowz.json", slowz.Build(), MonitoringJson.Write);
            await AddAsync(zip, "accstatz.json", accounts.BuildStatistics(withUnused: true), MonitoringJson.Write);
            await AddTextAsync(zip, "config.txt", Config());
            await AddTextAsync(zip, "audit.txt", Audit());
            await AddTextAsync(zip, "history.csv", History());
        }

        return bytes.ToArray();
    }

    private static ConnzRequest Connections(string state) =>
        ConnzRequest.Read(new MonitoringQuery(new QueryString($"?state={state}&limit={MaxConnections}&auth=1")));

    private string Config() => string.Join('\n', EffectiveOption.All(configuration, reloader.Current).Select(option => $"{option.Key} = {option.Value}    ({option.Source})"));

    private string Audit() => string.Join('\n', audit.Latest().Select(entry => $"{Format.Date(entry.Time)} {entry.User} {entry.Address}: {entry.Act}: {entry.Outcome}"));

    // One line for each second of the last minutes, as far as somebody was looking.
    private string History()
    {
        FeedMetric[] metrics = Enum.GetValues<FeedMetric>();
        double[][] series = [.. metrics.Select(feed.History)];
        var text = new StringBuilder(string.Join(',', metrics));
        for (int i = 0; i < series.Min(values => values.Length); i++)
        {
            text.Append('\n').AppendJoin(',', series.Select(values => values[i].ToString("0.##", CultureInfo.InvariantCulture)));
        }

        return text.ToString();
    }

    private static async Task AddAsync<T>(ZipArchive zip, string name, T value, Action<Utf8JsonWriter, T> write)
    {
        await using Stream entry = zip.CreateEntry(name).Open();
        await entry.WriteAsync(GoJson.Bytes(value, write, GoJson.Indented));
    }

    private static async Task AddTextAsync(ZipArchive zip, string name, string text)
    {
        await using Stream entry = zip.CreateEntry(name).Open();
        await entry.WriteAsync(Encoding.UTF8.GetBytes(text));
    }
}
