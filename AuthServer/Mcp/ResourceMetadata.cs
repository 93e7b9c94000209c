using AuthServer.Endpoints;
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
internal sealed class ResourceMetadata(OwnResources own, McpDoors doors, IssuerUri issuer)
{
    /// <summary>Each resource at its own address; and the open one at the root, where older clients look.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        string[] readable = [HttpMethods.Get, HttpMethods.Head];
        foreach (var (path, name, door, resource) in new[]
        {
            (OwnResources.McpPath, "getMcpResourceMetadata", doors.Open, own.Mcp),
            (OwnResources.McpOAuthPath, "getMcpOAuthResourceMetadata", doors.OAuth, own.McpOAuth),
            (OwnResources.McpConnectionsPath, "getMcpConnectionsResourceMetadata", doors.Connections, own.McpConnections),
            ("", "getResourceMetadata", doors.Open, own.Mcp),
        })
        {
            var document = Write(door, resource);
            routes.MapMethods(McpChallenge.WellKnown + path, readable, http => Metadata.WriteAsync(http, document)).RequireCors(ClientOrigins.Anybody)
                .Describe(name, $"Says which tokens {resource.Uri[issuer.Value.Length..]} takes.", McpDescriptions.ResourceMetadata);
        }

        routes.MapMethods(McpChallenge.WellKnown + OwnResources.McpConnectionsPath + "/{connectionId}", readable, WriteAsync).RequireCors(ClientOrigins.Anybody)
            .Describe("getMcpConnectionResourceMetadata", "Says which tokens the tools of one connection take.", McpDescriptions.ResourceMetadata with { InPath = [new("connectionId")] });
    }

    /// <summary>Whether there is such a connection is told to nobody who has no token.</summary>
    private Task WriteAsync(HttpContext http)
    {
        if (http.GetRouteValue("connectionId") is string id && doors.ResourceOf(id) is { } resource)
        {
            return Metadata.WriteAsync(http, Write(doors.Connections, resource));
        }

        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private byte[] Write(McpDoor door, ResourceServer resource) => OAuthResponse.Serialize((door, resource), (json, both) =>
    {
        var (door, resource) = both;
        json.WriteStartObject();
        json.WriteString("resource"u8, resource.Uri);
        Metadata.Write(json, "authorization_servers", [issuer.Value]);
        Metadata.Write(json, "scopes_supported", door.Scopes);
        Metadata.Write(json, "bearer_methods_supported", ["header"]);
        Metadata.Write(json, "dpop_signing_alg_values_supported", JwsAlgorithms.Names);
        json.WriteString("resource_name"u8, resource.DisplayName);
        json.WriteString("resource_documentation"u8, issuer.At(McpGate.Page));
        json.WriteEndObject();
    }).ToArray();
}
