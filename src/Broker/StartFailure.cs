using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace NatsKestrel.Broker;

/// <summary>Tells failures that an operator can mend from bugs, and gives the lines for the former.</summary>
internal static class StartFailure
{
    private const string HttpAdvice = "Set another address with Urls (environment ASPNETCORE_URLS, command line --urls).";

    /// <summary>One line for each problem; none where the exception deserves its stack trace.</summary>
    public static IReadOnlyList<string> Explain(Exception exception) => exception switch
    {
        ServerStartException => [exception.Message],
        OptionsValidationException invalid => [.. invalid.Failures],
        InvalidDataException { InnerException: FormatException { InnerException: JsonException json } } =>
            [$"{exception.Message.TrimEnd('.')}, line {json.LineNumber + 1}: {WithoutPosition(json.Message)}"],
        // The client port's own failures are ServerStartExceptions by now, so this is the HTTP port's.
        IOException { InnerException: AddressInUseException } => [$"{exception.Message.TrimEnd('.')}. {HttpAdvice}"],
        SocketException => [$"Cannot listen for HTTP: {ServerStartException.Reason(exception)}. {HttpAdvice}"],
        _ => [],
    };

    private static string WithoutPosition(string message) => message.Split(" LineNumber:")[0];
}
