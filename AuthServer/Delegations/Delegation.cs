using AuthServer.Applications;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Delegations;

/// <summary>One hop: an agent lets another act with part of its rights, <c>dlg_…</c>. What it gives is never more than its parent gives, whatever the
/// rows say; and it is dead when its parent is.</summary>
public sealed class Delegation
{
    public string Id { get; set; } = "";

    /// <summary>The hop before it; null: the delegator's own rights.</summary>
    public string? ParentId { get; set; }

    /// <summary>The first hop of its chain, which is itself where it has no parent.</summary>
    public string RootId { get; set; } = "";

    /// <summary>The ids of all hops to here, each with a slash after it: a branch is what begins alike.</summary>
    public string Path { get; set; } = "";

    public string DelegatorId { get; set; } = "";

    public string DelegateId { get; set; } = "";

    /// <summary>In whose name the chain acts: a person (<c>usr_…</c>), or the first delegator itself.</summary>
    public string PrincipalId { get; set; } = "";

    /// <summary>Whose trail it belongs to: the delegator's organization.</summary>
    public string OrganizationId { get; set; } = "";

    /// <summary>A JSON array of scopes and wildcards.</summary>
    public string Scopes { get; set; } = "[]";

    /// <summary>A JSON array of constraints.</summary>
    public string Constraints { get; set; } = "[]";

    /// <summary>0 for the first hop.</summary>
    public int ChainDepth { get; set; }

    /// <summary>The depth that no hop below may pass.</summary>
    public int MaxAbsoluteChainDepth { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Never past the parent's; null: it does not expire.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>When it, or a hop above it, was revoked.</summary>
    public DateTimeOffset? RevokedAt { get; set; }

    public IReadOnlyList<string> ScopeList => ApplicationMapping.Strings(Scopes);

    /// <summary>All hops to here, root first.</summary>
    public IReadOnlyList<string> HopIds => Path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    public DelegationHop Hop => new(
        Id, ParentId, DelegatorId, DelegateId, PrincipalId, ScopeList, Constraints, ChainDepth, MaxAbsoluteChainDepth, ExpiresAt, RevokedAt);
}

/// <summary>An API key that a delegation was made by, itself or by a token that came of it: the delegation ends with it.</summary>
public sealed class DelegationKey
{
    /// <summary><c>key_…</c></summary>
    public string KeyId { get; set; } = "";

    public string DelegationId { get; set; } = "";
}

internal static class DelegationQueries
{
    private const int MostIds = 500;

    /// <summary>Those that neither were revoked nor have expired. A hop never outlives the one above it, so its own row says enough.</summary>
    public static IQueryable<Delegation> Live(this IQueryable<Delegation> delegations, DateTimeOffset now) =>
        delegations.Where(row => row.RevokedAt == null && (row.ExpiresAt == null || row.ExpiresAt > now));

    /// <summary>Those that give a scope by their own rows, by name or by a wildcard. A scope has no quotation mark in it, so what is quoted is whole.</summary>
    /// <param name="anyOf">One is enough.</param>
    public static IQueryable<Delegation> Giving(this IQueryable<Delegation> delegations, IEnumerable<string> anyOf)
    {
        string[] written = [.. anyOf.SelectMany(ScopeWildcards.Above).Distinct(StringComparer.Ordinal).Select(scope => ApplicationMapping.Json([scope])![1..^1])];
        return delegations.Where(row => written.Any(scope => row.Scopes.Contains(scope)));
    }

    /// <summary>The chains that end with these, in the same order; dead hops included.</summary>
    public static async Task<IReadOnlyList<DelegationChain>> ChainsAsync(this IQueryable<Delegation> all, IReadOnlyList<Delegation> leaves, CancellationToken ct)
    {
        var hops = leaves.ToDictionary(row => row.Id, row => row.Hop, StringComparer.Ordinal);
        foreach (var part in leaves.SelectMany(row => row.HopIds).Where(id => !hops.ContainsKey(id)).Distinct(StringComparer.Ordinal).Chunk(MostIds))
        {
            foreach (var row in await all.AsNoTracking().Where(row => part.Contains(row.Id)).ToListAsync(ct))
            {
                hops[row.Id] = row.Hop;
            }
        }

        return [.. leaves.Select(row => new DelegationChain([.. row.HopIds.Select(id => hops[id])]))];
    }
}
