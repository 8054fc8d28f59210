using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using NatsKestrel.Broker.Configuration;
using Xunit;

namespace NatsKestrel.Broker.Tests.Configuration;

/// <summary>What an operator reads about a bad setting, and what a good one becomes.</summary>
public sealed class BrokerOptionsTests
{
    [Fact]
    public void A_setting_reaches_the_option_of_its_name_whatever_its_case()
    {
        var options = Load(("Nats:Port", "4223"), ("NATS:LIMITS:MAXPAYLOAD", "1000"), ("Nats:KeepAlive:PingInterval", "00:00:30"));

        Assert.Equal(4223, options.Port);
        Assert.Equal(1000, options.Limits.MaxPayload);
        Assert.Equal(TimeSpan.FromSeconds(30), options.KeepAlive.PingInterval);
    }

    [Fact]
    public void Code_has_the_last_word()
    {
        var options = Load([("Nats:Port", "4223")], options => options.Port = 4224);

        Assert.Equal(4224, options.Port);
    }

    [Theory]
    [InlineData("Nats:Port", "abc", "Nats:Port = abc (code) must be a whole number of at most 2147483647.")]
    [InlineData("Nats:Port", "", "Nats:Port =  (code) must be a whole number of at most 2147483647.")]
    [InlineData("Nats:NoHeaderSupport", "yes", "Nats:NoHeaderSupport = yes (code) must be true or false.")]
    [InlineData("Nats:KeepAlive:PingInterval", "2m",
        "Nats:KeepAlive:PingInterval = 2m (code) must be a time written hours:minutes:seconds, such as 00:02:00.")]
    [InlineData("Nats:KeepAlive:PingInterval", "30",
        "Nats:KeepAlive:PingInterval = 30 (code) must be a time written hours:minutes:seconds, such as 00:02:00.")]
    [InlineData("Nats:Limits", "5", "Nats:Limits (code) is a group of options and takes no value itself.")]
    [InlineData("Nats:Port:Number", "5", "Nats:Port (code) must be a whole number of at most 2147483647, not a group of values.")]
    public void Unreadable_text_is_named(string key, string text, string problem)
    {
        Assert.Equal([problem], Problems((key, text)));
    }

