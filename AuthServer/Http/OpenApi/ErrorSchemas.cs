using Microsoft.OpenApi;

namespace AuthServer.Http.OpenApi;

/// <summary>The two forms that errors have.</summary>
internal static class ErrorSchemas
{
    private const string Problem = "Problem";
    private const string OAuthError = "OAuthError";

    public static Dictionary<string, IOpenApiSchema> All { get; } = new()
    {
        [Problem] = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "An error of the REST API (RFC 9457).",
            Required = new HashSet<string> { "type", "title", "status", "detail", "code", "traceId" },
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["type"] = Text("The address of a page that explains the code, with cause and cure."),
                ["title"] = Text("The HTTP status in words."),
                ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer },
                ["detail"] = Text("One plain sentence."),
                ["code"] = Text("One stable word to program against."),
                ["traceId"] = Text("Leads the operator to the log."),
                ["errors"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Description = "What is wrong with which field of the request, by its path.",
                    AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.Array, Items = Text("A sentence.") },
                },
            },
        },
        [OAuthError] = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "An error of a protocol endpoint (RFC 6749 §5.2).",
            Required = new HashSet<string> { "error" },
            Properties = new Dictionary<string, IOpenApiSchema> { ["error"] = Text("One stable word."), ["error_description"] = Text("One plain sentence."), ["error_uri"] = Text("The address of a page that explains the code.") },
        },
    };

    public static OpenApiResponse OfRest(OpenApiDocument document, string description) => Of(document, description, "application/problem+json", Problem);

    public static OpenApiResponse OfProtocol(OpenApiDocument document, string description) => Of(document, description, "application/json", OAuthError);

    private static OpenApiResponse Of(OpenApiDocument document, string description, string type, string schema) => new()
    {
        Description = description,
        Content = new Dictionary<string, OpenApiMediaType> { [type] = new OpenApiMediaType { Schema = new OpenApiSchemaReference(schema, document) } },
    };

    /// <summary>An answer that tells a caller to wait.</summary>
    public static OpenApiResponse Waits(this OpenApiResponse response)
    {
        response.AddHeader("Retry-After", "How many seconds to wait (RFC 9110 §10.2.3).", JsonSchemaType.Integer);
        return response;
    }

    public static void AddHeader(this OpenApiResponse response, string name, string description, JsonSchemaType type = JsonSchemaType.String) =>
        (response.Headers ??= new Dictionary<string, IOpenApiHeader>())[name] = new OpenApiHeader { Description = description, Schema = new OpenApiSchema { Type = type } };

    private static OpenApiSchema Text(string description) => new() { Type = JsonSchemaType.String, Description = description };
}
