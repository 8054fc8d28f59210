using System.Text;
using NatsKestrel.Broker.Configuration;

namespace NatsKestrel.Broker.Accounts.Imports;

/// <summary>How an exported service answers.</summary>
/// <param name="Subject">The exported subject.</param>
/// <param name="IsSingle">True where one answer is all there is.</param>
/// <param name="Threshold">Time without an answer after which none is expected.</param>
/// <param name="AllowsTrace">True where importers may trace their requests.</param>
internal sealed record ServiceExport(byte[] Subject, bool IsSingle, TimeSpan Threshold, bool AllowsTrace = false)
{
    /// <summary>What traces are on their way back to whoever wants them.</summary>
    public static readonly ServiceExport ForTraces = new([], IsSingle: false, TimeSpan.FromMinutes(2));

    private static readonly TimeSpan DefaultThreshold = TimeSpan.FromMinutes(2);

    public static ServiceExport From(ExportOptions options) => new(
        Encoding.UTF8.GetBytes(options.Service),
        options.ResponseType.ToUpperInvariant() is "" or "SINGLETON" or "SINGLE",
        options.ResponseThreshold > TimeSpan.Zero ? options.ResponseThreshold : DefaultThreshold,
        options.AllowTrace);
}
