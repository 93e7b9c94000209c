using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Http.DPoP;
using AuthServer.Protocol.Tokens;
using AuthServer.Scopes;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Mcp;

/// <summary>How the MCP server asks for a token (RFC 6750 §3, RFC 9728 §5.1).</summary>
internal sealed class McpChallenge(IssuerUri issuer)
{
    /// <summary>The metadata of the resource that is asked for: its address is inserted before the path (RFC 9728 §3.1).</summary>
    public const string WellKnown = "/.well-known/oauth-protected-resource";

    // What a host needs to look around; it is asked for more when a tool needs more.
    private const string Baseline = "agents.read";

    /// <summary>No token came (401): no error is named.</summary>
    public void Ask(HttpContext http, string path, string? scope) => Set(http, path, scope ?? Baseline, null, null);

    /// <summary>The token is not good (401), or does not hold what is needed (403).</summary>
    /// <param name="scope">All that the next token must hold for the call to succeed and for what this one could do.</param>
    public void Refuse(HttpContext http, string path, Problem problem, string scope) =>
        Set(http, path, scope, CodeOf(problem), problem.Detail);

    /// <summary>What the tool needs, and what the token has that others of our tools need: a client asks for all of it at once, and loses nothing.</summary>
    public static string ScopesFor(IReadOnlyList<string> held, string? scope) =>
        string.Join(' ', OwnResources.McpScopes.Where(known => known == (scope ?? Baseline) || held.Contains(known)));

    private static string CodeOf(Problem problem) =>
        problem.Status == StatusCodes.Status403Forbidden ? "insufficient_scope" : problem.Code is "invalid_dpop_proof" or "use_dpop_nonce" ? problem.Code : "invalid_token";

    private void Set(HttpContext http, string path, string scope, string? error, string? description) => http.Response.Headers.WWWAuthenticate =
        (TokenHeader.IsByProof(http) ? $"{DPoPProof.Scheme} algs=\"{DPoPProofs.Algorithms}\", " : "Bearer ") + (error is null ? "" : $"error=\"{error}\", error_description=\"{description}\", ")
        + $"resource_metadata=\"{issuer.At(WellKnown + path)}\", scope=\"{scope}\"";
}
