using System.Buffers.Binary;
using System.Text;
using NatsKestrel.Testing;

namespace NatsKestrel.WebGateway.Tests.WebSocket;

/// <summary>A WebSocket client that sends the frames it is given, right or wrong, and shows the frames that came back. Text is Latin-1.</summary>
internal sealed class RawWebSocket(RawClient client, string answer) : IAsyncDisposable
{
    private static readonly byte[] MaskKey = [0x12, 0x34, 0x56, 0x78];

    /// <summary>The head of the answer to the upgrade request.</summary>
    public string Answer => answer;

    public RawClient Client => client;

    /// <summary>A frame's bytes.</summary>
    /// <param name="first">Final bit, reserved bits and opcode.</param>
    /// <param name="payload">The payload, unmasked.</param>
    /// <param name="isMasked">False leaves the mask out.</param>
    public static byte[] Frame(byte first, ReadOnlySpan<byte> payload, bool isMasked = true)
    {
        var frame = new List<byte> { first };
        byte mask = isMasked ? (byte)0x80 : (byte)0;
        if (payload.Length < 126)
        {
            frame.Add((byte)(mask | payload.Length));
        }
        else if (payload.Length <= ushort.MaxValue)
        {
            frame.AddRange([(byte)(mask | 126), (byte)(payload.Length >> 8), (byte)payload.Length]);
        }
        else
        {
            var length = new byte[8];
            BinaryPrimitives.WriteInt64BigEndian(length, payload.Length);
            frame.AddRange([(byte)(mask | 127), .. length]);
        }

        if (isMasked)
        {
            frame.AddRange(MaskKey);
        }

        for (int i = 0; i < payload.Length; i++)
        {
            frame.Add((byte)(payload[i] ^ (isMasked ? MaskKey[i & 3] : 0)));
        }

        return [.. frame];
    }

    public static byte[] Frame(byte first, string payload, bool isMasked = true) => Frame(first, Encoding.Latin1.GetBytes(payload), isMasked);

    /// <summary>Sends text in one binary message.</summary>
    public Task SendAsync(string text) => client.SendAsync(Frame(0x82, text));

    public Task SendAsync(byte[] bytes) => client.SendAsync(bytes);

    /// <summary>Reads the next frame; first is 0 at the end of the connection.</summary>
    public async Task<(byte First, string Payload)> ReadFrameAsync()
    {
        if (!await client.WaitForAsync(2))
        {
            return (0, "");
        }

        (byte first, int length, int header) = (client.Received[0], client.Received[1], 2);
        if (length == 126)
        {
            await client.WaitForAsync(4);
            (length, header) = (BinaryPrimitives.ReadUInt16BigEndian(client.Received[2..]), 4);
        }
        else if (length == 127)
        {
            await client.WaitForAsync(10);
            (length, header) = ((int)BinaryPrimitives.ReadUInt64BigEndian(client.Received[2..]), 10);
        }

        client.Take(header);
        return (first, await client.ReadAsync(length));
    }

    /// <summary>Reads data frames until all that they held ends in a text.</summary>
    public async Task<string> ReadUntilAsync(string end)
    {
        string read = "";
        while (!read.EndsWith(end, StringComparison.Ordinal))
        {
            var (first, payload) = await ReadFrameAsync();
            read += first == 0x82 ? payload : throw new InvalidOperationException($"After '{read}' came frame {first:x2} with '{payload}'.");
        }

        return read;
    }

    /// <summary>Reads until the server's Close frame.</summary>
    /// <returns>Its status and reason (-1 where it has none), or 0 where the connection ended without one; and the bytes that came before.</returns>
    public async Task<(int Status, string Reason, string Before)> ReadCloseAsync()
    {
        string before = "";
        while (true)
        {
            var (first, payload) = await ReadFrameAsync();
            if (first is 0 or 0x88)
            {
                int status = first == 0 ? 0 : payload.Length < 2 ? -1 : (payload[0] << 8) | payload[1];
                return (status, payload.Length > 2 ? payload[2..] : "", before);
            }

            before += payload;
        }
    }

    public ValueTask DisposeAsync() => client.DisposeAsync();
}
