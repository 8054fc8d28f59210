using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;
using NatsKestrel.Admin;
using NatsKestrel.Broker;
using NatsKestrel.Broker.Monitoring;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace NatsKestrel;

/// <summary>Describes the HTTP endpoints at <c>/swagger</c>, on a page where they can be tried.</summary>
public static class SwaggerHosting
{
    /// <summary>Adds the services that write the description.</summary>
    public static WebApplicationBuilder AddNatsSwagger(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddEndpointsApiExplorer();
        builder.Services.AddSingleton<ISerializerDataContractResolver>(
            new JsonSerializerDataContractResolver(new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower }));
        builder.Services.AddSwaggerGen(options =>
        {
            options.SwaggerDoc("v1", new OpenApiInfo
            {
                Title = "NATS monitoring and administration",
                Version = "v1",
                Description = "What the server and its clients are doing. The answers are those of nats-server's monitoring endpoints; below /api/v1 is the administration, which needs a token.",
            });
            options.IncludeXmlComments(typeof(MonitoringParameter).Assembly);
            options.IncludeXmlComments(typeof(AdminHosting).Assembly);
            options.SupportNonNullableReferenceTypes();
            options.UseAllOfToExtendReferenceSchemas();
            options.OperationFilter<QueryParameters>();
            options.OperationFilter<Messages>();

            // HEAD is there for every GET, and would double the page.
            options.DocInclusionPredicate((_, endpoint) => endpoint.HttpMethod != HttpMethods.Head);
        });
        return builder;
    }

    /// <summary>Maps the description at <c>/swagger/v1/swagger.json</c> and its page at <c>/swagger</c>.</summary>
    public static WebApplication MapNatsSwagger(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseSwagger();
        app.UseSwaggerUI(options => options.DocumentTitle = "NATS monitoring");
        app.Services.GetService<StartupLinks>()?.Add("api", "/swagger");
        return app;
    }

    // Publishing and requests read path and body themselves, because a payload is bytes of any kind.
    private sealed class Messages : IOperationFilter
    {
        public void Apply(OpenApiOperation operation, OperationFilterContext context)
        {
            if (context.ApiDescription.RelativePath?.EndsWith("/{subject}", StringComparison.Ordinal) != true)
            {
                return;
            }

            operation.Parameters ??= [];
            if (operation.Parameters.All(parameter => parameter.Name != "subject"))
            {
                operation.Parameters.Insert(0, new OpenApiParameter
                {
                    Name = "subject",
                    In = ParameterLocation.Path,
                    Required = true,
                    Description = "One or more tokens between dots.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                });
            }

            // Plain request delegates: the framework sees no more of their answers than that there are some.
            operation.Responses = [];
            foreach (int status in context.ApiDescription.ActionDescriptor.EndpointMetadata.OfType<IProducesResponseTypeMetadata>().Select(answer => answer.StatusCode))
            {
                operation.Responses.TryAdd(status.ToString(CultureInfo.InvariantCulture), new OpenApiResponse { Description = ReasonPhrases.GetReasonPhrase(status) });
            }

            if (context.ApiDescription.HttpMethod == HttpMethods.Post)
            {
                var any = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } };
                operation.RequestBody = new OpenApiRequestBody
                {
                    Description = "The payload.",
                    Content = new Dictionary<string, IOpenApiMediaType> { ["application/octet-stream"] = any, ["application/json"] = any, ["text/plain"] = any },
                };
            }
        }
    }

    // Monitoring reads its query itself, to answer errors in nats-server's words, so the framework sees no parameters.
    private sealed class QueryParameters : IOperationFilter
    {
        public void Apply(OpenApiOperation operation, OperationFilterContext context)
        {
            foreach (var parameter in context.ApiDescription.ActionDescriptor.EndpointMetadata.OfType<MonitoringParameter>())
            {
                operation.Parameters ??= [];
                operation.Parameters.Add(new OpenApiParameter
                {
                    Name = parameter.Name,
                    In = ParameterLocation.Query,
                    Description = parameter.Description,
                    Schema = Schema(parameter),
                });
            }
        }

        private static OpenApiSchema Schema(MonitoringParameter parameter) => new()
        {
            Type = parameter.Type == typeof(bool) ? JsonSchemaType.Boolean : parameter.Type == typeof(string) ? JsonSchemaType.String : JsonSchemaType.Integer,
            Format = parameter.Type == typeof(long) || parameter.Type == typeof(ulong) ? "int64" : null,
            Enum = parameter.Values?.Select(value => (JsonNode)JsonValue.Create(value)).ToList(),
            Default = parameter.Default switch
            {
                null => null,
                bool value => JsonValue.Create(value),
                string value => JsonValue.Create(value),
                object value => JsonValue.Create(Convert.ToInt64(value, CultureInfo.InvariantCulture)),
            },
        };
    }
}
