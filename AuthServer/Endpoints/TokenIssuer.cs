using System.Text.Json;
using AuthServer.Accounts;
using AuthServer.Http;
using AuthServer.Jose;
using AuthServer.Keys;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.Delegation;
using AuthServer.Protocol.Grants;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Endpoints;

/// <summary>Mints what a grant found the client entitled to, and describes it for the trail.</summary>
public sealed class TokenIssuer(SigningKeys keys, IssuerUri issuer, People people)
{
    private const JwsAlgorithm AccessTokenAlgorithm = JwsAlgorithm.ES256;

    public string AccessToken(Granted granted, TokenRequest request, AuditEvent issued) =>
        Sign(AccessTokenAlgorithm, Protocol.Tokens.AccessToken.MediaType, Content(granted, request, issued), static (json, token) => token.WriteTo(json));

    /// <summary>The same at the end of a chain that verifies offline, root first.</summary>
    /// <param name="agents">From the first that delegated to this one.</param>
    public IReadOnlyList<string> Chain(Granted granted, TokenRequest request, AuditEvent issued, IReadOnlyList<ChainAgent> agents) =>
        IssuedChain.Sign(Content(granted, request, issued), agents, keys.Current(AccessTokenAlgorithm));

    private AccessToken Content(Granted granted, TokenRequest request, AuditEvent issued)
    {
        var client = request.Client;
        // Of a family that an agent's own key opened, nobody signed in: neither for that agent nor for one that it delegated to.
        var person = granted.Rights is { SessionId.Length: > 0 } rights ? rights : null;
        return new AccessToken
        {
            Issuer = issuer.Value,
            Id = issued.Id,
            Subject = granted.Subject,
            ClientId = client.ClientId,
            Audience = granted.Resources.Count > 0 ? granted.Resources : [issuer.Value],
            Scopes = granted.Scopes,
            IssuedAt = issued.At,
            ExpiresAt = issued.At + LifetimeOf(granted, client, issued.At),
            AuthTime = person?.AuthTime,
            Acr = person?.Acr,
            SessionId = person?.SessionId,
            AuthorizationId = granted.Rights?.AuthorizationId,
            FamilyId = granted.Rights?.FamilyId,
            SubjectFamilyId = granted.Rights?.SubjectFamilyId,
            KeyThumbprint = request.ProofKey,
            KeyIds = granted.KeyIds,
            Agent = granted.Agent,
            OrganizationId = granted.OrganizationId,
            PriorActors = granted.PriorActors,
            Delegation = granted.Delegation,
            MayAct = granted.MayAct,
            UserInfoClaims = granted.Rights?.UserInfoClaims ?? [],
        };
    }

    /// <summary>The client's own, but never past the end of what it comes from.</summary>
    public static TimeSpan LifetimeOf(Granted granted, Client client, DateTimeOffset now) =>
        new[] { granted.NotAfter, client.ExpiresAt }.Min() - now is { } rest && rest < client.Lifetimes.AccessToken ? rest : client.Lifetimes.AccessToken;

    /// <summary>Null where the request did not ask for OpenID Connect.</summary>
    public async Task<string?> IdTokenAsync(Granted granted, Client client, DateTimeOffset now, CancellationToken ct)
    {
        if (granted.IssuedTokenType is not null || granted.Rights is not { } rights || !granted.Scopes.Contains(ScopeNames.OpenId)
            || !JwsAlgorithms.TryParse(client.IdTokenAlgorithm, out var algorithm))
        {
            return null;
        }

        var token = new IdToken
        {
            Issuer = issuer.Value,
            ClientId = client.ClientId,
            Rights = rights,
            Nonce = granted.Nonce,
            IssuedAt = now,
            ExpiresAt = now + client.Lifetimes.IdToken,
            Person = rights.IdTokenClaims.Count > 0 ? await people.ClaimsAsync(rights.Subject, ct) : null,
        };
        return Sign(algorithm, IdToken.MediaType, token, static (json, token) => token.WriteTo(json));
    }

    public static AuditEvent Describe(AuditEvent template, Granted granted, TokenRequest request, string grantType) => template with
    {
        Subject = granted.Subject,
        ClientId = request.Client.ClientId,
        AgentId = granted.Agent?.Id,
        OrganizationId = granted.Agent?.OrganizationId ?? granted.OrganizationId,
        Scope = ScopeNames.Join(granted.Scopes),
        Target = granted.Rights?.FamilyId,
        Detail = TokenDetail.Of(grantType, granted.Scopes, granted.Resources, granted.Delegation?.Leaf.Id, request.ProofKey, granted.MayAct, granted.KeyIds),
    };

    private string Sign<T>(JwsAlgorithm algorithm, string type, T token, Action<Utf8JsonWriter, T> write) =>
        Jws.Sign(keys.Current(algorithm), type, OAuthResponse.Serialize(token, write).Span);
}
