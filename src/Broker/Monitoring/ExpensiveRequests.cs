using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace NatsKestrel.Broker.Monitoring;

/// <summary>Lets few requests that copy all connections or subscriptions run at one time: more would cost memory and save no time.</summary>
internal sealed class ExpensiveRequests : IDisposable
{
    public const int MaxConcurrent = 4;

    // Such an answer can have 40 MB, and its place is taken until the last byte has left: whoever reads slower than this is cut.
    private static readonly MinDataRate SlowestReader = new(bytesPerSecond: 16 * 1024, gracePeriod: TimeSpan.FromSeconds(5));

    private readonly SemaphoreSlim _free = new(MaxConcurrent, MaxConcurrent);

    /// <summary>Runs it, or answers 503 at once where as many as may are running already.</summary>
    public async Task RunAsync(HttpContext context, Func<Task> request)
    {
        if (!await _free.WaitAsync(0, context.RequestAborted))
        {
            context.Response.Headers.RetryAfter = "1";
            await MonitoringAnswer.TextAsync(context, StatusCodes.Status503ServiceUnavailable, "too many requests of this kind at one time, try again");
            return;
        }

        try
        {
            context.Features.Get<IHttpMinResponseDataRateFeature>()?.MinDataRate = SlowestReader;
            await request();
        }
        finally
        {
            _free.Release();
        }
    }

    public void Dispose() => _free.Dispose();
}
