using System.Text;
using NatsKestrel.Broker.Configuration.NatsConf;

namespace NatsKestrel.Broker.Tests.Configuration.NatsConf;

/// <summary>Reads configurations that stand in the tests themselves.</summary>
internal static class ConfText
{
    public const string FileName = "nats.conf";

    /// <summary>Reads <paramref name="text"/> as <c>nats.conf</c>, beside the other files.</summary>
    public static NatsConfFile Check(string text, params (string Name, string Text)[] others) =>
        NatsConfFile.Check(FileName, Reading([], [(FileName, text), .. others]));

    /// <summary>The same with environment variables.</summary>
    public static NatsConfFile CheckWith((string Name, string Value)[] environment, string text) =>
        NatsConfFile.Check(FileName, Reading(environment, [(FileName, text)]));

    /// <summary>The options that the text sets, of which every one is written <c>key = text</c>.</summary>
    public static string[] Settings(string text)
    {
        var file = Check(text);
        return [.. file.Errors, .. file.Settings.Select(pair => $"{pair.Key} = {pair.Value.Text}").Order(StringComparer.Ordinal)];
    }

    private static ConfReading Reading((string Name, string Value)[] environment, (string Name, string Text)[] files) => new(
        name => environment.Where(variable => variable.Name == name).Select(variable => variable.Value).FirstOrDefault(),
        path => files.Where(file => file.Name == path).Select(file => Encoding.UTF8.GetBytes(file.Text)).FirstOrDefault() ?? throw new FileNotFoundException(),
        _ => null);
}
