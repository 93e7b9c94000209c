using AuthServer.Http.OpenApi;
using Microsoft.OpenApi;

namespace AuthServer.Mcp;

/// <summary>For the OpenAPI document. Messages of the protocol itself describe themselves, by <c>tools/list</c>.</summary>
internal static class McpDescriptions
{
    public static ProtocolOperation ResourceMetadata { get; } = new(
        "RFC 9728.",
        [],
        [
            new("resource", "What resource must be in the requests for a token.", true), new("authorization_servers", null, true, JsonSchemaType.Array),
            new("scopes_supported", null, true, JsonSchemaType.Array), new("bearer_methods_supported", null, true, JsonSchemaType.Array), new("resource_name"),
            new("resource_documentation", "For people."),
        ]);
}
