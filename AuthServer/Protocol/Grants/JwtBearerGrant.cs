using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Protocol.Grants;

/// <summary>RFC 7523 §2.1: a JWT that an organization's certificate signed, for an access token: of the agent that the request names, as if that had proven
/// itself; or of the organization, for this server's own API. The assertion has authenticated its sender when this is asked.</summary>
public sealed class JwtBearerGrant(IAuditTrail trail, IActiveAgents activeAgents) : IGrant
{
    private readonly ClientCredentialsGrant _ofAgents = new(trail, activeAgents);

    public string Type => GrantTypes.JwtBearer;

    public Task<Result<Granted>> RedeemAsync(TokenRequest request, CancellationToken ct) => Task.FromResult(Redeem(request));

    private Result<Granted> Redeem(TokenRequest request)
    {
        if (request.Client.Organization is not { } organization)
        {
            return _ofAgents.Redeem(request);
        }

        return request.Form["scope"] is { } asked && asked != OwnScopes.Organization
                ? OAuthError.InvalidScope($"Without a client_id the token is the organization's own: leave scope out, or ask for {OwnScopes.Organization}.")
            : request.Form.Resources.Count > 0 || request.Form.Has("audience")
                ? OAuthError.InvalidTarget("Without a client_id the token is for this server's own API.")
            : new Granted
            {
                Subject = organization.UserId,
                OrganizationId = organization.Id,
                Scopes = [OwnScopes.Organization],
                Resources = [],
                NotAfter = request.Client.Key?.ExpiresAt,
                KeyIds = request.Client.KeyIds,
                ClaimAsync = trail.TryIssueAsync,
            };
    }
}
