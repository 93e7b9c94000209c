using AuthServer.Protocol.State;

namespace AuthServer.Protocol.Grants;

/// <summary>An agent's token for what another agent has delegated to it out of its own rights, without a token of that agent. What began with a
/// person's consent needs a token that comes from it, and goes by token exchange.</summary>
public sealed class AgentDelegationGrant(IDelegations delegations) : IGrant
{
    public string Type => GrantTypes.AgentDelegation;

    public async Task<Result<Granted>> RedeemAsync(TokenRequest request, CancellationToken ct)
    {
        if (request.Client is not { IsPublic: false, Agent: { } agent })
        {
            return OAuthError.UnauthorizedClient("Only agents that prove who they are can use this grant.");
        }

        if ((request.Form["delegation_id"] ?? request.Form["delegation_token"]) is not { } named)
        {
            return OAuthError.InvalidRequest("delegation_id is missing.");
        }

        // Somebody else's is answered as one that does not exist.
        if (Identifiers.Read("dlg_", named) is not { } id || await delegations.FindAsync(id, ct) is not { } chain || chain.Leaf.DelegateId != agent.Id)
        {
            return OAuthError.InvalidGrant("delegation_unknown");
        }

        if (chain.Root.PrincipalId != chain.Root.DelegatorId)
        {
            return OAuthError.InvalidGrant("delegation_of_a_person");
        }

        return (await DelegatedRights.HeldAsync(request, chain, ct)).Failed(out var error, out var held) ? OAuthError.InvalidGrant(error.Reason ?? error.Code)
            : DelegatedRights.Scopes(request, held).Failed(out error, out var scopes) ? error
            : (await ResourcesAsync(request, chain, ct)).Failed(out error, out var resources) ? error
            : new Granted
            {
                Subject = chain.Root.PrincipalId,
                Agent = agent,
                PriorActors = [.. chain.Hops.SkipLast(1).Reverse().Select(hop => hop.DelegateId)],
                Scopes = scopes,
                Resources = resources,
                NotAfter = new[] { chain.ExpiresAt, request.Client.Key?.ExpiresAt }.Min(),
                KeyIds = request.Client.Key is { } key ? [key.Id] : [],
                Delegation = chain,
                ClaimAsync = (issuance, claimCt) => delegations.TryIssueAsync(chain, issuance, claimCt),
            };
    }

    /// <summary>Those that the first agent could ask for itself.</summary>
    private static async ValueTask<Result<IReadOnlyList<string>>> ResourcesAsync(TokenRequest request, DelegationChain chain, CancellationToken ct)
    {
        var root = await request.FindAgentAsync(chain.Root.DelegatorId, ct);
        return DelegatedRights.Named(request) is { } named && root is not null
            && named.All(uri => request.Resources.TryGetValue(uri, out var server) && server.IsFor(root))
                ? Result.Of(named)
                : OAuthError.InvalidTarget("The resource is unknown here or not for this delegation.", "resource_not_of_delegation");
    }
}
