using NatsKestrel.Admin;
using NatsKestrel.Broker;
using NatsKestrel.WebGateway;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseStaticWebAssets();

builder.AddNatsBroker();
builder.AddNatsWebGateway();
builder.AddNatsConsole();

var app = builder.Build();

app.MapNatsMonitoring();
app.MapNatsWebGateway();
app.MapNatsConsole();

app.Run();
