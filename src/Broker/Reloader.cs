using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NatsKestrel.Broker.Configuration;
using NatsKestrel.Broker.Configuration.NatsConf;
using NatsKestrel.Broker.Connections;

namespace NatsKestrel.Broker;

/// <summary>The one way by which settings change while the server runs: all of them, or none.</summary>
/// <remarks>Signals and changed files come here. What the new settings are is read and checked first; then each part prepares; then all apply.</remarks>
internal sealed class Reloader(
    IConfiguration configuration,
    IOptionsFactory<NatsBrokerOptions> factory,
    NatsBrokerOptions options,
    IEnumerable<IReloadable> parts,
    ServerIdentity identity,
    TimeProvider time,
    ILogger<NatsServer> logger)
{
    private readonly Lock _gate = new(); // guards all fields: one reload at a time
    private readonly IReloadable[] _parts = [.. parts];
    private NatsBrokerOptions _current = options;
    private Dictionary<string, string?> _texts = Flatten(configuration);
    private bool _isReading;

    /// <summary>The options in force.</summary>
    public NatsBrokerOptions Current
    {
        get
        {
            lock (_gate)
            {
                return _current;
            }
        }
    }

    /// <summary>Reads every source of settings anew and applies what has changed.</summary>
    /// <returns>False where nothing was applied; the log says why.</returns>
    public bool Run() => TryRun(out _);

    /// <inheritdoc cref="Run"/>
    /// <param name="problem">Why nothing was applied; null where it was.</param>
    public bool TryRun(out string? problem)
    {
        lock (_gate)
        {
            try
            {
                Apply(Read());
                problem = null;
                return true;
            }
            catch (Exception exception) when (Reason(exception) is { } reason)
            {
                logger.ReloadFailed(reason);
                problem = reason;
                return false;
            }
        }
    }

    /// <summary>Reads every source of settings anew, and says what a reload would do; nothing is applied.</summary>
    public ReloadPreview Preview()
    {
        lock (_gate)
        {
            try
            {
                ReloadChange change = Read();
                return new ReloadPreview(
                    [.. change.Changed.Order(StringComparer.Ordinal).Select(key => ReloadPreview.Describe(key, change))],
                    Refusal(change));
            }
            catch (Exception exception) when (Reason(exception) is { } reason)
            {
                return new ReloadPreview([], reason);
            }
        }
    }

    /// <summary>Applies what a watched file has changed; for who is told by the configuration itself.</summary>
    public void OnChanged()
    {
        lock (_gate)
        {
            if (_isReading)
            {
                return; // it is this reload that changed it
            }

            try
            {
                ReloadChange change = Compare();
                if (change.Changed.Count > 0)
                {
                    Apply(change);
                }
            }
            catch (Exception exception) when (Reason(exception) is { } reason)
            {
                logger.ReloadFailed(reason);
            }
        }
    }

    private ReloadChange Read()
    {
        if (configuration is not IConfigurationRoot root || !root.Providers.Any(provider => provider is NatsConfProvider or FileConfigurationProvider))
        {
            throw new ReloadRefusedException("can only reload config when a file is provided using -c or --config");
        }

        _isReading = true;
        try
        {
            root.Reload();
        }
        finally
        {
            _isReading = false;
        }

        return Compare();
    }

    private ReloadChange Compare()
    {
        NatsBrokerOptions next = factory.Create(Options.DefaultName);
        Dictionary<string, string?> texts = Flatten(configuration);
        var changed = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (string key in texts.Keys.Union(_texts.Keys, StringComparer.OrdinalIgnoreCase))
        {
            bool differs = OptionKeys.All.TryGetValue(key, out var option)
                ? !Equals(option.Read(_current), option.Read(next))
                : texts.GetValueOrDefault(key) != _texts.GetValueOrDefault(key);
            if (differs)
            {
                changed.Add(key);
            }
        }

        return new ReloadChange(_current, next, changed);
    }

    private void Apply(ReloadChange change)
    {
        if (Refusal(change) is { } refusal)
        {
            throw new ReloadRefusedException(refusal);
        }

        var steps = Prepare(change);
        foreach (ReloadStep step in steps)
        {
            step.Commit();
        }

        _current = change.Next;
        _texts = Flatten(configuration);
        string? digest = configuration.FindNatsConf()?.Digest;
        identity.SetConfiguration(time.GetUtcNow(), digest ?? "");
        foreach (string line in change.Changed.Select(key => ReloadTexts.Line(key, change.Next)).OfType<string>().Concat(steps.SelectMany(step => step.Lines ?? [])))
        {
            logger.ReloadedItem(line);
        }

        logger.Reloaded(digest is null ? "" : $" ({digest})");
    }

    private List<ReloadStep> Prepare(ReloadChange change)
    {
        var steps = new List<ReloadStep>();
        try
        {
            foreach (IReloadable part in _parts)
            {
                if ((part.IsAlwaysAsked || part.Keys.Any(change.Touches)) && part.Prepare(change) is { } step)
                {
                    steps.Add(step);
                }
            }

            return steps;
        }
        catch
        {
            foreach (ReloadStep step in steps)
            {
                step.Undo?.Invoke();
            }

            throw;
        }
    }

    // Why the change cannot be applied; null where it can.
    private string? Refusal(ReloadChange change) =>
        change.Changed.FirstOrDefault(key => !IsClaimed(key)) is { } key ? ReloadTexts.NotSupported(key, change) : null;

    private bool IsClaimed(string key) => _parts.Any(part => part.Keys.Any(claimed => ReloadChange.IsAtOrBelow(key, claimed)));

    private static Dictionary<string, string?> Flatten(IConfiguration configuration)
    {
        var texts = configuration.GetSection(NatsBrokerOptions.SectionName).AsEnumerable()
            .Where(pair => pair.Value is not null)
            .ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.OrdinalIgnoreCase);
        texts["Urls"] = configuration["Urls"];
        return texts;
    }

    // What an operator can mend; anything else is a bug, and is not swallowed.
    private static string? Reason(Exception exception) => exception switch
    {
        ReloadRefusedException => exception.Message,
        NatsConfException conf => string.Join("; ", conf.Errors),
        OptionsValidationException invalid => string.Join(" ", invalid.Failures),
        InvalidDataException or IOException or UnauthorizedAccessException or ServerStartException => exception.Message,
        _ => null,
    };
}
