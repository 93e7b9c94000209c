using AuthServer.Protocol;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.Grants;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Endpoints;

/// <summary>Every grant type there is, in one array; discovery is built from it.</summary>
public sealed class Grants(
    IAuthorizationCodes codes,
    IRefreshTokens refreshTokens,
    ITokenFamilies families,
    IAuditTrail trail,
    IActiveAgents activeAgents,
    IDelegations delegations,
    IConsents consents,
    RefreshTokens succession)
{
    private readonly IGrant[] _grants =
    [
        new AuthorizationCodeGrant(codes, families),
        new ClientCredentialsGrant(trail, activeAgents),
        new JwtBearerGrant(trail, activeAgents),
        new RefreshTokenGrant(refreshTokens, families, succession),
        new TokenExchangeGrant(delegations, consents, activeAgents, trail),
        new AgentDelegationGrant(delegations),
    ];

    public IEnumerable<string> Types => _grants.Select(grant => grant.Type);

    public Result<IGrant> For(string type, Client client)
    {
        var grant = Array.Find(_grants, grant => grant.Type == type);
        if (grant is null)
        {
            return OAuthError.UnsupportedGrantType("This grant type is not supported.");
        }

        return client.MayUse(type) ? Result.Of(grant) : OAuthError.UnauthorizedClient("This client may not use this grant type.");
    }
}
