using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using AuthServer.Http.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace AuthServer.Http.OpenApi;

public static class OpenApiRegistration
{
    public static IServiceCollection AddApiDocument(this IServiceCollection services)
    {
        // Schemas are made by these; ApiJson writes the same, and reads snake_case besides.
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            json.SerializerOptions.RespectNullableAnnotations = true;
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
            json.SerializerOptions.TypeInfoResolver = json.SerializerOptions.TypeInfoResolver!.WithAddedModifier(SnakeCaseAttribute.Rename);
        });
        services.AddOpenApi(ApiDocument.Name, options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.AddDocumentTransformer<DocumentFrame>();
            options.AddOperationTransformer<RestOperations>();
            options.AddOperationTransformer<ProtocolOperations>();
            options.AddSchemaTransformer<AnswerSchemas>();
        });
        return services.AddSingleton<ApiDocument>().AddSingleton<ApiPage>();
    }

    public static void MapApiDocument(this IEndpointRouteBuilder routes)
    {
        string[] readable = [HttpMethods.Get, HttpMethods.Head];
        var services = routes.ServiceProvider;
        routes.MapMethods(ApiDocument.Path, readable, services.GetRequiredService<ApiDocument>().HandleAsync).RequireCors(ClientOrigins.Anybody);
        routes.MapMethods(ApiPage.Path, readable, services.GetRequiredService<ApiPage>().HandleAsync);
        routes.MapMethods(ApiPage.AssetPath, readable, ApiPage.HandleAssetAsync);
    }
}
