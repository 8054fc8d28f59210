using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using NatsKestrel.Broker.Configuration;

namespace NatsKestrel.Broker;

/// <summary>Checks the setting <c>Urls</c>, whose mistakes Kestrel answers with a stack trace.</summary>
internal static class HttpUrls
{
    /// <exception cref="ServerStartException">One of the addresses is none that Kestrel could listen on.</exception>
    public static void Check(IConfiguration configuration)
    {
        string urls = configuration[WebHostDefaults.ServerUrlsKey] ?? "";
        if (!urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).All(IsValid))
        {
            throw new ServerStartException($"Urls = {urls} ({OptionSource.Find(configuration, "Urls")}) "
                + "must be addresses such as http://127.0.0.1:8222, separated by semicolons.");
        }
    }

    private static bool IsValid(string url)
    {
        try
        {
            return BindingAddress.Parse(url) is { Scheme: "http" or "https", Port: >= 0 and <= 65535 };
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
