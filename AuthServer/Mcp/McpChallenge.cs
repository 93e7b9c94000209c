using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Http.DPoP;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Mcp;

/// <summary>How the MCP server asks for a token (RFC 6750 §3, RFC 9728 §5.1).</summary>
internal sealed class McpChallenge(IssuerUri issuer)
{
    /// <summary>The metadata of the resource that is asked for: its address is inserted before the path (RFC 9728 §3.1).</summary>
    public const string WellKnown = "/.well-known/oauth-protected-resource";

    /// <summary>No token came (401): no error is named.</summary>
    public void Ask(HttpContext http, McpDoor door, string? scope) => Set(http, door, scope ?? door.Scopes[0], null, null);

    /// <summary>The token is not good (401), or does not hold what is needed (403).</summary>
    /// <param name="scope">All that the next token must hold for the call to succeed and for what this one could do.</param>
    public void Refuse(HttpContext http, McpDoor door, Problem problem, string scope) =>
        Set(http, door, scope, CodeOf(problem), problem.Detail);

    /// <summary>What the tool needs, and what the token has that others of our tools need: a client asks for all of it at once, and loses nothing.</summary>
    public static string ScopesFor(McpDoor door, IReadOnlyList<string> held, string? scope) =>
        string.Join(' ', door.Scopes.Where(known => known == (scope ?? door.Scopes[0]) || held.Contains(known)));

    private static string CodeOf(Problem problem) =>
        problem.Status == StatusCodes.Status403Forbidden ? "insufficient_scope" : problem.Code is "invalid_dpop_proof" or "use_dpop_nonce" ? problem.Code : "invalid_token";

    private void Set(HttpContext http, McpDoor door, string scope, string? error, string? description) => http.Response.Headers.WWWAuthenticate =
        (TokenHeader.IsByProof(http) ? $"{DPoPProof.Scheme} algs=\"{DPoPProofs.Algorithms}\", " : "Bearer ") + (error is null ? "" : $"error=\"{error}\", error_description=\"{description}\", ")
        + $"resource_metadata=\"{issuer.At(WellKnown + door.Path)}\", scope=\"{scope}\"";
}
