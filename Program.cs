using Microsoft.AspNetCore.DataProtection;
using NatsKestrel;
using NatsKestrel.Admin;
using NatsKestrel.Broker;
using NatsKestrel.Broker.Monitoring;
using NatsKestrel.WebGateway;

return await NatsHost.RunAsync(args, builder =>
{
    builder.WebHost.UseStaticWebAssets();

    // Sessions end with the process, so the keys that protect them may.
    builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();

    // The pages of the console; what programs read stays as it is.
    builder.Services.AddResponseCompression(options => options.MimeTypes = ["text/html", "text/css", "text/javascript"]);

    builder.AddNatsHttpHardening();
    builder.AddNatsBroker();
    builder.AddNatsWebGateway();
    builder.AddNatsConsole();
    builder.AddNatsTelemetry();
    builder.AddNatsSwagger();

    var app = builder.Build();

    app.UseResponseCompression();
    app.UseFileServer();
    app.MapNatsMonitoring();
    app.MapNatsHealth();
    app.MapNatsMetrics();
    app.MapNatsAlarms();
    app.MapNatsWebGateway();
    app.MapNatsConsole(isHome: true);
    app.MapNatsAdministration();
    app.MapNatsSwagger();

    return app;
});
