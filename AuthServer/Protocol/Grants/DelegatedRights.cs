using AuthServer.Protocol.Clients;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Protocol.Grants;

/// <summary>What a chain of delegations gives now, for both grants that use one.</summary>
public static class DelegatedRights
{
    // What only an authorization request gives.
    private static readonly string[] Never = [ScopeNames.OpenId, ScopeNames.OfflineAccess];

    /// <summary>RFC 8693 §2.2.2: whatever is wrong with the tokens or with who presents them, the wire says only this.</summary>
    public static OAuthError Refuse(string reason) => OAuthError.InvalidRequest("The tokens cannot be exchanged: they are not good, or not for this.", reason);

    /// <summary>The scopes that the chain gives while all in it may act. Its first agent passes on what it may do itself, and no longer what it might once.</summary>
    public static async ValueTask<Result<IReadOnlyList<string>>> HeldAsync(TokenRequest request, DelegationChain chain, CancellationToken ct)
    {
        if (chain.Fault(request.Now) is { } fault)
        {
            return Refuse(fault);
        }

        Client? root = null;
        foreach (var id in chain.Agents)
        {
            if (await request.FindAgentAsync(id, ct) is not { } agent)
            {
                return Refuse("agent_not_active");
            }

            root ??= agent;
        }

        return Result.Of(chain.Root.PrincipalId == chain.Root.DelegatorId ? ScopeWildcards.Intersect(chain.Scopes, [.. root!.Scopes]) : chain.Scopes);
    }

    /// <summary>The scopes asked for, or all: by name, since tokens carry no wildcards.</summary>
    /// <param name="held">May hold wildcards.</param>
    public static Result<IReadOnlyList<string>> Scopes(TokenRequest request, IReadOnlyList<string> held)
    {
        // A key may do less than its agent, by whatever grant.
        held = request.Client.Key?.Scopes is { } bound ? ScopeWildcards.Intersect(held, bound) : held;

        // A narrow key gives narrow tokens: as proof of who acts, one is not worth more than by itself.
        held = request.ActorToken is { } actor ? ScopeWildcards.Intersect(held, actor.Scopes) : held;
        var wanted = held;
        if (request.Form["scope"] is { } list)
        {
            if (ScopeNames.Parse(list) is not { } asked || !ScopeWildcards.CoversAll(held, asked))
            {
                return OAuthError.InvalidScope("The scope goes beyond what was delegated.", "beyond_own_rights");
            }

            wanted = asked;
        }

        var named = Named(wanted, request.Scopes);
        return named.Count > 0 ? Result.Of(named) : OAuthError.InvalidScope("Nothing that was delegated is left.", "no_scope_left");
    }

    /// <summary>The first end among those of the tokens that are exchanged, of the client's key, and of what lets the actor act.</summary>
    public static DateTimeOffset EndOf(TokenRequest request, SubjectToken subject, DateTimeOffset? leave) =>
        new[] { leave, request.Client.Key?.ExpiresAt, request.ActorToken?.ExpiresAt }.Append(subject.ExpiresAt).Min()!.Value;

    /// <summary>The keys that both tokens came by, and the client's own: what is made of them ends with each.</summary>
    public static IReadOnlyList<string> KeyIds(TokenRequest request, SubjectToken subject) =>
        [.. subject.KeyIds.Concat(request.Client.KeyIds).Concat(request.ActorToken?.KeyIds ?? []).Distinct(StringComparer.Ordinal)];

    /// <summary>What a delegated token can carry of these: by name, and nothing that only an authorization request gives.</summary>
    public static IReadOnlyList<string> Named(IReadOnlyList<string> held, IEnumerable<string> known) =>
        [.. ScopeWildcards.Resolve(held, known).Where(scope => !Never.Contains(scope))];

    /// <summary>The audience asked for, or all of this token's; never beyond it: what is for one API does not become a token for another. An API that is not
    /// registered any longer gets no new tokens.</summary>
    public static Result<IReadOnlyList<string>> Within(TokenRequest request, IReadOnlyList<string> audience)
    {
        if (Named(request) is not { } named || named.Any(uri => !audience.Contains(uri)))
        {
            return OAuthError.InvalidTarget("The audience goes beyond that of the subject token.", "audience_beyond_subject_token");
        }

        IReadOnlyList<string> wanted = named.Count > 0 ? named : audience, live = [.. wanted.Where(request.Resources.ContainsKey)];
        return live.Count == 0 || (named.Count > 0 && live.Count < named.Count)
            ? OAuthError.InvalidTarget("The resource is not known here any longer.", "resource_not_registered")
            : Result.Of(live);
    }

    /// <summary>What <c>resource</c> and <c>audience</c> (RFC 8693 §2.1) name; empty: neither was sent. Null: one of them is no address.</summary>
    public static IReadOnlyList<string>? Named(TokenRequest request)
    {
        string?[] named =
        [
            .. request.Form.Resources.Concat(request.Form["audience"] is { } audience ? [audience] : []).Select(ResourceServer.Canonical).Distinct(StringComparer.Ordinal),
        ];
        return named.Contains(null) ? null : (IReadOnlyList<string>)named!;
    }
}
