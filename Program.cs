using NatsKestrel;
using NatsKestrel.Admin;
using NatsKestrel.Broker;
using NatsKestrel.Broker.Monitoring;
using NatsKestrel.WebGateway;

return await NatsHost.RunAsync(args, builder =>
{
    builder.WebHost.UseStaticWebAssets();

    builder.AddNatsHttpHardening();
    builder.AddNatsBroker();
    builder.AddNatsWebGateway();
    builder.AddNatsConsole();
    builder.AddNatsSwagger();

    var app = builder.Build();

    app.MapNatsMonitoring();
    app.MapNatsWebGateway();
    app.MapNatsConsole(isHome: true);
    app.MapNatsSwagger();

    return app;
});
