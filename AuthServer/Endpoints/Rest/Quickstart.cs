using AuthServer.Agents;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Protocol;
using AuthServer.Protocol.Grants;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Endpoints.Rest;

/// <summary>An identity in one call: an agent without an account, its API key, and tokens by that key, as the agents' own door gives them.</summary>
public sealed class Quickstart(UnclaimedAgents agents, ApiKeys keys, Redemption redemption, IssuerUri issuer, TimeProvider clock)
{
    /// <param name="resources">What its first tokens are for; none: this server's API.</param>
    public async Task<Answer<QuickstartAnswer>> StartAsync(HttpContext http, NewUnclaimedAgent said, IReadOnlyList<string> resources, CancellationToken ct)
    {
        if ((await agents.RegisterAsync(http, said, ct)).Failed(out var problem, out var made))
        {
            return problem;
        }

        var client = await keys.FindAsync(made.Secret, ct) ?? throw new InvalidOperationException("A key that was stored just now was not found.");
        var form = Parameters.Of([("grant_type", GrantTypes.ClientCredentials), .. resources.Select(resource => (Parameters.Repeatable, (string?)resource))]);
        if ((await redemption.RedeemAsync(http, client, form, TokenDoor.Agents, ct)).Failed(out var error, out var tokens))
        {
            return RestErrors.Of(error);
        }

        return Answer.Created(
            new QuickstartAnswer(made, QuickstartToken.Of(tokens, clock.GetUtcNow()), new QuickstartClaim(issuer.At(made.ClaimPath), made.Code, made.Claim.ExpiresAt)),
            $"/api/v1/agents/{made.Agent.Id}");
    }
}
