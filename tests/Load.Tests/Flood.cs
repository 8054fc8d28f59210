using System.Text;

namespace NatsKestrel.Load.Tests;

/// <summary>One publisher that sends as fast as the server lets it.</summary>
internal static class Flood
{
    /// <summary>Publishes until told to stop.</summary>
    /// <returns>Messages sent.</returns>
    public static async Task<long> RunAsync(LoadClient publisher, string subject, int payload, CancellationToken stop)
    {
        byte[] message = Encoding.Latin1.GetBytes($"PUB {subject} {payload}\r\n{new string('x', payload)}\r\n");
        int count = Math.Max(1, 64 * 1024 / message.Length);
        byte[] chunk = [.. Enumerable.Repeat(message, count).SelectMany(bytes => bytes)];
        long sent = 0;
        while (!stop.IsCancellationRequested)
        {
            // A message begun is a message finished: the server must be able to read what comes after.
            await publisher.SendAsync(chunk, CancellationToken.None);
            sent += count;
        }

        return sent;
    }
}
