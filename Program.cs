using NatsKestrel.Admin;
using NatsKestrel.Broker;
using NatsKestrel.Broker.Monitoring;
using NatsKestrel.WebGateway;

return await NatsHost.RunAsync(args, builder =>
{
    builder.WebHost.UseStaticWebAssets();

    builder.AddNatsBroker();
    builder.AddNatsWebGateway();
    builder.AddNatsConsole();
    builder.AddNatsHttpHardening();

    var app = builder.Build();

    app.MapNatsMonitoring();
    app.MapNatsWebGateway();
    app.MapNatsConsole();

    return app;
});
