using AuthServer.Agents;
using AuthServer.Data;
using AuthServer.Delegations;
using AuthServer.Figures;
using AuthServer.Http.Api;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Organizations;

/// <summary>How many of everything an organization has, and what its agents did in the last 24 hours.</summary>
public sealed class OrganizationFigures(IDbContextFactory<AuthDbContext> contexts, IDatabaseReader reader, FigureReading figures, TimeProvider clock)
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
        var isComplete = events.Sum(happened => happened.Count) < MostEvents;
        var (since, done) = isComplete ? (now - Span, Done.Of(events)) : await CountedAsync(organization, now, ct);
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
                done.Tokens,
                done.Allowed,
                done.Denied),
            new(since, isComplete));
    }

    /// <summary>Of more than can be looked through at once, what has been counted by the hour: all but the last minutes.</summary>
    private async Task<(DateTimeOffset Since, Done Done)> CountedAsync(string organization, DateTimeOffset now, CancellationToken ct)
    {
        var span = FigureSpan.Until(now, TimeSpan.FromHours(1), (int)Span.TotalHours);
        var tokens = await figures.SeriesAsync(organization, FigureKinds.Tokens, span, ct);
        var decisions = await figures.SeriesAsync(organization, FigureKinds.Decisions, span, ct);
        return (span.From, new Done(
            tokens.Values.Sum(counts => counts.Sum()), decisions.GetValueOrDefault(AuditOutcomes.Success)?.Sum() ?? 0, decisions.GetValueOrDefault(AuditOutcomes.Denied)?.Sum() ?? 0));
    }

    /// <summary>Words that nobody is of stand there too.</summary>
    private static Dictionary<string, long> By<T>(List<Kind> agents, Func<Kind, T> of)
        where T : struct, Enum =>
        Enum.GetValues<T>().ToDictionary(Agent.WordOf, value => agents.Where(kind => of(kind).Equals(value)).Sum(kind => kind.Count));

    private static long Count(List<Happened> events, string outcome, Func<string, bool> isOne) =>
        events.Where(happened => happened.Outcome == outcome && isOne(happened.Type)).Sum(happened => happened.Count);

    private sealed record Kind(AgentStatus Status, AgentType Type, TrustLevel TrustLevel, long Count);

    private sealed record Done(long Tokens, long Allowed, long Denied)
    {
        public static Done Of(List<Happened> events) => new(
            Count(events, AuditOutcomes.Success, static type => type == AuditEventTypes.TokenIssued),
            Count(events, AuditOutcomes.Success, TrailFigures.IsDecision),
            Count(events, AuditOutcomes.Denied, TrailFigures.IsDecision));
    }

    private sealed record Happened(string Type, string Outcome, long Count);
}
