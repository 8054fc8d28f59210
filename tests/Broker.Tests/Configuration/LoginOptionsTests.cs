using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using NatsKestrel.Broker.Configuration;
using Xunit;

namespace NatsKestrel.Broker.Tests.Configuration;

public sealed class LoginOptionsTests
{
    [Fact]
    public void Users_permissions_accounts_and_mappings_are_read_from_configuration()
    {
        var options = Load(
            ("Nats:Authorization:Users:0:User", "ann"),
            ("Nats:Authorization:Users:0:Permissions:Publish:Allow:0", "a.>"),
            ("Nats:Authorization:Users:0:Permissions:AllowResponses:Max", "5"),
            ("Nats:Authorization:DefaultPermissions:Subscribe:Deny:1", "y"),
            ("Nats:Accounts:0:Name", "A"),
            ("Nats:Accounts:0:Exports:0:Service", "s.*"),
            ("Nats:Accounts:1:Name", "B"),
            ("Nats:Accounts:1:Imports:0:Service:Account", "A"),
            ("Nats:Accounts:1:Imports:0:Service:Subject", "s.1"),
            ("Nats:Accounts:1:Limits:MaxConnections", "7"),
            ("Nats:Mappings:0:Source", "a.b"),
            ("Nats:Mappings:0:Destinations:0:Destination", "c"),
            ("Nats:Mappings:0:Destinations:0:Weight", "50"),
            ("Nats:NoAuthUser", "ann"));

        UserOptions user = Assert.Single(options.Authorization.Users);
        Assert.Equal(["a.>"], user.Permissions!.Publish!.Allow);
        Assert.Equal(5, user.Permissions.AllowResponses!.Max);
        Assert.Equal(TimeSpan.FromMinutes(2), user.Permissions.AllowResponses.Expires);
        Assert.Equal(["y"], options.Authorization.DefaultPermissions!.Subscribe!.Deny);
        Assert.Equal("s.*", options.Accounts[0].Exports[0].Service);
        Assert.Equal(("A", "s.1"), (options.Accounts[1].Imports[0].Service!.Account, options.Accounts[1].Imports[0].Service!.Subject));
        Assert.Equal(7, options.Accounts[1].Limits.MaxConnections);
        Assert.Equal(50, options.Mappings[0].Destinations[0].Weight);
    }

    [Theory]
    [InlineData("Nats:Authorization:Users:0:Pasword", "Nats:Authorization:Users:0:Pasword (code) is no option of this server; did you mean Nats:Authorization:Users:0:Password?")]
    [InlineData("Nats:Authorization:Users:ann:User", "Nats:Authorization:Users:ann (code): the entries of Nats:Authorization:Users are numbered from 0.")]
    [InlineData("Nats:Authorization:Users", "Nats:Authorization:Users (code) is a list and takes no value itself.")]
    [InlineData("Nats:Accounts:0:Limits:MaxConnections", "Nats:Accounts:0:Limits:MaxConnections = x (code) must be a whole number of at most 2147483647.")]
    public void What_cannot_be_read_inside_a_list_is_named(string key, string problem)
    {
        Assert.Equal([problem], Problems((key, "x")));
    }

    [Theory]
    [Trait("Safety", "SEC-9")]
    [InlineData("Nats:Authorization:Token must not be set together with Users.", "Authorization:Token=t", "Authorization:Users:0:User=a")]
    [InlineData("Nats:Authorization:Token must not be set together with User and Password.", "Authorization:Token=t", "Authorization:User=a")]
    [InlineData("Nats:Authorization:User must not be set together with Users.", "Authorization:User=u", "Authorization:Users:0:User=a")]
    [InlineData("Nats:Authorization:Password needs a User beside it.", "Authorization:Password=p")]
    [InlineData("Nats:Authorization:Users:0:User is required, or an Nkey in its place.", "Authorization:Users:0:Password=p")]
    [InlineData("Nats:Accounts:0:Users:0:User must be unique over all users of all accounts.", "Authorization:Users:0:User=a", "Accounts:0:Name=A", "Accounts:0:Users:0:User=a")]
    [InlineData("Nats:Authorization:Users:0:AllowedConnectionTypes:0 must be one of STANDARD, WEBSOCKET, LEAFNODE, LEAFNODE_WS, MQTT, MQTT_WS, IN_PROCESS.", "Authorization:Users:0:User=a", "Authorization:Users:0:AllowedConnectionTypes:0=CARRIER_PIGEON")]
    [InlineData("Nats:NoAuthUser must be the name or nkey of a user in Nats:Authorization:Users or Nats:Accounts.", "NoAuthUser=nobody")]
    [InlineData("Nats:Accounts:0:Name is reserved: users of the global account stand in Nats:Authorization:Users.", "Accounts:0:Name=$G")]
    [InlineData("Nats:Accounts:1:Name must be unique.", "Accounts:0:Name=A", "Accounts:1:Name=A")]
    [InlineData("Nats:Accounts:0:Imports:0:Stream:Account must be the name of an account.", "Accounts:0:Name=A", "Accounts:0:Imports:0:Stream:Account=B")]
    [InlineData("Nats:Accounts:0:Exports:0 must have either a Stream or a Service.", "Accounts:0:Name=A", "Accounts:0:Exports:0:Accounts:0=A")]
    [InlineData("Nats:Mappings:0:Destinations must have weights of 100 at most together.", "Mappings:0:Source=a", "Mappings:0:Destinations:0:Weight=60", "Mappings:0:Destinations:1:Weight=60")]
    [InlineData("Nats:Operators must not be set together with users, tokens or accounts: in operator mode all of them come from JWTs.", "Operators:0=x", "Authorization:Users:0:User=a")]
    [InlineData("Nats:Tls:KeyFile is required beside the other.", "Tls:CertFile=c")]
    [InlineData("Nats:Tls:MinVersion must be 1.2 or 1.3.", "Tls:MinVersion=1.1")]
    [InlineData("Nats:AllowNonTls means nothing without Nats:Tls:CertFile.", "AllowNonTls=true")]
    public void Contradictions_stop_the_start(string problem, params string[] settings)
    {
        var problems = Problems([.. settings.Select(setting => setting.Split('=')).Select(pair => ("Nats:" + pair[0], pair[1]))]);

        Assert.Contains(problems, found => WithoutValue(found) == problem);
    }

    [Fact]
    [Trait("Safety", "LOG-1")]
    public void A_problem_with_a_secret_does_not_show_it()
    {
        var problems = Problems(("Nats:Authorization:Token", "canary"), ("Nats:Authorization:User", "u"), ("Nats:Authorization:Password", "canary"));

        Assert.DoesNotContain(problems, problem => problem.Contains("canary", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.StartsWith("Nats:Authorization:Token = [REDACTED] (code)", StringComparison.Ordinal));
    }

    // "Key = value (source) rule." without what stands between key and rule.
    private static string WithoutValue(string problem) =>
        System.Text.RegularExpressions.Regex.Replace(problem, @"^(\S+) = .*? \((code|default)\) ", "$1 ");

    private static IReadOnlyList<string> Problems(params (string Key, string Text)[] settings) =>
        [.. Assert.Throws<OptionsValidationException>(() => Load(settings)).Failures];

    private static NatsBrokerOptions Load(params (string Key, string Text)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => new KeyValuePair<string, string?>(s.Key, s.Text))).Build();
        using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration).AddBrokerOptions().BuildServiceProvider();
        return services.GetRequiredService<IOptions<NatsBrokerOptions>>().Value;
    }
}
