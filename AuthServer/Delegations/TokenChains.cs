using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Protocol.Tokens;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Delegations;

/// <summary>What a token says of who acts for whom, and what has become of it since. Possession is the proof; nothing of the token is kept.</summary>
public sealed class TokenChains(AccessTokens tokens, DelegationGraphs graphs, IDbContextFactory<AuthDbContext> contexts)
{
    /// <returns>Null: this server never issued it, or it is no access token.</returns>
    public async Task<TokenChain?> FindAsync(string token, CancellationToken ct)
    {
        var (claims, fault) = await tokens.ExamineAsync(token, ct);
        if (claims is null || !claims.TryGetString("sub", out var subject))
        {
            return null;
        }

        string[] hops = claims.TryGetStrings(AccessToken.Names.DelegationChain, out var ids) ? [.. ids] : [];
        var agent = AccessTokens.AgentOf(claims);
        return new TokenChain(
            fault,
            subject,
            agent,
            await NamesAsync([subject, .. agent is null ? Array.Empty<string>() : [agent]], ct),
            ScopeNames.Parse(claims.TryGetString("scope", out var scope) ? scope : "") ?? [],
            DelegationBounds.OfToken(claims).ToString(),
            claims.TryGetStrings("aud", out var audience) ? audience : [],
            claims.TryGetNumericDate("exp", out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null,
            claims.Has("cnf"),
            hops.Length == 0 ? [] : await graphs.ChainAsync(null, hops, ct));
    }

    private async Task<IReadOnlyDictionary<string, string>> NamesAsync(string[] ids, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Agents.AsNoTracking().Where(agent => ids.Contains(agent.Id)).ToDictionaryAsync(agent => agent.Id, agent => agent.Name, StringComparer.Ordinal, ct);
    }
}

/// <param name="Fault">Why it is worth nothing, in one word; null: it is good.</param>
/// <param name="Subject">In whose name: <c>usr_…</c>, <c>agt_…</c>, or a client.</param>
/// <param name="AgentId">Who acts; null: no agent.</param>
/// <param name="Names">Of the agents among the two.</param>
/// <param name="Constraints">A JSON array.</param>
/// <param name="IsBound">It is worth nothing without its holder's key.</param>
/// <param name="Hops">Root first; none: the agent acts by itself, or was allowed directly.</param>
public sealed record TokenChain(
    string? Fault, string Subject, string? AgentId, IReadOnlyDictionary<string, string> Names, IReadOnlyList<string> Scopes, string Constraints,
    IReadOnlyList<string> Audience, DateTimeOffset? ExpiresAt, bool IsBound, IReadOnlyList<DelegationView> Hops);
