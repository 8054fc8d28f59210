using Xunit;

namespace NatsKestrel.Broker.Tests.Configuration.NatsConf;

/// <summary>The corpus of the conformance tests compares many more digests with nats-server's own.</summary>
public sealed class ConfDigestTests
{
    [Theory]
    [InlineData("port: 5", "{ \"port\": 5 } # the same")]
    [InlineData("port: 1kb", "port: 1024")]
    [InlineData("a: 7\nport: 5", "port: 5\na: 7")]
    [InlineData("debug: yes", "debug: true")]
    [InlineData("server_name: \"a\"", "server_name: a")]
    public void What_says_the_same_has_the_same_digest(string one, string other)
    {
        Assert.Equal(ConfText.Check(one).Digest, ConfText.Check(other).Digest);
    }

    [Theory]
    [InlineData("port: 5", "Port: 5")]
    [InlineData("server_name: a", "server_name: b")]
    [InlineData("server_tags: [a]", "server_tags: a")]
    public void What_says_something_else_has_another(string one, string other)
    {
        Assert.NotEqual(ConfText.Check(one).Digest, ConfText.Check(other).Digest);
    }

    // As nats-server 2.15.1 printed them.
    [Theory]
    [InlineData("jetstream: true", "sha256:491014b809d31c2b631406390248accce6cabbb5d4e80ae62c602b42946f50bc")]
    [InlineData("feature_flags { foo: true }", "sha256:7f870ad590a5fef96d85b0654a2ab1b0f12d82f51183945b29971fd9babcf5d7")]
    [InlineData("server_name: (\nabc\n)\n", "sha256:476bc98977c2b0b11ed1bac4620058c95ba3ba0f62927457f426b971c6b8d10b")]
    public void It_is_nats_servers(string text, string digest)
    {
        Assert.Equal(digest, ConfText.Check(text).Digest);
    }
}