    [Theory]
    [InlineData("Nats:Prot", "did you mean Nats:Port?")]
    [InlineData("Nats:MaxPayload", "did you mean Nats:Limits:MaxPayload?")]
    [InlineData("Nats:Limits:max_pending", "did you mean Nats:Limits:MaxPending?")]
    [InlineData("Nats:Limts:MaxPending", "did you mean Nats:Limits?")]
    public void A_misspelt_key_is_an_error_that_names_the_nearest(string key, string guess)
    {
        string problem = Assert.Single(Problems((key, "1")));

        Assert.EndsWith(guess, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_key_is_reported_without_its_value()
    {
        string problem = Assert.Single(Problems(("Nats:Passphrase", "s3cret")));

        Assert.Equal("Nats:Passphrase (code) is no option of this server.", problem);
    }

    [Theory]
    [InlineData("Nats:Port", "65536", "must be between 0 and 65535.")]
    [InlineData("Nats:Host", "", "is required.")]
    [InlineData("Nats:Host", "example.com", "must be an IP address, localhost, or * for every address.")]
    [InlineData("Nats:Host", "4222", "must be an IP address, localhost, or * for every address.")]
    [InlineData("Nats:ServerName", "my server", "must not contain spaces.")]
    [InlineData("Nats:ClientAdvertise", "host:port", "must be host or host:port, an IPv6 address in brackets.")]
    [InlineData("Nats:ClientAdvertise", "nats://host:4222", "must be host or host:port, an IPv6 address in brackets.")]
    [InlineData("Nats:Limits:MaxPayload", "67108865", "must be between 1 and 67108864.")]
    [InlineData("Nats:Limits:MaxPending", "2000", "must not be below Nats:Limits:MaxPayload (1048576).")]
    [InlineData("Nats:Limits:MaxPendingTotal", "2000", "must be 0 or not below Nats:Limits:MaxPayload (1048576).")]
    [InlineData("Nats:KeepAlive:PingInterval", "00:00:00", "must be between 00:00:00.0100000 and 1.00:00:00.")]
    [InlineData("Nats:KeepAlive:PingMax", "0", "must be between 1 and 1000.")]
    [InlineData("Nats:LameDuck:GracePeriod", "00:02:00", "must be shorter than Nats:LameDuck:Duration (00:02:00).")]
    [InlineData("Nats:Monitoring:BasePath", "/a b", "must be a plain path such as /nats.")]
    [InlineData("Nats:Monitoring:Cors", "ops.example", "must be * or one origin such as https://ops.example.")]
    public void A_value_that_breaks_a_rule_is_named_with_the_rule(string key, string text, string rule)
    {
        Assert.Equal([$"{key} = {text} (code) {rule}"], Problems((key, text)));
    }

    [Fact]
    public void A_lame_duck_shorter_than_half_a_minute_is_refused()
    {
        var problems = Problems(("Nats:LameDuck:Duration", "00:00:29"));

        Assert.Equal(["Nats:LameDuck:Duration = 00:00:29 (code) must be between 00:00:30 and 1.00:00:00."], problems);
    }

    [Theory]
    [InlineData("Nats:Host", "*")]
    [InlineData("Nats:Host", "::1")]
    [InlineData("Nats:ClientAdvertise", "nats.example")]
    [InlineData("Nats:ClientAdvertise", "nats.example:4222")]
    [InlineData("Nats:ClientAdvertise", "[::1]:4222")]
    [InlineData("Nats:Monitoring:Cors", "*")]
    [InlineData("Nats:Monitoring:Cors", "https://ops.example:8443")]
    [InlineData("Nats:Monitoring:BasePath", "nats/")]
    [InlineData("Nats:Limits:MaxSubscriptionTokens", "0")]
    public void What_the_rules_allow_is_taken(string key, string text)
    {
        var options = Load((key, text));

        Assert.Equal(OptionKeys.All[key].Parse(text), OptionKeys.All[key].Read(options));
    }

    [Fact]
    public void Every_problem_has_a_line_of_its_own()
    {
        Assert.Equal(3, Problems(("Nats:Port", "-1"), ("Nats:Host", "nowhere"), ("Nats:KeepAlive:PingMax", "0")).Count);
        Assert.Equal(2, Problems(("Nats:Port", "x"), ("Nats:Hots", "127.0.0.1")).Count);
    }

    [Fact]
    public void A_value_set_by_code_is_said_to_come_from_there()
    {
        var failure = Assert.Throws<OptionsValidationException>(() => Load([], options => options.Port = 70000));

        Assert.Equal(["Nats:Port = 70000 (code) must be between 0 and 65535."], failure.Failures);
    }

    [Fact]
    public void A_section_set_to_null_by_code_is_reported()
    {
        var failure = Assert.Throws<OptionsValidationException>(() => Load([], options => options.Limits = null!));

        Assert.Equal(["Nats:Limits is required."], failure.Failures);
    }

    [Theory]
    [InlineData(8 * 1024 * 1024, 0)]
    [InlineData((8 * 1024 * 1024) + 1, 1)]
    public void A_payload_limit_above_8_MiB_is_warned_of(int maxPayload, int warnings)
    {
        var options = new NatsBrokerOptions { Limits = { MaxPayload = maxPayload } };

        Assert.Equal(warnings, OptionWarnings.For(options).Count());
    }

    private static IReadOnlyList<string> Problems(params (string Key, string Text)[] settings) =>
        [.. Assert.Throws<OptionsValidationException>(() => Load(settings)).Failures];

    private static NatsBrokerOptions Load(params (string Key, string Text)[] settings) => Load(settings, null);

    private static NatsBrokerOptions Load((string Key, string Text)[] settings, Action<NatsBrokerOptions>? configure)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => new KeyValuePair<string, string?>(s.Key, s.Text))).Build();
        using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration).AddBrokerOptions(configure).BuildServiceProvider();
        return services.GetRequiredService<IOptions<NatsBrokerOptions>>().Value;
    }
}
