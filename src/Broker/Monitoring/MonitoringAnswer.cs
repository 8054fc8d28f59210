using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>Writes answers with the reference server's headers.</summary>
/// <param name="cors">Value of <c>Access-Control-Allow-Origin</c> on JSON; empty sends none.</param>
internal sealed class MonitoringAnswer(string cors)
{
    /// <summary>Sends a short answer with its length.</summary>
    public Task JsonAsync<T>(HttpContext context, T answer, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) =>
        JsonAsync(context, JsonSerializer.SerializeToUtf8Bytes(answer, type), status);

    /// <summary>Sends JSON that is already written.</summary>
    public Task JsonAsync(HttpContext context, ReadOnlyMemory<byte> json, int status = StatusCodes.Status200OK)
    {
        SetJsonHeaders(context.Response);
        return BytesAsync(context, status, json);
    }

    /// <summary>Sends an answer while it is being written, so that a long one never lies in memory as a whole.</summary>
    public Task LongJsonAsync<T>(HttpContext context, T answer, JsonTypeInfo<T> type)
    {
        SetJsonHeaders(context.Response);
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : JsonSerializer.SerializeAsync(context.Response.BodyWriter, answer, type, context.RequestAborted);
    }

    /// <summary>Sends a plain text without a line end: what the reference does for everything that went wrong.</summary>
    public static Task TextAsync(HttpContext context, int status, string text)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        return BytesAsync(context, status, Encoding.UTF8.GetBytes(text));
    }

    public static Task HtmlAsync(HttpContext context, string html)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        return BytesAsync(context, StatusCodes.Status200OK, Encoding.UTF8.GetBytes(html));
    }

    private void SetJsonHeaders(HttpResponse response)
    {
        response.ContentType = "application/json";
        if (cors.Length > 0)
        {
            response.Headers.AccessControlAllowOrigin = cors;
        }
    }

    private static async Task BytesAsync(HttpContext context, int status, ReadOnlyMemory<byte> bytes)
    {
        context.Response.StatusCode = status;
        context.Response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.BodyWriter.WriteAsync(bytes, context.RequestAborted);
        }
    }
}
