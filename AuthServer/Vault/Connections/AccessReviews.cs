using System.Globalization;
using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Vault.Providers;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Connections;

/// <summary>Who may see, change and use an organization's connections, all of them at a glance; and that somebody looked at it and found it right.</summary>
public sealed class AccessReviews(IDbContextFactory<AuthDbContext> contexts, ProviderCatalog catalog, TimeProvider clock)
{
    private const string AccessPath = "\"access";
    private const int Hour = 3600;

    // Whoever presses twice means it once.
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Unused = TimeSpan.FromDays(90);
    private static readonly TimeSpan Old = TimeSpan.FromDays(180);

    /// <summary>Those that a member may see, newest first.</summary>
    public async Task<Answer<Page<AccessReviewItem>>> ListAsync(Developer developer, Paging paging, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var rows = (await context.Connections.AsNoTracking().Where(row => row.OrganizationId == developer.OrganizationId).OrderByDescending(row => row.Id).ToListAsync(ct))
            .Where(row => row.ReadAccess().MayView(developer.UserId, developer.Role)).ToList();
        var facts = await ReadAsync(context, developer.OrganizationId, ct);
        var items = new List<AccessReviewItem>();
        foreach (var row in rows.Skip(paging.Offset).Take(paging.Limit))
        {
            items.Add(await ItemAsync(row, facts, ct));
        }

        return new Page<AccessReviewItem>(items, new PageMeta(rows.Count, paging.Limit, paging.Offset));
    }

    /// <summary>Notes that an admin looked at a connection's access and found it right.</summary>
    public async Task<Answer<AccessReviewItem>> ConfirmAsync(HttpContext http, Developer developer, string id, IfMatch match, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        if ((await ConnectionReach.FindForChangeAsync(context, developer, id, match, ct)).Failed(out var problem, out var row))
        {
            return problem;
        }

        if (developer.Role < Role.Admin)
        {
            return Problem.Forbidden("role", "Access is for admins to review.");
        }

        var now = clock.GetStoredNow();
        if (row.ReviewedBy != developer.UserId || row.ReviewedAt is not { } last || now - last > Again || await ChangedSinceAsync(context, row.Id, last, ct))
        {
            (row.ReviewedAt, row.ReviewedBy) = (now, developer.UserId);
            context.AuditEvents.Add(AuditEventRow.From(ConnectionEvents.Of(ConnectionEvents.AccessReviewed, http, developer, row, now, more: ("version", row.Version))));
            try
            {
                if (!await context.TrySaveChangesAsync(developer, Role.Admin, ct))
                {
                    return ConnectionSaves.NoLonger;
                }
            }
            catch (DbUpdateConcurrencyException)
            {
                return Problem.Stale;
            }
        }

        return await ItemAsync(row, await ReadAsync(context, developer.OrganizationId, ct), ct);
    }

    private static Task<bool> ChangedSinceAsync(AuthDbContext context, string connectionId, DateTimeOffset since, CancellationToken ct) =>
        context.ConnectionVersions.AnyAsync(version => version.ConnectionId == connectionId && version.At > since && version.Changed.Contains(AccessPath), ct);

    private static async Task<Facts> ReadAsync(AuthDbContext context, string organizationId, CancellationToken ct)
    {
        var used = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        var calls = await context.ConnectionUsages.AsNoTracking().Where(row => row.Seconds == Hour && row.Calls > 0)
            .Join(context.Connections.Where(row => row.OrganizationId == organizationId), usage => usage.ConnectionId, row => row.Id, (usage, row) => usage)
            .GroupBy(usage => usage.ConnectionId).Select(group => new { Id = group.Key, At = group.Max(usage => usage.At) }).ToListAsync(ct);
        var accounts = await context.ConnectedAccounts.AsNoTracking().Where(row => row.OrganizationId == organizationId && row.LastUsedAt != null)
            .GroupBy(row => row.ConnectionId).Select(group => new { Id = group.Key, At = group.Max(row => row.LastUsedAt!.Value) }).ToListAsync(ct);
        foreach (var (id, at) in calls.Select(one => (one.Id, one.At)).Concat(accounts.Select(one => (one.Id, one.At))))
        {
            used[id] = used.TryGetValue(id, out var before) && before > at ? before : at;
        }

        var changed = await context.ConnectionVersions.AsNoTracking().Where(version => version.OrganizationId == organizationId && version.Changed.Contains(AccessPath))
            .GroupBy(version => version.ConnectionId).Select(group => new { Id = group.Key, At = group.Max(version => version.At) }).ToListAsync(ct);
        return new Facts(
            used,
            changed.ToDictionary(one => one.Id, one => one.At, StringComparer.Ordinal),
            await context.Members.Where(member => member.OrganizationId == organizationId).Select(member => member.UserId).ToHashSetAsync(StringComparer.Ordinal, ct));
    }

