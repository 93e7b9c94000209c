using AuthServer.Protocol.Clients;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Protocol.Grants;

/// <summary>RFC 8693: a token for another one that is narrower. Who it is for acts in the subject token already, and only narrows it; or the agent
/// that acts in it has delegated to them, and comes before them in <c>act</c>; or the person whose own it is has consented to them. Nothing is ever wider or
/// longer than the subject token, nor than an actor token beside it.</summary>
public sealed class TokenExchangeGrant(IDelegations delegations, IConsents consents, IActiveAgents activeAgents, IAuditTrail trail) : IGrant
{
    public const string AccessTokenType = "urn:ietf:params:oauth:token-type:access_token";
    public const string JwtType = "urn:ietf:params:oauth:token-type:jwt";

    private readonly ConsentedExchange _consented = new(consents);

    public string Type => GrantTypes.TokenExchange;

    public async Task<Result<Granted>> RedeemAsync(TokenRequest request, CancellationToken ct)
    {
        if (CheckForm(request.Form) is { } error)
        {
            return error;
        }

        if (request.Client.IsPublic)
        {
            return OAuthError.UnauthorizedClient("A public client cannot exchange tokens.");
        }

        if (request.SubjectToken.Failed(out error, out var subject))
        {
            return error;
        }

        if (ActorOf(request) is not { } actor)
        {
            return DelegatedRights.Refuse(request.ActorToken is null ? "actor_token_invalid" : "actor_token_of_another_agent");
        }

        // RFC 8693 §4.4: where the token says who may act, nobody else may.
        if (subject.MayAct is { } named && named != actor)
        {
            return DelegatedRights.Refuse("actor_not_allowed");
        }

        if (!subject.MayBePresentedBy(request.Client))
        {
            return DelegatedRights.Refuse("subject_token_of_another_client");
        }

        var parent = subject.DelegationId is { } id ? await delegations.FindAsync(id, ct) : null;
        if (subject.DelegationId is not null && parent is null)
        {
            return DelegatedRights.Refuse("delegation_unknown");
        }

        // Who holds a bound token narrows it with its key. Whom the holder delegated to needs the token, and cannot have the key: the delegation stands for it.
        var isNarrowing = actor == (subject.CurrentActor ?? subject.ClientId);
        if (isNarrowing && subject.KeyThumbprint is { } key && key != request.ProofKey)
        {
            return DelegatedRights.Refuse("subject_token_not_proven");
        }

        return isNarrowing ? await GrantAsync(request, subject, parent, subject.Actors, ct)
            : subject.IsOfPerson && IsAgent(actor) && !request.Form.Has("delegation_id") ? await _consented.GrantAsync(request, subject, actor, ct)
            : (await FindAsync(request, subject, parent, actor, ct)).Failed(out error, out var chain) ? error
            : await GrantAsync(request, subject, chain, [actor, .. subject.Actors], ct);
    }

    private static OAuthError? CheckForm(Parameters form) =>
        !form.Has("subject_token") || !form.Has("subject_token_type") ? OAuthError.InvalidRequest("subject_token and subject_token_type are needed.")
        : form["subject_token_type"] is not (AccessTokenType or JwtType) ? OAuthError.InvalidRequest("Only access tokens of this server can be exchanged.", "subject_token_type")
        : form.Has("actor_token") != form.Has("actor_token_type") ? OAuthError.InvalidRequest("actor_token and actor_token_type go together.", "actor_token_type")
        : form["actor_token_type"] is not (null or AccessTokenType or JwtType) ? OAuthError.InvalidRequest("An actor_token is an access token of this server.", "actor_token_type")
        : form["requested_token_type"] is not (null or AccessTokenType or JwtType) ? OAuthError.InvalidRequest("Only access tokens can be requested.", "requested_token_type")
        : null;

    /// <summary>Who the token is to be for: the agent that the client is, or one that proves itself by a token of its own. An agent speaks for nobody
    /// but itself. Null: it cannot be said.</summary>
    private static string? ActorOf(TokenRequest request)
    {
        var own = request.Client.Agent?.Id;
        return !request.Form.Has("actor_token") ? own ?? request.Client.ClientId
            : request.ActorToken?.Subject is { } proven && (own is null || own == proven) ? proven
            : null;
    }

