using System.Text;
using Microsoft.Extensions.Configuration;
using NatsKestrel.Broker.Configuration;
using Xunit;

namespace NatsKestrel.Broker.Tests.Configuration;

public sealed class OptionSourceTests : IDisposable
{
    private const string Key = "Nats:Limits:MaxPayload";
    private readonly string _folder = Directory.CreateTempSubdirectory("natskestrel-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_last_file_that_sets_the_key_is_named()
    {
        WriteJson("appsettings.json", """{ "Nats": { "Limits": { "MaxPayload": 1, "MaxPending": 2 } } }""");
        WriteJson("appsettings.Production.json", """{ "nats": { "limits": { "maxpayload": 3 } } }""");

        var configuration = new ConfigurationBuilder().SetBasePath(_folder)
            .AddJsonFile("appsettings.json").AddJsonFile("appsettings.Production.json").Build();

        Assert.Equal("appsettings.Production.json", OptionSource.Find(configuration, Key));
        Assert.Equal("appsettings.json", OptionSource.Find(configuration, "Nats:Limits:MaxPending"));
        Assert.Null(OptionSource.Find(configuration, "Nats:Port"));
    }

    [Fact]
    public void User_secrets_are_named_as_such()
    {
        WriteJson("secrets.json", """{ "Nats:Limits:MaxPayload": "1" }""");

        var configuration = new ConfigurationBuilder().SetBasePath(_folder).AddJsonFile("secrets.json").Build();

        Assert.Equal("user secrets", OptionSource.Find(configuration, Key));
    }

    [Fact]
    public void The_command_line_is_named_with_its_switch()
    {
        var configuration = new ConfigurationBuilder().AddCommandLine([$"--{Key}=1"]).Build();

        Assert.Equal("command line --Nats:Limits:MaxPayload", OptionSource.Find(configuration, Key));
    }

    [Fact]
    public void A_variable_is_named_as_it_is_written_in_the_environment()
    {
        // A prefix of its own, so that no other test's host sees it.
        const string variable = "OPTIONSOURCETESTS_NATS__LIMITS__MAXPAYLOAD";
        Environment.SetEnvironmentVariable(variable, "1");
        try
        {
            var configuration = new ConfigurationBuilder().AddEnvironmentVariables("OPTIONSOURCETESTS_").Build();

            Assert.Equal($"environment variable {variable}", OptionSource.Find(configuration, Key));
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, null);
        }
    }

    [Fact]
    public void A_configuration_inside_another_is_looked_into()
    {
        var inner = new ConfigurationBuilder().AddCommandLine([$"--{Key}=1"]).Build();

        var configuration = new ConfigurationBuilder().AddConfiguration(inner).Build();

        Assert.Equal("command line --Nats:Limits:MaxPayload", OptionSource.Find(configuration, Key));
    }

    private void WriteJson(string name, string json) => File.WriteAllText(Path.Combine(_folder, name), json, Encoding.UTF8);
}