    private async Task<AccessReviewItem> ItemAsync(Connection row, Facts facts, CancellationToken ct)
    {
        var (access, now) = (row.ReadAccess(), clock.GetUtcNow());
        var provider = await catalog.FindAsync(row.OrganizationId, row.ProviderId, ct);
        var lastUsed = facts.Used.TryGetValue(row.Id, out var at) ? at : (DateTimeOffset?)null;
        var changed = row.ReviewedAt is { } last && facts.Changed.TryGetValue(row.Id, out var then) && then > last;
        return new AccessReviewItem
        {
            ConnectionId = row.Id,
            Name = row.Name,
            Provider = row.ProviderId,
            Environment = row.Environment,
            Status = row.Status,
            Access = access,
            LastUsedAt = lastUsed,
            Concerns = [.. Concerns(row, access, provider, lastUsed, facts, now)],
            ReviewedAt = row.ReviewedAt,
            ReviewedBy = row.ReviewedBy,
            ReviewDue = changed || row.ReviewedAt is not { } reviewed || now - reviewed > Old,
            Version = row.Version,
        };
    }

    private static IEnumerable<AccessConcern> Concerns(Connection row, ConnectionAccess access, Provider? provider, DateTimeOffset? lastUsed, Facts facts, DateTimeOffset now)
    {
        if (access.Use is null || access.Use.Contains(ConnectionAccess.Agents))
        {
            yield return AccessConcern.EveryAgentUses;
        }

        if (row.AllowsRawTokens)
        {
            yield return AccessConcern.RawTokens;
        }

        if (row.ReadScopes().Any(scope => provider?.Oauth?.Scopes.Find(scope)?.Access == ScopeAccess.Admin))
        {
            yield return AccessConcern.AdminScopes;
        }

        if (row.Auth == ConnectionAuth.OAuth2 && row.ReturnCheck == ReturnCheck.None)
        {
            yield return AccessConcern.NobodyChecked;
        }

        if (new[] { access.View, access.Edit, access.Use }.SelectMany(list => list ?? []).Any(entry => entry.StartsWith("usr_", StringComparison.Ordinal) && !facts.Members.Contains(entry)))
        {
            yield return AccessConcern.NamesSomebodyGone;
        }

        if (row.Status == ConnectionStatus.Active && now - (lastUsed ?? row.CreatedAt) > Unused)
        {
            yield return AccessConcern.Unused;
        }
    }

    /// <param name="Used">When a connection was used last, as far as it is known.</param>
    /// <param name="Changed">When its access was changed last.</param>
    private sealed record Facts(IReadOnlyDictionary<string, DateTimeOffset> Used, IReadOnlyDictionary<string, DateTimeOffset> Changed, IReadOnlySet<string> Members);
}

/// <summary>Who may do what with one connection, and what speaks against it.</summary>
[SnakeCase]
public sealed record AccessReviewItem : IVersioned
{
    public required string ConnectionId { get; init; }

    public required string Name { get; init; }

    public required string Provider { get; init; }

    public string? Environment { get; init; }

    public required ConnectionStatus Status { get; init; }

    public required ConnectionAccess Access { get; init; }

    /// <summary>Absent: it was never used, as far as it is known.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>What makes it worth a closer look.</summary>
    public required IReadOnlyList<AccessConcern> Concerns { get; init; }

    /// <summary>When somebody found it right; absent: nobody has.</summary>
    public DateTimeOffset? ReviewedAt { get; init; }

    public string? ReviewedBy { get; init; }

    /// <summary>Whether it was never reviewed, or not in half a year, or its access was changed since.</summary>
    public required bool ReviewDue { get; init; }

    public required int Version { get; init; }

    [System.Text.Json.Serialization.JsonIgnore]
    string? IVersioned.Version => Version.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What makes an access worth a closer look.</summary>
public enum AccessConcern
{
    /// <summary>Every agent may use it.</summary>
    EveryAgentUses,

    /// <summary>Access tokens may leave the vault.</summary>
    RawTokens,

    /// <summary>It asks for scopes that administer.</summary>
    AdminScopes,

    /// <summary>Nobody makes sure who comes back from the provider.</summary>
    NobodyChecked,

    /// <summary>It names a member who is none any more.</summary>
    NamesSomebodyGone,

    /// <summary>It is active, and was not used for three months.</summary>
    Unused,
}
