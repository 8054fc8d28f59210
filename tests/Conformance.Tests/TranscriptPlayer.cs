using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using NatsKestrel.Testing;

namespace NatsKestrel.Conformance.Tests;

/// <summary>Plays one transcript against one server, and fails at the first byte that differs.</summary>
internal sealed class TranscriptPlayer
{
    private static readonly byte[] Ping = "PING\r\n"u8.ToArray();
    private static readonly byte[] Pong = "PONG\r\n"u8.ToArray();

    private readonly Transcript _transcript;
    private readonly ITranscriptTarget _target;
    private readonly bool _oneByteAtATime;
    private readonly bool _serverPingsMatter;
    private readonly Dictionary<string, RawClient> _clients = [];
    private readonly CancellationToken _cancellationToken;

    private TranscriptPlayer(Transcript transcript, ITranscriptTarget target, bool oneByteAtATime, CancellationToken cancellationToken)
    {
        _transcript = transcript;
        _target = target;
        _oneByteAtATime = oneByteAtATime;
        _serverPingsMatter = transcript.Settings.ContainsKey("ping_interval");
        _cancellationToken = cancellationToken;
    }

    /// <summary>Plays the steps meant for the target's side.</summary>
    /// <param name="transcript">What is played.</param>
    /// <param name="target">The server.</param>
    /// <param name="oneByteAtATime">True sends every byte in a write of its own.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task PlayAsync(Transcript transcript, ITranscriptTarget target, bool oneByteAtATime, CancellationToken cancellationToken)
    {
        var player = new TranscriptPlayer(transcript, target, oneByteAtATime, cancellationToken);
        try
        {
            await player.PlayAsync();
        }
        finally
        {
            await player.LeaveAllAsync();
        }
    }

    private async Task PlayAsync()
    {
        Step? last = null;
        foreach (Step step in _transcript.Steps.Where(step => step.For is null || step.For == _target.Side))
        {
            last = step;
            await ExplainAsync(step, () => PlayAsync(step));
        }

        // The first round waits until everything sent has been processed, the second finds what that made the server send.
        for (int round = 0; round < (_clients.Count > 1 ? 2 : 1); round++)
        {
            foreach (string name in _clients.Keys)
            {
                await ExplainAsync(last! with { Client = name, Action = StepAction.Sync }, () => SyncAsync(_clients[name]));
            }
        }
    }

