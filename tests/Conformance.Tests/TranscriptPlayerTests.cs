using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Xunit;

namespace NatsKestrel.Conformance.Tests;

/// <summary>The player finds what differs: a test that cannot fail proves nothing.</summary>
public sealed class TranscriptPlayerTests
{
    private const string Info = "INFO {\"proto\":1} \r\n";

    [Theory]
    [InlineData("A> hello\nA< world\n")]
    [InlineData("A> hello\nA<| moon\nA<| world\n")]
    [InlineData("A> both\nA<? two\nA<? one\n")]
    [InlineData("A< INFO proto=1 nonce=absent\nA> hello\nA< world\n")]
    [InlineData("A> bye\nA< bye\nA: closed\n")]
    [InlineData("A> hello\nA: ends\nA< world\nA: closed\n")]
    [InlineData("A> server-ping\nA: sync\n")]
    [InlineData("A: sync\nA: leaves\n")]
    public async Task What_agrees_passes(string steps)
    {
        await PlayAsync(steps);
    }

    [Theory]
    [InlineData("A> hello\nA< wurld\n")]
    [InlineData("A> hello\nA< worl\\\n")]
    [InlineData("A> hello\n")]
    [InlineData("A> hello\nA<| moon\nA<| sun\n")]
    [InlineData("A> both\nA<? one\nA<? three\n")]
    [InlineData("A> both\nA<| one\nA<| two\n")]
    [InlineData("A< INFO proto=2\n")]
    [InlineData("A< INFO nonce=present\n")]
    [InlineData("A> bye\nA: closed\n")]
    [InlineData("A> bye\nA< bye\n")]
    [InlineData("A> bye\nA< bye bye\n")]
    [InlineData("server: ping_interval 1ms\nA> server-ping\nA: sync\n")]
    public async Task What_differs_fails(string steps)
    {
        var exception = await Assert.ThrowsAsync<TranscriptMismatchException>(() => PlayAsync(steps));

        Assert.StartsWith("file.txt:", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_memory_every_byte_is_a_read_of_its_own_when_asked_for()
    {
        var server = new ScriptedServer();

        await PlayAsync("A> hello\nA< world\nA: ends\nA: closed\n", server, oneByteAtATime: true);

        Assert.Equal("hello\r\n".Length, server.Reads);
    }

    private static Task PlayAsync(string steps, ScriptedServer? server = null, bool oneByteAtATime = false)
    {
        Transcript transcript = Assert.Single(TranscriptReader.Read("file", $"== case\n{steps}"));
        var target = new InMemoryTarget(server ?? new ScriptedServer());
        return TranscriptPlayer.PlayAsync(transcript, target, oneByteAtATime, TestContext.Current.CancellationToken);
    }

    /// <summary>Knows a few words and their answers.</summary>
    private sealed class ScriptedServer : ConnectionHandler
    {
        public int Reads { get; private set; }

        public override async Task OnConnectedAsync(ConnectionContext connection)
        {
            await AnswerAsync(connection, Info);
            while (true)
            {
                ReadResult read = await connection.Transport.Input.ReadAsync();
                if (read.Buffer.IsEmpty && read.IsCompleted)
                {
                    return;
                }

                Reads++;
                ReadOnlySequence<byte> unread = read.Buffer;
                while (unread.PositionOf((byte)'\n') is { } lineEnd)
                {
                    string word = Encoding.Latin1.GetString(unread.Slice(0, lineEnd)).TrimEnd('\r');
                    unread = unread.Slice(unread.GetPosition(1, lineEnd));
                    await AnswerAsync(connection, word switch
                    {
                        "hello" => "world\r\n",
                        "both" => "one\r\ntwo\r\n",
                        "server-ping" => "PING\r\n",
                        "PING" => "PONG\r\n",
                        _ => $"{word}\r\n",
                    });
                    if (word == "bye")
                    {
                        return;
                    }
                }

                connection.Transport.Input.AdvanceTo(unread.Start, unread.End);
            }
        }

        private static async Task AnswerAsync(ConnectionContext connection, string text) =>
            await connection.Transport.Output.WriteAsync(Encoding.Latin1.GetBytes(text));
    }
}
