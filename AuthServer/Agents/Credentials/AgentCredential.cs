using System.Text.Json;
using System.Text.Json.Serialization;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Jose;
using AuthServer.Keys;
using AuthServer.Protocol.Tokens;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Agents.Credentials;

/// <summary>An agent's identity as a signed document, for whoever may see the agent and shows it to others. It gives no access to anything: no endpoint takes its type.</summary>
public sealed class AgentCredential(IDbContextFactory<AuthDbContext> contexts, SigningKeys keys, IssuerUri issuer, TimeProvider clock)
{
    public const string MediaType = "agent-credential+jwt";

    /// <summary>What it says of the agent's status is that old at most.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    public async Task<Answer<SignedCredential>> SignAsync(ActingParty caller, string id, CancellationToken ct)
    {
        var now = clock.GetStoredNow();
        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await AgentReach.FindAsync(context, caller, id, now, ct) is not { Row: var row })
        {
            return Problem.NotFound;
        }

        if (!row.IsOf(caller))
        {
            return AgentReach.OnlySeen;
        }

        var owner = row.Agent.OwnerId is null ? null
            : await context.Organizations.Where(organization => organization.Id == row.Agent.OrganizationId).Select(organization => organization.Name).FirstOrDefaultAsync(ct);
        var claims = OAuthResponse.Serialize((row, owner, now), (json, said) => Write(json, said.row, said.owner, said.now));
        return new SignedCredential(Jws.Sign(keys.Current(JwsAlgorithm.ES256), MediaType, claims.Span), now, now + Lifetime, issuer.At("/.well-known/jwks"));
    }

    /// <param name="owner">The organization's name; null: nobody answers for it.</param>
    private void Write(Utf8JsonWriter json, AgentRow row, string? owner, DateTimeOffset now)
    {
        var agent = row.Agent;
        json.WriteStartObject();
        json.WriteString("iss"u8, issuer.Value);
        json.WriteString("sub"u8, agent.Id);
        json.WriteNumber("iat"u8, now.ToUnixTimeSeconds());
        json.WriteNumber("exp"u8, (now + Lifetime).ToUnixTimeSeconds());
        json.WriteString("client_id"u8, row.ClientId);
        json.WriteString("name"u8, agent.Name);
        json.WriteString(AccessToken.Names.AgentType, agent.Identity.Type);
        json.WriteString(AccessToken.Names.TrustLevel, agent.Identity.TrustLevel);
        json.WriteString("status"u8, Agent.WordOf(agent.Status));
        JwtJson.WriteOptional(json, AccessToken.Names.ParentAgentId, agent.ParentAgentId);
        if (owner is not null)
        {
            // The organization speaks for its people: who of them answers for an agent is between them.
            json.WriteStartObject("owner"u8);
            json.WriteString("id"u8, agent.OrganizationId);
            json.WriteString("name"u8, owner);
            json.WriteEndObject();
        }

        WriteKeys(json, AgentApplication.KeysOf(row.Application));
        json.WriteEndObject();
    }

    /// <summary>RFC 7800 §3.1, with the member of RFC 9449 §6.1: by which key the agent proves that the document is about it.</summary>
    private static void WriteKeys(Utf8JsonWriter json, string? stored)
    {
        if (stored is null || !JsonWebKeySet.TryParse(stored, out var set, out _) || set.Keys.Count == 0)
        {
            return;
        }

        json.WriteStartObject("cnf"u8);
        json.WriteString("jkt"u8, set.Keys[0].Thumbprint);
        json.WriteEndObject();
        if (set.Keys.Count > 1)
        {
            JwtJson.WriteList(json, "key_thumbprints", [.. set.Keys.Select(key => key.Thumbprint)]);
        }
    }
}

/// <param name="Credential">A JWS of the type <c>agent-credential+jwt</c>.</param>
/// <param name="JwksUri">Where its key is.</param>
public sealed record SignedCredential(
    [property: JsonPropertyName("credential")] string Credential,
    [property: JsonPropertyName("issued_at")] DateTimeOffset IssuedAt,
    [property: JsonPropertyName("expires_at")] DateTimeOffset ExpiresAt,
    [property: JsonPropertyName("jwks_uri")] string JwksUri)
{
    [JsonPropertyName("credential_type")]
    public string CredentialType => AgentCredential.MediaType;
}
