using AuthServer.Agents;
using AuthServer.Agents.Claims;
using AuthServer.Agents.Credentials;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Protocol;
using AuthServer.Protocol.Grants;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Endpoints.Rest;

/// <summary>An identity in one call: an agent and its API key, and tokens by that key, as the agents' own door gives them.</summary>
public sealed class Quickstart(UnclaimedAgents unclaimed, NewAgents registered, ManagedKeys credentials, ApiKeys keys, Redemption redemption, IssuerUri issuer, TimeProvider clock)
{
    /// <summary>An agent without an account, with tokens.</summary>
    /// <param name="resources">What its first tokens are for; none: this server's API.</param>
    public async Task<Answer<QuickstartAnswer>> StartAsync(HttpContext http, NewUnclaimedAgent said, IReadOnlyList<string> resources, CancellationToken ct)
    {
        // Before there is an agent, whose key the refusal could not tell.
        if (redemption.ReadProof(http, null, out var proof) is { } unproven)
        {
            return RestErrors.Of(unproven);
        }

        if ((await unclaimed.RegisterAsync(http, said, ct)).Failed(out var problem, out var made))
        {
            return problem;
        }

        var client = await keys.FindAsync(made.Secret, ct) ?? throw new InvalidOperationException("A key that was stored just now was not found.");
        var form = Parameters.Of([("grant_type", GrantTypes.ClientCredentials), .. resources.Select(resource => (Parameters.Repeatable, (string?)resource))]);
        return (await redemption.RedeemAsync(http, client, form, TokenDoor.Agents, proof, ct)).Failed(out var error, out var tokens)
            ? RestErrors.Of(error)
            : Created(made, QuickstartToken.Of(tokens, clock.GetUtcNow()));
    }

    /// <summary>A root agent and its first key, without tokens: of a developer's organization, or of nobody's.</summary>
    /// <param name="caller">Null: nobody in particular asks.</param>
    public async Task<Answer<QuickstartAnswer>> BootstrapAsync(HttpContext http, ActingParty? caller, NewUnclaimedAgent said, CancellationToken ct)
    {
        if (caller?.Agent is not null)
        {
            return Problem.Forbidden("bootstrap_by_agent", "Agents make no root agents. POST /api/v1/agents makes one below you.");
        }

        if (caller is null)
        {
            return (await unclaimed.RegisterAsync(http, said, ct)).Failed(out var refused, out var made) ? refused : Created(made, null);
        }

        var agent = new NewAgent
        {
            Name = said.Name,
            AgentType = said.AgentType,
            Description = said.Description,
            AllowedScopes = QuickstartScopes.All,
            Jwks = said.Jwks,
            PublicKey = said.PublicKey,
        };
        if ((await registered.RegisterAsync(http, caller, agent, ct)).Failed(out var problem, out var one)
            || (await credentials.CreateAsync(http, caller, new NewCredential { AgentId = one.Id }, ct)).Failed(out problem, out var key))
        {
            return problem;
        }

        return Answer.Created(new QuickstartAnswer(one, key.RawKey, key.Credential.Prefix, key.Credential.Id), $"/api/v1/agents/{one.Id}");
    }

    private Answer<QuickstartAnswer> Created(UnclaimedAgent made, QuickstartToken? token) => Answer.Created(
        new QuickstartAnswer(made.Agent, made.Secret, made.Key.Hint, made.Key.Id)
        {
            Token = token,
            Claim = new QuickstartClaim(issuer.At(made.ClaimPath), made.Code, made.Claim.ExpiresAt),
        },
        $"/api/v1/agents/{made.Agent.Id}");
}