    private static bool IsAgent(string actor) => Identifiers.ToUuid("agt_", actor) is not null;

    /// <summary>The live delegation from who acts in the subject token to the actor, which goes on from where that token stands: the one that is
    /// named, else the newest that gives what is asked for.</summary>
    private async Task<Result<DelegationChain>> FindAsync(TokenRequest request, SubjectToken subject, DelegationChain? parent, string actor, CancellationToken ct)
    {
        if (subject.CurrentActor is not { } delegator || !IsAgent(actor))
        {
            return DelegatedRights.Refuse("no_delegation");
        }

        if (actor == subject.Subject || subject.Actors.Contains(actor))
        {
            return DelegatedRights.Refuse("delegation_cycle");
        }

        if (request.Form["delegation_id"] is { } text)
        {
            var named = Identifiers.Read("dlg_", text) is { } id ? await delegations.FindAsync(id, ct) : null;
            return named is null || named.Leaf.DelegatorId != delegator || named.Leaf.DelegateId != actor || named.Leaf.PrincipalId != subject.Subject
                || named.Leaf.ParentId != subject.DelegationId ? DelegatedRights.Refuse("no_delegation")
                : named.Fault(request.Now) is { } fault ? DelegatedRights.Refuse(fault)
                : named;
        }

        var asked = request.Form["scope"] is { } list ? ScopeNames.Parse(list) ?? [] : [];
        DelegationChain[] chains =
        [
            .. (await delegations.BetweenAsync(delegator, actor, subject.Subject, subject.DelegationId, request.Now, ct))
                .Select(hop => new DelegationChain([.. parent?.Hops ?? [], hop])),
        ];
        DelegationChain[] live = [.. chains.Where(chain => chain.Fault(request.Now) is null)];
        return live.FirstOrDefault(chain => ScopeWildcards.CoversAll(chain.Scopes, asked)) is { } fitting ? fitting
            : live.Length > 0 ? live[0]
            : DelegatedRights.Refuse(chains.Length > 0 ? chains[0].Fault(request.Now)! : "no_delegation");
    }

    /// <param name="actors">Who acts in the new token, latest first; none: its subject does.</param>
    private async ValueTask<Result<Granted>> GrantAsync(
        TokenRequest request, SubjectToken subject, DelegationChain? chain, IReadOnlyList<string> actors, CancellationToken ct)
    {
        var held = subject.Scopes;
        if (chain is not null)
        {
            if ((await DelegatedRights.HeldAsync(request, chain, ct)).Failed(out var dead, out var given))
            {
                return dead;
            }

            held = ScopeWildcards.Intersect(held, given);
        }

        AgentIdentity? agent = null;
        if ((actors.Count > 0 ? actors[0] : subject.CurrentActor) is { } acting && (agent = (await request.FindAgentAsync(acting, ct))?.Agent) is null)
        {
            return DelegatedRights.Refuse("agent_not_active");
        }

        if (DelegatedRights.Scopes(request, held).Failed(out var error, out var scopes) || DelegatedRights.Within(request, subject.Audience).Failed(out error, out var resources))
        {
            return error;
        }

        return new Granted
        {
            Subject = subject.Subject,
            Agent = agent,
            PriorActors = [.. actors.Skip(1)],
            Scopes = scopes,
            Resources = resources,
            Rights = subject.Rights,
            NotAfter = DelegatedRights.EndOf(request, subject, chain?.ExpiresAt),
            KeyIds = DelegatedRights.KeyIds(request, subject),
            Delegation = chain,
            IssuedTokenType = request.Form["requested_token_type"] ?? AccessTokenType,
            ClaimAsync = (issuance, claimCt) => chain is not null ? delegations.TryIssueAsync(chain, issuance, claimCt)
                : agent is not null ? activeAgents.TryIssueAsync(agent, issuance, claimCt)
                : trail.TryIssueAsync(issuance, claimCt),
        };
    }
}
