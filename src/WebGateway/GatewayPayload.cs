using System.Text;
using NatsKestrel.Broker.InProcess;

namespace NatsKestrel.WebGateway;

/// <summary>What a browser publishes: text or bytes, and headers.</summary>
public sealed record GatewayPayload
{
    /// <summary>The payload as text.</summary>
    public string? Text { get; init; }

    /// <summary>The payload as bytes (in JSON as Base64); counts where <see cref="Text"/> is null.</summary>
    public byte[]? Data { get; init; }

    /// <summary>All values of each header, or null.</summary>
    public Dictionary<string, string[]>? Headers { get; init; }

    internal ReadOnlyMemory<byte> Bytes => Text is null ? Data : Encoding.UTF8.GetBytes(Text);

    /// <exception cref="NatsException">A name or value would break the header block.</exception>
    internal MessageHeaders? ToHeaders()
    {
        if (Headers is null)
        {
            return null;
        }

        var headers = new MessageHeaders();
        try
        {
            foreach (var (name, values) in Headers)
            {
                foreach (string value in values)
                {
                    headers.Add(name, value);
                }
            }
        }
        catch (ArgumentException exception)
        {
            throw new NatsException("A header's name or value is none.", exception);
        }

        return headers;
    }
}
