using System.Text.Json;
using AuthServer.Http;
using AuthServer.Http.OpenApi;
using AuthServer.Jose;
using AuthServer.Protocol.Tokens;
using AuthServer.Scopes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AuthServer.Mcp;

/// <summary>What clients must know to get a token for the MCP server (RFC 9728 §2).</summary>
internal sealed class ResourceMetadata(OwnResources own, IssuerUri issuer)
{
    /// <summary>Each resource at its own address; and the open one at the root, where older clients look.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        string[] readable = [HttpMethods.Get, HttpMethods.Head];
        foreach (var (path, name, resource) in new[]
        {
            (OwnResources.McpPath, "getMcpResourceMetadata", own.Mcp),
            (OwnResources.McpOAuthPath, "getMcpOAuthResourceMetadata", own.McpOAuth),
            ("", "getResourceMetadata", own.Mcp),
        })
        {
            var document = Write(resource);
            routes.MapMethods(McpChallenge.WellKnown + path, readable, http => AnswerAsync(http, document)).RequireCors(ClientOrigins.Anybody)
                .Describe(name, $"Says which tokens {resource.Uri[issuer.Value.Length..]} takes.", McpDescriptions.ResourceMetadata);
        }
    }

    private byte[] Write(ResourceServer resource) => OAuthResponse.Serialize(resource, (json, resource) =>
    {
        json.WriteStartObject();
        json.WriteString("resource"u8, resource.Uri);
        Write(json, "authorization_servers", [issuer.Value]);
        Write(json, "scopes_supported", OwnResources.McpScopes);
        Write(json, "bearer_methods_supported", ["header"]);
        Write(json, "dpop_signing_alg_values_supported", JwsAlgorithms.Names);
        json.WriteString("resource_name"u8, resource.DisplayName);
        json.WriteString("resource_documentation"u8, issuer.At(McpGate.Page));
        json.WriteEndObject();
    }).ToArray();

    private static void Write(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static Task AnswerAsync(HttpContext http, byte[] document)
    {
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = document.Length;
        http.Response.Headers.CacheControl = "public, max-age=300";
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : http.Response.Body.WriteAsync(document, http.RequestAborted).AsTask();
    }
}