    private async Task PlayAsync(Step step)
    {
        RawClient client = await ClientAsync(step);
        switch (step.Action)
        {
            case StepAction.Send:
                await SendAsync(client, step.Texts[0]);
                break;
            case StepAction.Expect:
                await ExpectAsync(client, step.Texts[0]);
                break;
            case StepAction.ExpectInAnyOrder:
                await ExpectInAnyOrderAsync(client, step.Texts);
                break;
            case StepAction.ExpectOneOf:
                await ExpectOneOfAsync(client, step.Texts);
                break;
            case StepAction.ExpectInfo:
                await ExpectInfoAsync(client, step.Fields);
                break;
            case StepAction.Sync:
                await SyncAsync(client);
                break;
            case StepAction.ExpectClosed:
                await ExpectClosedAsync(client);
                await ForgetAsync(step.Client);
                break;
            case StepAction.EndSending:
                client.EndSending();
                break;
            case StepAction.Leave:
                await LeaveAsync(step.Client);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(step), step.Action, null);
        }
    }

    private async Task<RawClient> ClientAsync(Step step)
    {
        if (!_clients.TryGetValue(step.Client, out RawClient? client))
        {
            client = await _target.ConnectAsync(_cancellationToken);
            _clients.Add(step.Client, client);
            if (step.Action is not StepAction.ExpectInfo)
            {
                await ExpectInfoAsync(client, []);
            }
        }

        return client;
    }

    private async Task SendAsync(RawClient client, byte[] bytes)
    {
        int size = _oneByteAtATime ? 1 : bytes.Length;
        for (int sent = 0; sent < bytes.Length; sent += size)
        {
            await client.SendAsync(bytes.AsMemory(sent, size), _cancellationToken);
        }
    }

    private async Task SyncAsync(RawClient client)
    {
        await client.SendAsync(Ping, _cancellationToken);
        await ExpectAsync(client, Pong);
    }

    private async Task ExpectAsync(RawClient client, byte[] expected)
    {
        await SkipServerPingAsync(client, expected);
        int same = 0;
        while (same < expected.Length)
        {
            if (!await client.WaitForAsync(same + 1, _cancellationToken))
            {
                throw new TranscriptMismatchException($"expected {Show(expected)}\nbut the server closed");
            }

            same = client.Received.CommonPrefixLength(expected);
            if (same < expected.Length && same < client.Received.Length)
            {
                throw new TranscriptMismatchException($"expected {Show(expected)}");
            }
        }

        client.Take(expected.Length);
    }

    private async Task ExpectInAnyOrderAsync(RawClient client, ImmutableArray<byte[]> texts)
    {
        while (!texts.IsEmpty)
        {
            byte[] found = await ExpectOneOfAsync(client, texts);
            texts = texts.Remove(found);
        }
    }

    private async Task<byte[]> ExpectOneOfAsync(RawClient client, ImmutableArray<byte[]> texts)
    {
        await SkipServerPingAsync(client, []);
        while (true)
        {
            // No text may begin another one (the corpus has none such), or the shorter would be taken for the longer.
            if (texts.FirstOrDefault(text => client.Received.StartsWith(text)) is { } found)
            {
                client.Take(found.Length);
                return found;
            }

            bool possible = texts.Any(text => text.AsSpan().StartsWith(client.Received));
            if (!possible || !await client.WaitForAsync(client.Received.Length + 1, _cancellationToken))
            {
                throw new TranscriptMismatchException($"expected {string.Join("\n      or ", texts.Select(Show))}");
            }
        }
    }

    private async Task ExpectInfoAsync(RawClient client, ImmutableArray<KeyValuePair<string, string>> fields)
    {
        await SkipServerPingAsync(client, []);
        string line = await client.ReadLineAsync(_cancellationToken);
        if (!line.StartsWith("INFO {", StringComparison.Ordinal) || !line.EndsWith("} \r\n", StringComparison.Ordinal))
        {
            throw new TranscriptMismatchException($"expected 'INFO {{…}} \\r\\n'\nbut found {Show(Encoding.Latin1.GetBytes(line))}");
        }

        using JsonDocument info = JsonDocument.Parse(Encoding.Latin1.GetBytes(line[5..]));
        foreach ((string name, string expected) in fields)
        {
            string actual = info.RootElement.TryGetProperty(name, out JsonElement value) ? value.GetRawText() : "absent";
            if (expected is "present" ? actual is "absent" : actual != expected)
            {
                throw new TranscriptMismatchException($"expected INFO with {name}={expected}\nbut found {name}={actual}");
            }
        }
    }

    private async Task ExpectClosedAsync(RawClient client)
    {
        await SkipServerPingAsync(client, []);
        if (!client.Received.IsEmpty || await client.WaitForAsync(1, _cancellationToken))
        {
            throw new TranscriptMismatchException("expected the server to close");
        }
    }

    private async Task SkipServerPingAsync(RawClient client, byte[] expected)
    {
        if (_serverPingsMatter || expected.AsSpan().StartsWith(Ping))
        {
            return;
        }

        // PI is enough to tell: PONG shares only the first letter.
        if (await client.WaitForAsync(2, _cancellationToken) && client.Received.StartsWith("PI"u8)
            && await client.WaitForAsync(Ping.Length, _cancellationToken) && client.Received.StartsWith(Ping))
        {
            client.Take(Ping.Length);
        }
    }

    private async Task ForgetAsync(string name)
    {
        await _clients[name].DisposeAsync();
        _clients.Remove(name);
    }

    /// <summary>Goes and waits for the server to notice, so that the next case finds none of this client's subscriptions.</summary>
    private async Task LeaveAsync(string name)
    {
        _clients[name].EndSending();
        await _clients[name].ReadToEndAsync(_cancellationToken);
        await ForgetAsync(name);
    }

    private async Task LeaveAllAsync()
    {
        foreach (string name in _clients.Keys.ToArray())
        {
            try
            {
                await LeaveAsync(name);
            }
            catch (Exception exception) when (exception is IOException or TimeoutException or System.Net.Sockets.SocketException)
            {
                // The case has failed already, and that failure is the one to report.
                await ForgetAsync(name);
            }
        }
    }

    private async Task ExplainAsync(Step step, Func<Task> play)
    {
        try
        {
            await play();
        }
        catch (Exception exception) when (exception is TranscriptMismatchException or TimeoutException or IOException or JsonException)
        {
            string received = _clients.TryGetValue(step.Client, out RawClient? client) ? Show(client.Received) : "";
            throw new TranscriptMismatchException($"""
                {_transcript.File}.txt:{step.Line}: {_transcript.Name}
                {step.Client} {step.Action}: {exception.Message}
                received {received}
                """, exception);
        }
    }

    private static string Show(byte[] bytes) => Show(bytes.AsSpan());

    private static string Show(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        foreach (byte value in bytes[..Math.Min(bytes.Length, 400)])
        {
            text.Append(value switch
            {
                (byte)'\r' => @"\r",
                (byte)'\n' => @"\n",
                >= 0x20 and < 0x7f => ((char)value).ToString(),
                _ => $"\\x{value:x2}",
            });
        }

        return bytes.Length > 400 ? $"{text}… ({bytes.Length} bytes)" : text.ToString();
    }
}
