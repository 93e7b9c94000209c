using AuthServer.Protocol.Clients;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Protocol.Grants;

/// <summary>RFC 8693 with a person's token in which no agent acts: an agent acts in the new one, as far as the person has consented to it and the token
/// goes. It hangs on both, and ends with the first of them.</summary>
internal sealed class ConsentedExchange(IConsents consents)
{
    public async Task<Result<Granted>> GrantAsync(TokenRequest request, SubjectToken subject, string actor, CancellationToken ct)
    {
        // Its holder let the one that it names have it, who cannot have its key; whoever else presents it has to be its holder.
        if (subject.Rights is null || (subject.KeyThumbprint is { } key && key != request.ProofKey && !subject.Names(request.Client)))
        {
            return DelegatedRights.Refuse("subject_token_not_proven");
        }

        if (await request.FindAgentAsync(actor, ct) is not { Agent: { } identity } agent)
        {
            return DelegatedRights.Refuse("agent_not_active");
        }

        var live = await consents.FindAsync(subject.Subject, actor, subject.ClientId, request.Now, ct);
        if (live.Count == 0)
        {
            return DelegatedRights.Refuse("no_consent");
        }

        var chosen = live.FirstOrDefault(consent => Fits(request, subject, agent, consent)) ?? live[0];
        return DelegatedRights.Scopes(request, Held(subject, agent, chosen)).Failed(out var error, out var scopes)
            || Resources(request, subject, chosen).Failed(out error, out var resources)
                ? error
                : Grant(request, subject, identity, chosen, scopes, resources);
    }

    private static bool Fits(TokenRequest request, SubjectToken subject, Client agent, AgentConsent consent) =>
        DelegatedRights.Scopes(request, Held(subject, agent, consent)).Error is null && Resources(request, subject, consent).Error is null;

    /// <summary>What the person lets the agent do, the token may do, and the agent may still do.</summary>
    private static IReadOnlyList<string> Held(SubjectToken subject, Client agent, AgentConsent consent) =>
        [.. ScopeWildcards.Intersect(subject.Scopes, consent.Scopes).Where(agent.Covers)];

    /// <summary>Never beyond the audience of the token, nor beyond what the consent is for.</summary>
    private static Result<IReadOnlyList<string>> Resources(TokenRequest request, SubjectToken subject, AgentConsent consent)
    {
        IReadOnlyList<string> meant = consent.Resources.Count > 0 ? consent.Resources : [request.Issuer];
        if (DelegatedRights.Within(request, subject.Audience).Failed(out var error, out var wanted))
        {
            return error;
        }

        string[] shared = [.. wanted.Where(meant.Contains)];
        return shared.Length == 0 || (shared.Length < wanted.Count && DelegatedRights.Named(request) is { Count: > 0 })
            ? OAuthError.InvalidTarget("The audience goes beyond what the person agreed to.", "audience_beyond_consent")
            : Result.Of<IReadOnlyList<string>>(shared);
    }

    private Granted Grant(
        TokenRequest request, SubjectToken subject, AgentIdentity agent, AgentConsent consent, IReadOnlyList<string> scopes, IReadOnlyList<string> resources)
    {
        var family = new TokenFamily
        {
            Id = Identifiers.New("fam_", request.Now),
            CreatedAt = request.Now,
            ExpiresAt = DelegatedRights.EndOf(request, subject, consent.ExpiresAt),
            Rights = subject.Rights! with
            {
                AuthorizationId = consent.Id,
                AuthorizationExpiresAt = consent.ExpiresAt,
                SubjectFamilyId = subject.Rights.FamilyId,
                ApplicationId = consent.ApplicationId,
                Actor = agent,
                Scopes = scopes,
                Resources = resources,
            },
        };
        family = family with { Rights = family.Rights with { FamilyId = family.Id } };
        return new Granted
        {
            Subject = subject.Subject,
            Agent = agent,
            Scopes = scopes,
            Resources = resources,
            Rights = family.Rights,
            NotAfter = family.ExpiresAt,
            KeyIds = DelegatedRights.KeyIds(request, subject),
            IssuedTokenType = request.Form["requested_token_type"] ?? TokenExchangeGrant.AccessTokenType,
            ClaimAsync = (issuance, ct) => consents.TryOpenAsync(family, issuance, ct),
        };
    }
}
