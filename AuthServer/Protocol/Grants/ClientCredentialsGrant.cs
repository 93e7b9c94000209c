using AuthServer.Protocol.Clients;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Protocol.Grants;

/// <summary>RFC 6749 §4.4: the client acts for itself. No scope about a person; a refresh token only at the agents' own door, by an API key.</summary>
public sealed class ClientCredentialsGrant(IAuditTrail trail, IActiveAgents activeAgents) : IGrant
{
    /// <summary>Of a refresh token that an API key gave, and all that follow it.</summary>
    public static readonly TimeSpan FamilyLife = TimeSpan.FromDays(7);

    public string Type => GrantTypes.ClientCredentials;

    public Task<Result<Granted>> RedeemAsync(TokenRequest request, CancellationToken ct) => Task.FromResult(Redeem(request));

    internal Result<Granted> Redeem(TokenRequest request)
    {
        // RFC 6749 §4.4: confidential clients only; anybody can send a public client's id.
        if (request.Client.IsPublic)
        {
            return OAuthError.UnauthorizedClient("A public client cannot use the client credentials grant.");
        }

        if (Target.Resolve(request.Form, request.Client, request.Resources, request.Scopes, forItself: true).Failed(out var error, out var target))
        {
            return error;
        }

        var client = request.Client;
        var granted = new Granted
        {
            // RFC 9068 §2.2: the agent's or the client's own id, which no person's id can equal (persons are usr_…).
            Subject = client.Agent?.Id ?? client.ClientId,
            Agent = client.Agent,
            Scopes = target.Scopes,
            Resources = target.Resources,
            NotAfter = client.Key?.ExpiresAt,
            KeyIds = client.KeyIds,
            ClaimAsync = (issuance, claimCt) => ClaimAsync(client, issuance, claimCt),
        };
        return request.Door == TokenDoor.Agents && client is { Agent: { } agent, Key: { IsCertificate: false } key } ? WithFamily(granted, client, agent, key, request) : granted;
    }

    /// <summary>The same with a refresh token, in a family that ends with the key.</summary>
    private Granted WithFamily(Granted granted, Client client, AgentIdentity agent, ClientKey key, TokenRequest request)
    {
        var now = request.Now;
        var rights = new GrantedRights
        {
            AuthorizationId = key.Id,
            AuthorizationExpiresAt = key.ExpiresAt,
            FamilyId = Identifiers.New("fam_", now),
            ApplicationId = client.Id,
            Subject = agent.Id,
            Actor = agent,
            Scopes = granted.Scopes,
            Resources = granted.Resources,
            SessionId = "",
            AuthTime = now,
            Sender = request.SenderOf(null),
        };
        var family = new TokenFamily
        {
            Id = rights.FamilyId,
            Rights = rights,
            CreatedAt = now,
            ExpiresAt = key.ExpiresAt is { } end && end < now + FamilyLife ? end : now + FamilyLife,
        };
        var (value, record) = RefreshTokens.First(family, client.Lifetimes, Identifiers.Member(family.Id, now));
        return granted with
        {
            Rights = rights,
            KeyIds = [],
            NotAfter = family.ExpiresAt,
            RefreshToken = value,
            RefreshTokenRecord = record,
            ClaimAsync = (issuance, ct) => activeAgents.TryOpenAsync(family, issuance, ct),
        };
    }

    private Task<bool> ClaimAsync(Client client, Issuance issuance, CancellationToken ct) =>
        client.Agent is { } agent ? activeAgents.TryIssueAsync(agent, issuance, ct) : trail.TryIssueAsync(issuance, ct);
}
