using System.Collections.Concurrent;
using AuthServer.Data;
using AuthServer.Policies.Engine;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Policies;

/// <summary>The policies of an organization, ready to be evaluated and kept in memory for a few seconds. What another node changed is in force
/// within that time, what this one changed at once.</summary>
public sealed class PolicyCatalog(IDbContextFactory<AuthDbContext> contexts, TimeProvider clock)
{
    private const int Most = 10_000;

    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Entry> _known = new(StringComparer.Ordinal);

    /// <summary>By precedence.</summary>
    /// <exception cref="InvalidDataException">One of them cannot be read.</exception>
    public ValueTask<IReadOnlyList<Policy>> OfAsync(string organizationId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (!_known.TryGetValue(organizationId, out var entry) || now - entry.ReadAt >= Freshness || entry.Policies.IsFaulted)
        {
            // Whoever comes while it is read waits for this same reading.
            entry = Replace(organizationId, entry, new Entry(new(() => ReadAsync(organizationId)), now));
        }

        return entry.Policies.IsCompletedSuccessfully ? new(entry.Policies.Result) : new(entry.Policies.WaitAsync(ct));
    }

    /// <summary>After a change of this process's own, when it is on disk.</summary>
    public void Forget(string organizationId) => _known.TryRemove(organizationId, out _);

    private Entry Replace(string organizationId, Entry? old, Entry read)
    {
        if (_known.Count >= Most)
        {
            _known.Clear();
        }

        var replaced = old is null ? _known.TryAdd(organizationId, read) : _known.TryUpdate(organizationId, read, old);
        return replaced ? read : _known.GetOrAdd(organizationId, read);
    }

    private async Task<IReadOnlyList<Policy>> ReadAsync(string organizationId)
    {
        await using var context = await contexts.CreateDbContextAsync();
        var rows = await context.Policies.AsNoTracking().Where(row => row.OrganizationId == organizationId && row.Enabled)
            .OrderByDescending(row => row.Priority).ThenBy(row => row.Id).ToListAsync();
        return [.. rows.Select(row => row.Compile())];
    }

    /// <summary>A class, because entries are told apart as objects.</summary>
    private sealed class Entry(Lazy<Task<IReadOnlyList<Policy>>> reading, DateTimeOffset readAt)
    {
        public DateTimeOffset ReadAt => readAt;

        public Task<IReadOnlyList<Policy>> Policies => reading.Value;
    }
}
