using System.Threading.Channels;
using NatsKestrel.Broker.InProcess;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Broker.Tests.InProcess;

/// <summary>The README's example of the in-process client, compiled and run.</summary>
public sealed class ReadmeExampleTests
{
    [Fact]
    public async Task The_example_runs()
    {
        await using var broker = await BrokerFixture.StartAsync();
        var output = new StringWriter();

        await ExampleAsync(broker.Server, output);

        Assert.Equal(["hello, joe", "0 1 2 3 4 5 6 7 8 9 "], output.ToString().Split(output.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void The_README_shows_it()
    {
        string[] source = File.ReadAllLines(Path.Combine(Repository.Root, "tests", "Broker.Tests", "InProcess", "ReadmeExampleTests.cs"));
        string readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md")).ReplaceLineEndings("\n");
        int start = Array.FindIndex(source, line => line.Contains("README: from here", StringComparison.Ordinal)) + 1;
        int end = Array.FindIndex(source, line => line.Contains("README: to here", StringComparison.Ordinal));

        string example = string.Join('\n', source[start..end].Select(line => line.Length < 8 ? line : line[8..]));

        Assert.Contains(example, readme, StringComparison.Ordinal);
    }

    private static async Task ExampleAsync(NatsServer server, TextWriter output)
    {
        // README: from here
        await using InProcessClient client = server.Connect("orders");

        // A service, and a request to it; any other NATS client may be at either end.
        await using var service = client.Subscribe("greet.*", message => message.ReplyAsync($"hello, {message.Subject.Split('.')[1]}"));
        NatsMessage answer = await client.RequestAsync("greet.joe", "");
        await output.WriteLineAsync(answer.Text);

        // A channel over a subject: what is written here arrives wherever somebody reads "numbers".
        using SubjectReader<int> reader = client.OpenReader<int>("numbers");
        ChannelWriter<int> writer = client.OpenWriter<int>("numbers");
        for (int i = 0; i < 10; i++)
        {
            await writer.WriteAsync(i);
        }

        await foreach (int number in reader.ReadAllAsync())
        {
            await output.WriteAsync($"{number} ");
            if (number == 9)
            {
                break;
            }
        }
        // README: to here

        await output.WriteLineAsync();
    }
}
