using AuthServer.Data;
using AuthServer.Protocol.State;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Figures;

/// <summary>What an organization's agents used, step by step, from what was counted of the trail hour by hour: the trail itself is not read.</summary>
public sealed class OrganizationUsage(IDbContextFactory<AuthDbContext> contexts, TimeProvider clock)
{
    /// <param name="steps">How many, the last with the present in it.</param>
    /// <param name="step">Whole hours, or days.</param>
    public async Task<UsageSteps> FindAsync(string organizationId, int steps, TimeSpan step, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var from = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % step.Ticks), TimeSpan.Zero) - ((steps - 1) * step);
        await using var context = await contexts.CreateDbContextAsync(ct);
        var own = context.HourFigures.AsNoTracking().Where(row => row.OrganizationId == organizationId && row.Hour >= from);
        string[] kinds = [FigureKinds.Tokens, FigureKinds.Decisions];
        var counted = await own.Where(row => kinds.Contains(row.Kind)).ToListAsync(ct);
        var (grants, decisions) = (new Dictionary<string, long[]>(StringComparer.Ordinal), new Dictionary<string, long[]>(StringComparer.Ordinal));
        foreach (var row in counted)
        {
            var of = row.Kind == FigureKinds.Tokens ? grants : decisions;
            if (!of.TryGetValue(row.Word, out var values))
            {
                of[row.Word] = values = new long[steps];
            }

            values[Math.Min(steps - 1, (int)((row.Hour - from) / step))] += row.Count;
        }

        // However many agents there are, the database counts them.
        var agents = new long[steps];
        for (var i = 0; i < steps; i++)
        {
            var (begin, end) = (from + (i * step), from + ((i + 1) * step));
            agents[i] = await own.Where(row => row.Kind == FigureKinds.Agents && row.Hour >= begin && row.Hour < end).Select(row => row.Word).Distinct().LongCountAsync(ct);
        }

        return new UsageSteps(
            from,
            step,
            grants.OrderByDescending(grant => grant.Value.Sum()).ThenBy(grant => grant.Key, StringComparer.Ordinal).ToDictionary(grant => grant.Key, IReadOnlyList<long> (grant) => grant.Value, StringComparer.Ordinal),
            decisions.GetValueOrDefault(AuditOutcomes.Success) ?? new long[steps],
            decisions.GetValueOrDefault(AuditOutcomes.Denied) ?? new long[steps],
            agents);
    }
}

/// <param name="Tokens">By the grant they came by, the most used first: how many in each step.</param>
/// <param name="Agents">How many agents did anything in each step.</param>
public sealed record UsageSteps(
    DateTimeOffset From, TimeSpan Step, IReadOnlyDictionary<string, IReadOnlyList<long>> Tokens, IReadOnlyList<long> Allowed, IReadOnlyList<long> Denied, IReadOnlyList<long> Agents)
{
    public bool IsEmpty => Tokens.Count == 0 && Allowed.Sum() + Denied.Sum() + Agents.Sum() == 0;
}
