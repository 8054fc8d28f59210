using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using NatsKestrel.Broker.Protocol;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>Writes answers with the reference server's headers.</summary>
/// <param name="cors">Value of <c>Access-Control-Allow-Origin</c> on JSON; empty sends none.</param>
internal sealed class MonitoringAnswer(string cors)
{
    // A long answer goes out in pieces of about this many bytes.
    private const int FlushedAt = 16 * 1024;

    /// <summary>Sends a short answer with its length.</summary>
    public Task JsonAsync<T>(HttpContext context, T answer, Action<Utf8JsonWriter, T> write) => JsonAsync(context, answer, write, GoJson.Indented);

    /// <summary>Sends a short answer in another layout, or with another status.</summary>
    public Task JsonAsync<T>(HttpContext context, T answer, Action<Utf8JsonWriter, T> write, JsonWriterOptions layout, int status = StatusCodes.Status200OK) =>
        JsonAsync(context, GoJson.Bytes(answer, write, layout), status);

    /// <summary>Sends JSON that is already written.</summary>
    public Task JsonAsync(HttpContext context, ReadOnlyMemory<byte> json, int status = StatusCodes.Status200OK)
    {
        SetJsonHeaders(context.Response);
        return BytesAsync(context, status, json);
    }

    /// <summary>Sends an answer that ends with a list, entry by entry: a long one never lies in memory as a whole.</summary>
    /// <param name="context">The request.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="head">The same with an empty list, which is its last member.</param>
    /// <param name="write">How both become JSON.</param>
    /// <param name="entries">The list; null where the answer has none.</param>
    /// <param name="writeEntry">How an entry becomes JSON.</param>
    public Task LongJsonAsync<T, TEntry>(
        HttpContext context, T answer, T head, Action<Utf8JsonWriter, T> write, IReadOnlyList<TEntry>? entries, Action<Utf8JsonWriter, TEntry> writeEntry)
    {
        if (entries is not { Count: > 0 })
        {
            return JsonAsync(context, answer, write);
        }

        SetJsonHeaders(context.Response);
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : ListAsync(context, GoJson.Bytes(head, write, GoJson.Indented), entries, writeEntry);
    }

    private static async Task ListAsync<TEntry>(HttpContext context, ReadOnlyMemory<byte> head, IReadOnlyList<TEntry> entries, Action<Utf8JsonWriter, TEntry> writeEntry)
    {
        // What follows the empty list's first bracket is written once more, behind the entries.
        PipeWriter body = context.Response.BodyWriter;
        await body.WriteAsync(head[..head.Span.LastIndexOf((byte)']')], context.RequestAborted);

        var buffer = new ArrayBufferWriter<byte>(2 * FlushedAt);
        using var writer = new Utf8JsonWriter(buffer, GoJson.Indented);
        writer.WriteStartObject();
        writer.WriteStartArray("entries");
        writer.Flush();
        buffer.ResetWrittenCount();
        foreach (TEntry entry in entries)
        {
            writeEntry(writer, entry);
            if (writer.BytesPending + buffer.WrittenCount >= FlushedAt)
            {
                writer.Flush();
                await body.WriteAsync(buffer.WrittenMemory, context.RequestAborted);
                buffer.ResetWrittenCount();
            }
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        await body.WriteAsync(buffer.WrittenMemory, context.RequestAborted);
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
