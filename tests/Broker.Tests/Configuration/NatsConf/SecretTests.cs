using NatsKestrel.Broker.Configuration.NatsConf;
using Xunit;

namespace NatsKestrel.Broker.Tests.Configuration.NatsConf;

/// <summary>What an operator reads, and may paste anywhere, never holds a secret of the file.</summary>
public sealed class SecretTests
{
    private const string Canary = "12345678901234567890";

    [Theory]
    [Trait("Safety", "LOG-1")]
    [Trait("Safety", "LOG-3")]
    [Trait("Safety", "SEC-10")]
    [InlineData("authorization { user: a, password: 12345678901234567890 }")]
    [InlineData("authorization { user: a, pass: 12345678901234567890 }")]
    [InlineData("authorization { token: 12345678901234567890 }")]
    [InlineData("authorization { token: [12345678901234567890] }")]
    [InlineData("authorization { token: $12345678901234567890 }")]
    [InlineData("authorization { users: \"a:12345678901234567890\" }")]
    [InlineData("authorization { users: [ \"a:12345678901234567890\" ] }")]
    [InlineData("authorization { users: [ { password: \"12345678901234567890\" } ] }")]
    [InlineData("authorization { users: [ { nkey: S12345678901234567890 } ] }")]
    [InlineData("authorization { user: a, password: \"12345678901234567890\", token: \"12345678901234567890\" }")]
    [InlineData("authorization { auth_callout { issuer: S12345678901234567890, auth_users: [a] } }")]
    [InlineData("accounts { A { nkey: S12345678901234567890 } }")]
    [InlineData("trusted: S12345678901234567890")]
    [InlineData("resolver_preload { A: \"12345678901234567890\" }")]
    [InlineData("default_sentinel: \"12345678901234567890\"")]
    [InlineData("cluster { port: 6222, authorization { user: a, password: \"12345678901234567890\" } }")]
    [InlineData("cluster { routes: [ \"nats://a:12345678901234567890@b:1\", \"nats://a:12345678901234567890@b:1\" ] }")]
    [InlineData("leafnodes { remotes: [ { url: \"nats://a:12345678901234567890@b:1\", seed: S12345678901234567890 } ] }")]
    [InlineData("jetstream { key: \"12345678901234567890\" }")]
    [InlineData("websocket { authorization { password: 12345678901234567890 } }")]
    public void No_message_repeats_a_secret(string text)
    {
        var file = ConfText.Check(text);

        Assert.NotEmpty(file.Errors.Concat(file.Warnings));
        Assert.All([.. file.Errors, .. file.Warnings], message => Assert.DoesNotContain(Canary[..10], message, StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Safety", "SEC-10")]
    public void A_secret_may_come_from_the_environment_and_is_not_repeated_either()
    {
        var good = ConfText.CheckWith([("PW", "\"" + Canary + "\"")], "authorization { user: a, password: $PW }");
        var bad = ConfText.CheckWith([("PW", Canary)], "authorization { user: a, password: $PW }");

        Assert.Equal(Canary, good.Settings["Nats:Authorization:Password"].Text);
        Assert.DoesNotContain(Canary, Assert.Single(bad.Errors), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Safety", "SEC-10")]
    public void Who_holds_secrets_in_a_file_that_others_may_read_is_told_so()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no such modes.");
            return;
        }

        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "authorization { token: abc }");
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            Assert.Empty(NatsConfFile.Check(path).Advice);

            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
            Assert.Equal([$"{path} holds passwords or keys, and not only its owner may read it"], NatsConfFile.Check(path).Advice);

            File.WriteAllText(path, "port: 4222");
            Assert.Empty(NatsConfFile.Check(path).Advice);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_file_with_a_secret_is_known_as_such()
    {
        Assert.True(ConfText.Check("authorization { token: abc }").HasSecrets);
        Assert.False(ConfText.Check("port: 4222").HasSecrets);
    }
}
