using System.Collections.Concurrent;
using System.Collections.Frozen;
using AuthServer.Data;
using AuthServer.Policies.Engine;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Scopes;

/// <summary>Every scope with its category, its risk and plain words, kept in memory for a few seconds, by organization.</summary>
public sealed class ScopeCatalog(IDbContextFactory<AuthDbContext> contexts, TimeProvider clock)
{
    private const int Most = 10_000;

    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Entry> _known = new(StringComparer.Ordinal);

    /// <param name="organizationId">Null: the installation itself.</param>
    public ValueTask<KnownScopes> KnownAsync(string? organizationId, CancellationToken ct) =>
        _known.TryGetValue(organizationId ?? "", out var entry) && clock.GetUtcNow() - entry.ReadAt < Freshness
            ? new(entry.Scopes)
            : new(ReadAsync(organizationId, ct));

    /// <summary>One line for each, in the same order.</summary>
    public async ValueTask<IReadOnlyList<ScopeLine>> DescribeAsync(IReadOnlyList<string> scopes, string? organizationId, CancellationToken ct)
    {
        var known = await KnownAsync(organizationId, ct);
        return [.. scopes.Select(known.Describe)];
    }

    /// <summary>What this process has changed itself is in force at once.</summary>
    public void Forget(string organizationId) => _known.TryRemove(organizationId, out _);

    private async Task<KnownScopes> ReadAsync(string? organizationId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var context = await contexts.CreateDbContextAsync(ct);
        var operators = await context.Scopes.AsNoTracking()
            .Where(row => row.Name != null)
            .Select(row => OfOperator(row.Name!, row.DisplayName, row.Description))
            .ToListAsync(ct);
        var own = organizationId is null ? [] : await context.OrganizationScopes.AsNoTracking()
            .Where(row => row.OrganizationId == organizationId)
            .Select(row => new ScopeLine(row.Name, row.Category, row.Risk, row.Title, row.Description, ScopeOrigin.Organization))
            .ToListAsync(ct);

        // The operator speaks for every API of the installation, so an organization's words never replace the operator's.
        var others = operators.Concat(own).DistinctBy(line => line.Name, StringComparer.Ordinal).ToFrozenDictionary(line => line.Name, StringComparer.Ordinal);
        if (_known.Count >= Most)
        {
            _known.Clear();
        }

        var known = new KnownScopes(others);
        _known[organizationId ?? ""] = new Entry(known, now);
        return known;
    }

    /// <summary>OpenIddict's columns know no risk, so it is taken for high.</summary>
    private static ScopeLine OfOperator(string name, string? title, string? description) =>
        new(name, ScopeLine.OtherCategory, RiskLevel.High, title ?? name, description ?? ScopeLine.Undescribed, ScopeOrigin.Operator);

    private sealed record Entry(KnownScopes Scopes, DateTimeOffset ReadAt);
}
