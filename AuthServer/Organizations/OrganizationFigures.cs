using AuthServer.Agents;
using AuthServer.Data;
using AuthServer.Delegations;
using AuthServer.Http.Api;
using AuthServer.Policies;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Organizations;

/// <summary>How many of everything an organization has, and what its agents did in the last 24 hours.</summary>
public sealed class OrganizationFigures(IDbContextFactory<AuthDbContext> contexts, IDatabaseReader reader, TimeProvider clock)
{
    // The newest, as many as take some tens of milliseconds.
    private const int MostEvents = 100_000;

    private static readonly TimeSpan Span = TimeSpan.FromDays(1);

    private static readonly Statement Lately = new(
        """
        SELECT "Type", "Outcome", COUNT(*)
        FROM (SELECT "Type", "Outcome" FROM "AuditEvents" WHERE "OrganizationId" = $1 AND "Id" >= $2 ORDER BY "Id" DESC LIMIT $3) AS lately
        GROUP BY "Type", "Outcome"
        """);

    public async Task<Answer<Figures>> CountAsync(Developer developer, CancellationToken ct)
    {
        var (organization, now) = (developer.OrganizationId, clock.GetUtcNow());
        await using var context = await contexts.CreateDbContextAsync(ct);
        var own = context.Agents.AsNoTracking().Where(agent => agent.OrganizationId == organization);
        var agents = await own.GroupBy(agent => new { agent.Status, agent.Type, agent.TrustLevel })
            .Select(group => new Kind(group.Key.Status, group.Key.Type, group.Key.TrustLevel, group.LongCount())).ToListAsync(ct);
        var keys = context.ApiKeys.AsNoTracking().Where(key => own.Any(agent => agent.Id == key.AgentId));
        var given = context.Delegations.AsNoTracking().Where(row => row.OrganizationId == organization);
        var events = await reader.ListAsync(
            Lately, row => new Happened(row.GetString(0), row.GetString(1), row.GetInt64(2)), [organization, Identifiers.First("aud_", now - Span), MostEvents], ct);
        return new Figures(
            new(
                agents.Sum(kind => kind.Count),
                By(agents, kind => kind.Status),
                By(agents, kind => kind.Type),
                By(agents, kind => kind.TrustLevel),
                await keys.LongCountAsync(ct),
                await keys.LongCountAsync(key => key.RevokedAt == null && (key.ExpiresAt == null || key.ExpiresAt > now), ct),
                await given.LongCountAsync(ct),
                await given.Live(now).LongCountAsync(ct),
                Count(events, AuditOutcomes.Success, AuditEventTypes.TokenIssued),
                Count(events, AuditOutcomes.Success, AuditEventTypes.TokenVerified, PolicyEvents.AccessEvaluated),
                Count(events, AuditOutcomes.Denied, AuditEventTypes.TokenVerified, PolicyEvents.AccessEvaluated)),
            new(now - Span, events.Sum(happened => happened.Count) < MostEvents));
    }

    /// <summary>Words that nobody is of stand there too.</summary>
    private static Dictionary<string, long> By<T>(List<Kind> agents, Func<Kind, T> of)
        where T : struct, Enum =>
        Enum.GetValues<T>().ToDictionary(Agent.WordOf, value => agents.Where(kind => of(kind).Equals(value)).Sum(kind => kind.Count));

    private static long Count(List<Happened> events, string outcome, params string[] types) =>
        events.Where(happened => happened.Outcome == outcome && types.Contains(happened.Type)).Sum(happened => happened.Count);

    private sealed record Kind(AgentStatus Status, AgentType Type, TrustLevel TrustLevel, long Count);

    private sealed record Happened(string Type, string Outcome, long Count);
}
