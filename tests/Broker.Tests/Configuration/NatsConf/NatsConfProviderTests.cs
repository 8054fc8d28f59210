using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Configuration.NatsConf;
using Xunit;

namespace NatsKestrel.Broker.Tests.Configuration.NatsConf;

public sealed class NatsConfProviderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("natskestrel-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_later_source_has_the_last_word()
    {
        Write("nats.conf", "port: 4300\nmax_payload: 1000");

        var configuration = Builder().AddNatsConf("nats.conf").AddCommandLine(["--Nats:Port=4301"]).Build();

        Assert.Equal("4301", configuration["Nats:Port"]);
        Assert.Equal("1000", configuration["nats:limits:maxpayload"]);
    }

    [Fact]
    public void A_missing_file_is_an_error_unless_it_is_optional()
    {
        var failure = Assert.Throws<NatsConfException>(() => Builder().AddNatsConf("nope.conf").Build());

        Assert.Equal("open nope.conf: no such file or directory", failure.Message);
        Assert.Null(Builder().AddNatsConf("nope.conf", optional: true).Build().FindNatsConf());
    }

    [Fact]
    public void Every_error_stands_in_the_exception_on_a_line_of_its_own()
    {
        Write("nats.conf", "prot: 1\nport: x\njetstream: true");

        var failure = Assert.Throws<NatsConfException>(() => Builder().AddNatsConf("nats.conf").Build());

        Assert.Equal(
            ["nats.conf:1:0: unknown field \"prot\"", "nats.conf:2:1: interface conversion: interface {} is string, not int64", "nats.conf:3:1: jetstream is not supported yet"],
            failure.Errors);
        Assert.Equal(string.Join('\n', failure.Errors), failure.Message);
    }

    [Fact]
    public void A_value_that_breaks_a_rule_is_named_with_its_place_in_the_file()
    {
        Write("nats.conf", "include limits.conf\nping_max: 5000");
        Write("limits.conf", "\nmax_payload: 100MB");

        Assert.Equal(
            [
                "Nats:KeepAlive:PingMax = 5000 (nats.conf:2 ping_max) must be between 1 and 1000.",
                "Nats:Limits:MaxPayload = 104857600 (limits.conf:2 max_payload) must be between 1 and 67108864.",
            ],
            Problems(Builder().AddNatsConf("nats.conf").Build()).Order());
    }

    [Fact]
    public void Its_digest_and_its_warnings_can_be_asked_for()
    {
        Write("nats.conf", "ping_interval: 5");

        var file = Builder().AddNatsConf("nats.conf").Build().FindNatsConf();

        Assert.NotNull(file);
        Assert.StartsWith("sha256:", file.Digest, StringComparison.Ordinal);
        Assert.Equal(["nats.conf:1:0: invalid use of field \"ping_interval\": ping_interval should be converted to a duration"], file.Warnings);
        Assert.True(file.IsUsable);
        Assert.False(file.IsValid);
    }

    [Fact]
    [Trait("Safety", "CRASH-5")]
    public void A_failed_reload_leaves_everything_as_it_was()
    {
        Write("nats.conf", "port: 4300");
        var configuration = Builder().AddNatsConf("nats.conf").Build();

        Write("nats.conf", "port: x");

        Assert.Throws<NatsConfException>(configuration.Reload);
        Assert.Equal("4300", configuration["Nats:Port"]);
        Write("nats.conf", "port: 4301");
        configuration.Reload();
        Assert.Equal("4301", configuration["Nats:Port"]);
    }

    [Fact]
    [Trait("Safety", "CRASH-5")]
    public async Task A_changed_file_is_read_again_when_asked_to_and_a_bad_one_passed_over()
    {
        Write("nats.conf", "include more.conf");
        Write("more.conf", "port: 4300");
        var failed = new TaskCompletionSource<NatsConfException>(TaskCreationOptions.RunContinuationsAsynchronously);
        var source = new NatsConfSource { Path = "nats.conf", ReloadOnChange = true, OnReloadFailed = problem => failed.TrySetResult(problem) };
        using var configuration = (ConfigurationRoot)Builder().Add(source).Build();

        Write("more.conf", "port: [");

        var problem = await failed.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Contains("more.conf", problem.Message, StringComparison.Ordinal);
        Assert.Equal("4300", configuration["Nats:Port"]);
    }

    private static IReadOnlyList<string> Problems(IConfiguration configuration)
    {
        using var services = new ServiceCollection().AddSingleton(configuration).AddBrokerOptions().BuildServiceProvider();
        return [.. Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<NatsBrokerOptions>>().Value).Failures];
    }

    private IConfigurationBuilder Builder() => new ConfigurationBuilder().SetBasePath(_folder);

    // All of it at once: who watches the file must not see it empty in between.
    private void Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true);
    }
}
