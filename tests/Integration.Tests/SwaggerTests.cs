using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using NatsKestrel.Broker;
using NatsKestrel.WebGateway;
using Xunit;

namespace NatsKestrel.Integration.Tests;

public sealed class SwaggerTests
{
    [Fact]
    public async Task Every_endpoint_parameter_and_field_is_described()
    {
        await using var app = await StartAsync();
        using var document = JsonDocument.Parse(await GetAsync(app, "/swagger/v1/swagger.json"));

        var missing = new List<string>();
        int parameters = 0, fields = 0;
        foreach (var path in document.RootElement.GetProperty("paths").EnumerateObject())
        {
            var get = path.Value.EnumerateObject().Single(method => method.Name is "get" or "post").Value;
            Check(get, "summary", path.Name);
            Check(get, "description", path.Name);
            foreach (var parameter in get.TryGetProperty("parameters", out var list) ? list.EnumerateArray() : [])
            {
                parameters++;
                Check(parameter, "description", $"{path.Name}?{parameter.GetProperty("name")}");
            }
        }

        foreach (var schema in document.RootElement.GetProperty("components").GetProperty("schemas").EnumerateObject())
        {
            Check(schema.Value, "description", schema.Name);
            foreach (var field in schema.Value.TryGetProperty("properties", out var properties) ? properties.EnumerateObject() : [])
            {
                fields++;
                Check(field.Value, "description", $"{schema.Name}.{field.Name}");
            }
        }

        Assert.Empty(missing);
        Assert.True(parameters > 40 && fields > 150, $"{parameters} parameters, {fields} fields");

        void Check(JsonElement element, string property, string where)
        {
            if (!element.TryGetProperty(property, out var text) || string.IsNullOrWhiteSpace(text.GetString()))
            {
                missing.Add($"{where}: {property}");
            }
        }
    }

    [Fact]
    public async Task Fields_have_the_names_of_the_answers()
    {
        await using var app = await StartAsync();
        using var document = JsonDocument.Parse(await GetAsync(app, "/swagger/v1/swagger.json"));
        using var answer = JsonDocument.Parse(await GetAsync(app, "/varz"));

        var described = document.RootElement.GetProperty("components").GetProperty("schemas").GetProperty("Varz").GetProperty("properties");

        Assert.Empty(answer.RootElement.EnumerateObject().Select(field => field.Name).Except(described.EnumerateObject().Select(field => field.Name)));
    }

    [Fact]
    public async Task The_page_is_there()
    {
        await using var app = await StartAsync();

        Assert.Contains("swagger-ui", await GetAsync(app, "/swagger/index.html"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_over_HTTP_are_described_with_their_subject_and_body()
    {
        await using var app = await StartAsync();
        using var document = JsonDocument.Parse(await GetAsync(app, "/swagger/v1/swagger.json"));

        var publish = document.RootElement.GetProperty("paths").GetProperty("/api/v1/publish/{subject}").GetProperty("post");

        Assert.Equal(["subject", "reply"], publish.GetProperty("parameters").EnumerateArray().Select(parameter => parameter.GetProperty("name").GetString()));
        Assert.True(publish.GetProperty("requestBody").GetProperty("content").TryGetProperty("application/octet-stream", out _));
        Assert.True(publish.GetProperty("responses").TryGetProperty("204", out _));
    }

    private static async Task<string> GetAsync(WebApplication app, string path)
    {
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        return await http.GetStringAsync(path, TestContext.Current.CancellationToken);
    }

    private static async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.AddNatsBroker(options => options.Port = 0);
        builder.AddNatsHttp();
        builder.AddNatsSwagger();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapNatsMonitoring();
        app.MapNatsHttp();
        app.MapNatsSwagger();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }
}
