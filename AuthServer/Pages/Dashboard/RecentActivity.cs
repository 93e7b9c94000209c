using AuthServer.Audit;
using AuthServer.Protocol.State;

namespace AuthServer.Pages.Dashboard;

/// <summary>What was done in a person's name within a day, by whoever acts for them.</summary>
/// <param name="Actions">How often somebody wanted to act, and was allowed to.</param>
/// <param name="IsMore">There was more than is counted here.</param>
public sealed record RecentActivity(int Actions, int Refused, int Tokens, bool IsMore, IReadOnlyList<ActivityLine> Newest)
{
    private const int Shown = 5;

    private static readonly TimeSpan Window = TimeSpan.FromDays(1);

    public static async Task<RecentActivity> ReadAsync(AuditQuery trail, ActivityNames names, string userId, DateTimeOffset now, CancellationToken ct)
    {
        // One bounded part of the trail, whatever happened: a page must not count a million events.
        var part = await trail.FindAsync(new AuditFilter { UserId = userId, From = now - Window }, AuditQuery.Most, ct);
        var entries = part.Entries.Where(ActivityLine.IsOfAgent).ToList();
        var newest = entries.Take(Shown).ToList();
        var known = await names.OfAsync(newest, ct);
        return new RecentActivity(
            entries.Count(entry => ActivityLine.IsAct(entry) && entry.Outcome == AuditOutcomes.Success),
            entries.Count(entry => entry.Outcome == AuditOutcomes.Denied),
            entries.Count(entry => entry is { Type: AuditEventTypes.TokenIssued, Outcome: AuditOutcomes.Success }),
            part.NextCursor is not null,
            [.. newest.Select(entry => ActivityLine.Of(entry, known))]);
    }

    /// <summary>As it is shown.</summary>
    public string Count(int count) => Texts.T(IsMore && count > 0 ? "{0} or more" : "{0}", count);
}
