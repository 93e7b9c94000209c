using System.Text.Json;
using AuthServer.Accounts;
using AuthServer.Agents.Claims;
using AuthServer.Agents.Credentials;
using AuthServer.Http;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using AuthServer.Scopes;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Endpoints;

/// <summary><c>/.well-known/agent-configuration</c>: what an agent's library needs to know, from the same arrays as discovery.</summary>
public sealed class AgentConfiguration(IssuerUri issuer, Grants grants, ScopeCatalog scopes, SignUpPolicy signUp, AuthServerOptions options)
{
    private const string Cache = "public, max-age=3600";

    public async Task HandleAsync(HttpContext http)
    {
        var known = await scopes.KnownAsync(null, http.RequestAborted);
        var document = OAuthResponse.Serialize(known, Write);
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = document.Length;
        http.Response.Headers.CacheControl = Cache;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.BodyWriter.WriteAsync(document, http.RequestAborted);
        }
    }

    /// <summary>The <c>agent_auth</c> member, here and in discovery: how an agent without an account gets one, and a person claims it.</summary>
    internal static void WriteAgentAuth(Utf8JsonWriter json, IssuerUri issuer)
    {
        json.WriteStartObject("agent_auth"u8);
        json.WriteString("register_uri"u8, issuer.At(Routes.Quickstart));
        json.WriteString("claim_uri"u8, issuer.At(Routes.Claim));
        json.WriteString("revocation_uri"u8, issuer.At(Routes.AgentRevoke));
        JwtJson.WriteList(json, "identity_types_supported", ["anonymous"]);
        json.WriteStartObject("anonymous"u8);
        JwtJson.WriteList(json, "credential_types_supported", [CredentialTypes.ApiKey]);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void Write(Utf8JsonWriter json, KnownScopes known)
    {
        json.WriteStartObject();
        WriteAddresses(json);
        JwtJson.WriteList(json, "scopes_supported", AgentFacts.Scopes(known));
        JwtJson.WriteList(json, "grant_types_supported", [.. grants.Types]);
        JwtJson.WriteList(json, "token_endpoint_auth_methods_supported", [.. ClientAuthenticationMethods.All]);
        JwtJson.WriteList(json, "token_endpoint_content_types_supported", AgentFacts.ContentTypes);
        JwtJson.WriteList(json, "response_types_supported", Metadata.ResponseTypes);
        JwtJson.WriteList(json, "subject_types_supported", Metadata.SubjectTypes);
        JwtJson.WriteList(json, "claims_supported", AccessToken.Claims);
        JwtJson.WriteList(json, "agent_types_supported", AgentFacts.Types);
        JwtJson.WriteList(json, "trust_levels_supported", AgentFacts.TrustLevels);
        json.WriteStartObject("token_lifetimes"u8);
        json.WriteNumber("access_token"u8, (long)options.Tokens.AccessToken.TotalSeconds);
        json.WriteNumber("refresh_token"u8, AgentFacts.RefreshTokenSeconds);
        json.WriteEndObject();
        json.WriteStartObject("delegation"u8);
        json.WriteString("depth_semantics"u8, AgentFacts.DepthSemantics);
        json.WriteNumber("default_max_chain_depth"u8, DelegationChain.DefaultHops);
        json.WriteEndObject();
        if (signUp.Agents != SignUpMode.Closed)
        {
            WriteQuickstart(json);
            WriteAgentAuth(json, issuer);
        }

        json.WriteEndObject();
    }

    private void WriteAddresses(Utf8JsonWriter json)
    {
        json.WriteString("issuer"u8, issuer.Value);
        foreach (var (name, route) in AgentFacts.Addresses)
        {
            json.WriteString(name, issuer.At(route));
        }
    }

    private void WriteQuickstart(Utf8JsonWriter json)
    {
        json.WriteString("quickstart_endpoint"u8, issuer.At(Routes.Quickstart));
        json.WriteStartObject("quickstart"u8);
        json.WriteBoolean("by_invitation"u8, signUp.Agents == SignUpMode.Invite);
        JwtJson.WriteList(json, "required_fields", AgentFacts.QuickstartFields);
        JwtJson.WriteList(json, "scopes", QuickstartScopes.All);
        json.WriteNumber("unclaimed_lifetime"u8, (long)options.Quickstart.Unclaimed.TotalSeconds);
        json.WriteEndObject();
    }
}
