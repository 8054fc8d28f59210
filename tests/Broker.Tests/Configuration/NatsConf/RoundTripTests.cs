using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using NatsKestrel.Broker.Configuration;
using Xunit;

namespace NatsKestrel.Broker.Tests.Configuration.NatsConf;

/// <summary>A setting means the same in nats.conf, in appsettings.json and in the environment.</summary>
public sealed class RoundTripTests
{
    private const int Rounds = 300;
    private const string Prefix = "ROUNDTRIPTESTS_";

    // Each makes a value: as nats.conf has it, and as the option has it.
    private static readonly (string ConfKey, string Option, Func<Random, (string Conf, string Text)> Make)[] Settings =
    [
        ("host", "Nats:Host", random => Quoted($"127.0.0.{random.Next(1, 255)}")),
        ("port", "Nats:Port", random => Number(random.Next(1, 65536))),
        ("server_name", "Nats:ServerName", random => Quoted(Name(random))),
        ("client_advertise", "Nats:ClientAdvertise", random => Quoted($"nats.example:{random.Next(1, 65536)}")),
        ("no_header_support", "Nats:NoHeaderSupport", Flag),
        ("disable_sublist_cache", "Nats:DisableSublistCache", Flag),
        ("http_base_path", "Nats:Monitoring:BasePath", random => Quoted("/" + random.Next(100))),
        ("max_connections", "Nats:Limits:MaxConnections", random => Number(random.Next(0, 1_000_000))),
        ("max_subscriptions", "Nats:Limits:MaxSubscriptions", random => Number(random.Next(0, 1_000_000))),
        ("max_sub_tokens", "Nats:Limits:MaxSubscriptionTokens", random => Number(random.Next(1, 256))),
        ("max_control_line", "Nats:Limits:MaxControlLine", random => Size(random.Next(1, 64), 1024, "KB")),
        ("max_payload", "Nats:Limits:MaxPayload", random => Size(random.Next(1, 60), 1_000_000, "m")),
        ("max_pending", "Nats:Limits:MaxPending", random => Size(random.Next(64, 128), 1024 * 1024, "MiB")),
        ("max_closed_clients", "Nats:Limits:MaxClosedClients", random => Number(random.Next(1, 100_000))),
        ("ping_interval", "Nats:KeepAlive:PingInterval", Duration),
        ("ping_max", "Nats:KeepAlive:PingMax", random => Number(random.Next(1, 100))),
        ("write_deadline", "Nats:SlowConsumers:WriteDeadline", Duration),
        ("no_fast_producer_stall", "Nats:SlowConsumers:NoFastProducerStall", Flag),
        ("lame_duck_duration", "Nats:LameDuck:Duration", random => Seconds(random.Next(60, 3600))),
        ("lame_duck_grace_period", "Nats:LameDuck:GracePeriod", random => Seconds(random.Next(0, 60))),
    ];

    [Fact]
    public void Three_ways_of_writing_a_setting_bind_to_the_same_options()
    {
        for (int seed = 0; seed < Rounds; seed++)
        {
            var random = new Random(seed);
            var chosen = Settings.Where(_ => random.Next(2) == 0).Select(setting => (setting.ConfKey, setting.Option, Value: setting.Make(random))).ToArray();
            random.Shuffle(chosen);

            string expected = Describe(Bind(new ConfigurationBuilder().AddInMemoryCollection(FromConf(random, chosen))));

            Assert.Equal(expected, Describe(Bind(new ConfigurationBuilder().AddJsonStream(Json(chosen)))));
            Assert.Equal(expected, Describe(FromEnvironment(chosen)));
        }
    }

    private static Dictionary<string, string?> FromConf(Random random, (string ConfKey, string Option, (string Conf, string Text) Value)[] chosen)
    {
        string[] separators = [": ", " = ", " ", ":"];
        string[] ends = ["\n", ";\n", ",\n", " # a comment\n", " // another\n", "; ", ", "];
        var text = new StringBuilder();
        foreach (var (key, _, value) in chosen)
        {
            string name = random.Next(3) == 0 ? $"\"{key}\"" : random.Next(3) == 0 ? key.ToUpperInvariant() : key;
            text.Append(name).Append(separators[random.Next(separators.Length)]).Append(value.Conf).Append(ends[random.Next(ends.Length)]);
        }

        var file = ConfText.Check(text.ToString());
        Assert.Empty(file.Errors);
        return file.Settings.ToDictionary(pair => pair.Key, pair => (string?)pair.Value.Text);
    }

    private static MemoryStream Json((string ConfKey, string Option, (string Conf, string Text) Value)[] chosen)
    {
        var root = new JsonObject();
        foreach (var (_, option, value) in chosen)
        {
            var node = root;
            string[] parts = option.Split(':');
            foreach (string part in parts.SkipLast(1))
            {
                node[part] ??= new JsonObject();
                node = node[part]!.AsObject();
            }

            node[parts[^1]] = value.Text;
        }

        return new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(root));
    }

    private static NatsBrokerOptions FromEnvironment((string ConfKey, string Option, (string Conf, string Text) Value)[] chosen)
    {
        string[] variables = [.. chosen.Select(setting => Prefix + setting.Option.Replace(":", "__", StringComparison.Ordinal))];
        try
        {
            for (int i = 0; i < chosen.Length; i++)
            {
                Environment.SetEnvironmentVariable(variables[i], chosen[i].Value.Text);
            }

            return Bind(new ConfigurationBuilder().AddEnvironmentVariables(Prefix));
        }
        finally
        {
            foreach (string variable in variables)
            {
                Environment.SetEnvironmentVariable(variable, null);
            }
        }
    }

    private static NatsBrokerOptions Bind(IConfigurationBuilder builder)
    {
        var options = new NatsBrokerOptions();
        new BrokerOptionsSetup(builder.Build()).Configure(options);
        return options;
    }

    private static string Describe(NatsBrokerOptions options) =>
        string.Join('\n', OptionKeys.All.Values.Select(option => $"{option.Path} = {Convert.ToString(option.Read(options), CultureInfo.InvariantCulture)}"));

    private static (string Conf, string Text) Number(int number) => ($"{number}", $"{number}");

    private static (string Conf, string Text) Size(int number, int unit, string suffix) => ($"{number}{suffix}", $"{number * unit}");

    private static (string Conf, string Text) Quoted(string text) => ($"\"{text}\"", text);

    private static (string Conf, string Text) Flag(Random random) => random.Next(2) == 0
        ? (new[] { "true", "yes", "ON" }[random.Next(3)], "true")
        : (new[] { "false", "no", "Off" }[random.Next(3)], "false");

    private static (string Conf, string Text) Duration(Random random)
    {
        int milliseconds = random.Next(100, 600_000);
        return ($"\"{milliseconds / 1000}s{milliseconds % 1000}ms\"", TimeSpan.FromMilliseconds(milliseconds).ToString("c", CultureInfo.InvariantCulture));
    }

    private static (string Conf, string Text) Seconds(int seconds) => ($"'{seconds}s'", TimeSpan.FromSeconds(seconds).ToString("c", CultureInfo.InvariantCulture));

    private static string Name(Random random) => string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => (char)random.Next('a', 'z' + 1)));
}
