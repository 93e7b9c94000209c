using System.ComponentModel;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;

namespace AuthServer.Mcp;

/// <summary>JSON Schemas of arguments and results, made from their types, so that what is said and what is done are one.</summary>
internal static class ToolSchemas
{
    private const string AccessToken = "access_token";

    private static readonly JsonSchemaExporterOptions Exporting = new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Explain };

    /// <param name="takesToken">The caller may say who they are in an argument, which never reaches the tool.</param>
    public static JsonElement OfArguments(Type type, bool takesToken)
    {
        var schema = McpJson.Arguments.GetJsonSchemaAsNode(type, Exporting).AsObject();
        if (takesToken)
        {
            var properties = schema["properties"] as JsonObject ?? [];
            properties[AccessToken] = new JsonObject
            {
                ["type"] = "string",
                ["description"] = "The access token of authenticate or quickstart. Leave it out where your client sends a token with its requests.",
            };
            schema["properties"] = properties;
        }

        return JsonSerializer.SerializeToElement(schema);
    }

    public static JsonElement OfResult(Type type) => JsonSerializer.SerializeToElement(McpJson.Results.GetJsonSchemaAsNode(type, Exporting));

    private static JsonNode Explain(JsonSchemaExporterContext context, JsonNode schema)
    {
        // The reader of enums is our own, which the exporter cannot look into.
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        if (type.IsEnum && schema is not JsonObject)
        {
            schema = new JsonObject { ["enum"] = new JsonArray([.. Enum.GetNames(type).Select(name => JsonValue.Create(JsonNamingPolicy.SnakeCaseLower.ConvertName(name)))]) };
        }

        // "true", which admits anything: clients want an object that says so.
        schema = schema as JsonObject ?? [];
        var description = Attribute(context.PropertyInfo?.AttributeProvider) ?? Attribute(context.PropertyInfo?.AssociatedParameter?.AttributeProvider);
        if (description is not null)
        {
            ((JsonObject)schema).Insert(0, "description", description);
        }

        return schema;
    }

    private static string? Attribute(ICustomAttributeProvider? provider) =>
        provider?.GetCustomAttributes(typeof(DescriptionAttribute), inherit: true) is [DescriptionAttribute found, ..] ? found.Description : null;
}
