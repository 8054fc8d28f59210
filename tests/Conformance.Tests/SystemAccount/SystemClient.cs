using System.Globalization;
using System.Text;
using System.Text.Json;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Conformance.Tests.SystemAccount;

/// <summary>A client of bare lines with an inbox.</summary>
internal sealed class SystemClient(RawClient client, string info) : IAsyncDisposable
{
    private const string Inbox = "_INBOX.test";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The id of the server it is connected to.</summary>
    public string ServerId => Info("server_id").GetString()!;

    /// <summary>Its own number there.</summary>
    public ulong Id => Info("client_id").GetUInt64();

    /// <summary>Connects, and waits until the server has taken it.</summary>
    /// <param name="port">The server.</param>
    /// <param name="user">The user; the password is <c>p</c>.</param>
    /// <param name="options">More options, with a leading comma.</param>
    public static async Task<SystemClient> ConnectAsync(int port, string user, string options = ",\"protocol\":1")
    {
        RawClient raw = await RawClient.ConnectAsync(ReferenceServer.Host, port, Cancellation);
        var client = new SystemClient(raw, (await raw.ReadLineAsync(Cancellation))["INFO ".Length..]);
        await client.TakeInAsync($"\"lang\":\"test\",\"version\":\"1\",\"name\":\"{user}\",\"user\":\"{user}\",\"pass\":\"p\"{options}");
        return client;
    }

    /// <summary>The same in operator mode.</summary>
    /// <param name="port">The server.</param>
    /// <param name="jwt">The user's JWT.</param>
    /// <param name="user">Who signs the server's nonce.</param>
    public static async Task<SystemClient> LogInAsync(int port, string jwt, TestNkey user)
    {
        RawClient raw = await RawClient.ConnectAsync(ReferenceServer.Host, port, Cancellation);
        var client = new SystemClient(raw, (await raw.ReadLineAsync(Cancellation))["INFO ".Length..]);
        await client.TakeInAsync($"\"jwt\":\"{jwt}\",\"sig\":\"{user.Sign(client.Info("nonce").GetString()!)}\"");
        return client;
    }

    /// <summary>Subscribes.</summary>
    /// <param name="subscription">Subject, perhaps a queue group, and sid.</param>
    public async Task SubscribeAsync(string subscription)
    {
        await SendAsync($"SUB {subscription}\r\n");
        await FlushAsync();
    }

    /// <summary>Publishes a message with a reply to its inbox.</summary>
    public Task AskAsync(string subject, string body = "", string header = "")
    {
        string block = header.Length > 0 ? $"NATS/1.0\r\n{header}\r\n\r\n" : "";
        return SendAsync(block.Length > 0
            ? $"HPUB {subject} {Inbox} {block.Length} {block.Length + body.Length}\r\n{block}{body}\r\n"
            : $"PUB {subject} {Inbox} {body.Length}\r\n{body}\r\n");
    }

    /// <summary>Publishes a message with headers and without reply.</summary>
    public Task PublishAsync(string subject, string header, string body = "hello", string reply = "")
    {
        string block = $"NATS/1.0\r\n{header}\r\n\r\n";
        return SendAsync($"HPUB {subject} {reply} {block.Length} {block.Length + body.Length}\r\n{block}{body}\r\n");
    }

    /// <summary>Asks, and waits for the first message that comes.</summary>
    public async Task<SystemMessage> RequestAsync(string subject, string body = "", string header = "")
    {
        await AskAsync(subject, body, header);
        return await ReadAsync();
    }

    /// <summary>The next message.</summary>
    public async Task<SystemMessage> ReadAsync()
    {
        string line;
        do
        {
            line = await client.ReadLineAsync(Cancellation);
            Assert.NotEmpty(line);
        }
        while (line == "PING\r\n");
        Assert.True(line.StartsWith("MSG ", StringComparison.Ordinal) || line.StartsWith("HMSG ", StringComparison.Ordinal), line);
        string[] words = line.TrimEnd().Split(' ');
        string body = await client.ReadAsync(int.Parse(words[^1], CultureInfo.InvariantCulture) + 2, Cancellation);
        int headerLength = words[0] == "HMSG" ? int.Parse(words[^2], CultureInfo.InvariantCulture) : 0;
        string form = string.Join(' ', words[..(headerLength > 0 ? ^2 : ^1)]);
        return new SystemMessage(form, words[1], body[..headerLength], Encoding.Latin1.GetBytes(body[headerLength..^2]));
    }

    /// <summary>The next line that is no message.</summary>
    public Task<string> ReadLineAsync() => client.ReadLineAsync(Cancellation);

    public Task SendAsync(string text) => client.SendAsync(text, Cancellation);

    /// <summary>Waits until the server has done all that was sent to it.</summary>
    public async Task FlushAsync()
    {
        await SendAsync("PING\r\n");
        await client.ReadUntilAsync("PONG\r\n", Cancellation);
    }

    public ValueTask DisposeAsync() => client.DisposeAsync();

    private async Task TakeInAsync(string login)
    {
        await SendAsync($"CONNECT {{\"verbose\":false,\"pedantic\":false,\"headers\":true,\"no_responders\":true,{login}}}\r\n");
        await FlushAsync();
        await FlushAsync(); // takes in the INFO that follows the first PONG
        await SubscribeAsync($"{Inbox} inbox");
    }

    private JsonElement Info(string name) => JsonDocument.Parse(info).RootElement.GetProperty(name);
}

/// <summary>A message as it came.</summary>
/// <param name="Form">Its line without the sizes: two blanks where nats-server leaves the reply empty show at its end.</param>
/// <param name="Subject">Its subject.</param>
/// <param name="Header">Its header block, or empty.</param>
/// <param name="Body">Its payload.</param>
internal sealed record SystemMessage(string Form, string Subject, string Header, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>Its JSON, or what is below that name.</summary>
    public JsonElement Json(params string[] names) =>
        names.Aggregate(JsonDocument.Parse(Body).RootElement, (element, name) => element.GetProperty(name));
}
