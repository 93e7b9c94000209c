using System.Collections.Frozen;
using AuthServer.Data;
using AuthServer.Policies.Engine;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Scopes;

/// <summary>Every scope with its category, its risk and plain words, kept in memory for a few seconds, by organization.</summary>
public sealed class ScopeCatalog(IDbContextFactory<AuthDbContext> contexts, TimeProvider clock)
{
    private const string Installation = "";

    private readonly RecentReads<KnownScopes> _known = new((organizationId, _) => ReadAsync(contexts, organizationId), clock);

    /// <param name="organizationId">Null: the installation itself.</param>
    public ValueTask<KnownScopes> KnownAsync(string? organizationId, CancellationToken ct) => _known.FindAsync(organizationId ?? Installation, ct)!;

    /// <summary>One line for each, in the same order.</summary>
    public async ValueTask<IReadOnlyList<ScopeLine>> DescribeAsync(IReadOnlyList<string> scopes, string? organizationId, CancellationToken ct)
    {
        var known = await KnownAsync(organizationId, ct);
        return [.. scopes.Select(known.Describe)];
    }

    /// <summary>What this process has changed itself is in force at once.</summary>
    public void Forget(string organizationId) => _known.Forget(organizationId);

    private static async Task<KnownScopes?> ReadAsync(IDbContextFactory<AuthDbContext> contexts, string organizationId)
    {
        await using var context = await contexts.CreateDbContextAsync();
        var operators = await context.Scopes.AsNoTracking()
            .Where(row => row.Name != null)
            .Select(row => OfOperator(row.Name!, row.DisplayName, row.Description))
            .ToListAsync();
        var own = organizationId == Installation ? [] : await context.OrganizationScopes.AsNoTracking()
            .Where(row => row.OrganizationId == organizationId)
            .Select(row => new ScopeLine(row.Name, row.Category, row.Risk, row.Title, row.Description, ScopeOrigin.Organization))
            .ToListAsync();

        // The operator speaks for every API of the installation, so an organization's words never replace the operator's.
        return new KnownScopes(
            operators.Concat(own).DistinctBy(line => line.Name, StringComparer.Ordinal).ToFrozenDictionary(line => line.Name, StringComparer.Ordinal));
    }

    /// <summary>OpenIddict's columns know no risk, so it is taken for high.</summary>
    private static ScopeLine OfOperator(string name, string? title, string? description) =>
        new(name, ScopeLine.OtherCategory, RiskLevel.High, title ?? name, description ?? ScopeLine.Undescribed, ScopeOrigin.Operator);
}
