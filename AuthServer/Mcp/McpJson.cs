using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using AuthServer.Http.Api;

namespace AuthServer.Mcp;

/// <summary>How tools read their arguments and write their results: in snake_case. Arguments strictly, results with every member that their schema has.</summary>
internal static class McpJson
{
    public static JsonSerializerOptions Arguments { get; } = Create(JsonUnmappedMemberHandling.Disallow, new EnumWords());

    public static JsonSerializerOptions Results { get; } =
        Create(JsonUnmappedMemberHandling.Skip, new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));

    private static JsonSerializerOptions Create(JsonUnmappedMemberHandling unmapped, JsonConverter enums)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            PropertyNameCaseInsensitive = false,
            NumberHandling = JsonNumberHandling.Strict,
            UnmappedMemberHandling = unmapped,
            AllowDuplicateProperties = false,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            MaxDepth = 32,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
            Converters = { enums },
        };
        options.MakeReadOnly();
        return options;
    }
}
