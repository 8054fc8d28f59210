using Microsoft.Extensions.Configuration;
using NatsKestrel.Broker;
using NatsKestrel.Broker.Configuration.NatsConf;
using NatsKestrel.Broker.Connections;
using NatsKestrel.Server.Flags;

namespace NatsKestrel.Server;

/// <summary>What the command line asks for: help, a check, a signal to another server, or to be a server.</summary>
internal static class ServerCommand
{
    /// <summary>Does it.</summary>
    /// <returns>nats-server's exit code: 0 also for a flag that does not exist, 1 for whatever else is wrong.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        try
        {
            return await RunAsync(CommandLine.Read(args), output, error).ConfigureAwait(false);
        }
        catch (FlagException problem)
        {
            await error.WriteLineAsync(problem.Message).ConfigureAwait(false);
            await output.WriteAsync(UsageText.Options).ConfigureAwait(false);
            return 0;
        }
        catch (Exception problem) when (problem is NatsConfException or ServerStartException or SignalException)
        {
            await error.WriteLineAsync($"nats-server: {problem.Message}").ConfigureAwait(false);
            return 1;
        }
    }

    private static async Task<int> RunAsync(CommandLine line, TextWriter output, TextWriter error)
    {
        if (line.IsOn(FlagTable.Version) || IsCommand(line, "version"))
        {
            await output.WriteAsync($"nats-server: v{ServerIdentity.Version}\nNatsKestrel: v{ServerIdentity.OwnVersion}\n").ConfigureAwait(false);
            return 0;
        }

        if (line.IsOn(FlagTable.Help) || IsCommand(line, "help"))
        {
            await output.WriteAsync(UsageText.Options).ConfigureAwait(false);
            return 0;
        }

        if (line.IsOn(FlagTable.TlsHelp))
        {
            await output.WriteAsync(UsageText.Tls).ConfigureAwait(false);
            return 0;
        }

        if (line.Rest is [var command, ..])
        {
            throw new ServerStartException($"unrecognized command: \"{command}\"");
        }

        if (line.Find(FlagTable.Signal) is { Length: > 0 } signal)
        {
            SignalCommand.Send(signal);
            return 0;
        }

        string config = line.Find(FlagTable.Config) ?? "";
        if (line.IsOn(FlagTable.Check))
        {
            return await CheckAsync(config, error).ConfigureAwait(false);
        }

        var (configuration, openSettings) = await ConfigureAsync(line, config, error).ConfigureAwait(false);
        return await ServerHost.RunAsync(configuration, openSettings, error).ConfigureAwait(false);
    }

    private static bool IsCommand(CommandLine line, string name) =>
        line.Rest is [var first, ..] && first.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static async Task<int> CheckAsync(string config, TextWriter error)
    {
        if (config.Length == 0)
        {
            throw new ServerStartException("must specify [-c, --config] option to check configuration file syntax");
        }

        NatsConfFile file = NatsConfFile.Check(config);
        if (!file.IsValid)
        {
            throw new NatsConfException([.. file.Warnings, .. file.Errors]);
        }

        await error.WriteLineAsync($"nats-server: configuration file {config} is valid ({file.Digest})").ConfigureAwait(false);
        return 0;
    }

    // From the bottom up: what differs from our own defaults, the file, the flags.
    private static async Task<(IConfigurationRoot Configuration, IReadOnlyList<string> OpenSettings)> ConfigureAsync(
        CommandLine line, string config, TextWriter error)
    {
        NatsConfFile? file = config.Length > 0 ? NatsConfFile.Check(config) : null;
        if (file is { IsUsable: false })
        {
            throw new NatsConfException([.. file.Warnings, .. file.Errors]);
        }

        foreach (string warning in file?.Warnings ?? [])
        {
            await error.WriteLineAsync(warning).ConfigureAwait(false);
        }

        bool isStrict = line.IsOn(FlagTable.Strict) || file?.IsStrict == true;
        KeyValuePair<string, string?>[] defaults = isStrict ? [] : [.. DropInDefaults.For(file), new("AllowedHosts", "*")];
        var builder = new ConfigurationBuilder();
        builder.Add(new FlagSource(defaults, "nats-server's default"));
        if (config.Length > 0)
        {
            builder.AddNatsConf(Path.GetFullPath(config));
        }

        string? Below(string key) => file?.Settings.TryGetValue(key, out var setting) == true
            ? setting.Text
            : defaults.FirstOrDefault(pair => pair.Key == key).Value;
        builder.Add(new FlagSource(FlagSettings.Make(line, Below), "command line"));
        IConfigurationRoot configuration = builder.Build();
        return (configuration, [.. defaults.Where(pair => configuration[pair.Key] == pair.Value).Select(pair => $"{pair.Key}={pair.Value}")]);
    }
}
