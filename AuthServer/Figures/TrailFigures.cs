using AuthServer.Data;
using AuthServer.Policies;
using AuthServer.Policies.Engine;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Scopes;
using AuthServer.Vault.Proxy;

namespace AuthServer.Figures;

/// <summary>Counts the trail by the hour, from where it was left, some minutes behind. Nothing is added to what writes an event; any node counts, and each event counts once.</summary>
public sealed class TrailFigures(FigureLedger ledger, ScopeCatalog scopes, TimeProvider clock)
{
    /// <summary>How long after the moment that it bears an event may be stored: a request that took long, or a node whose clock is late.</summary>
    public static readonly TimeSpan Lateness = TimeSpan.FromMinutes(5);

    internal const string CountedTypes =
        $"'{AuditEventTypes.TokenIssued}', '{AuditEventTypes.TokenVerified}', '{PolicyEvents.AccessEvaluated}', '{ProxyEvents.Called}', '{ProxyEvents.TokenReleased}'";

    /// <summary>The word of a reason, in <see cref="FigureKinds.Reasons"/>, ends where the event's type begins.</summary>
    public const char Separator = '|';

    private const string GrantMember = "\"grant_type\":\"";
    private const string ScopeMember = "\"scope\":\"";

    // Where nothing happened, the mark is moved all the same now and then, so that nobody looks through the same again and again.
    private static readonly TimeSpan MarkMoved = TimeSpan.FromHours(1);

    /// <summary>Whether an event of this type tells what the policies said of something that was about to be done.</summary>
    public static bool IsDecision(string type) => type is AuditEventTypes.TokenVerified or PolicyEvents.AccessEvaluated or ProxyEvents.Called or ProxyEvents.TokenReleased;

    /// <summary>All that may be counted by now.</summary>
    public async Task FoldAsync(CancellationToken ct)
    {
        var until = clock.GetUtcNow() - Lateness;
        var horizon = Identifiers.First("aud_", until);
        while (await ledger.ReadToAsync(ct) is var from && string.CompareOrdinal(from, horizon) < 0)
        {
            var news = await ledger.NewsAsync(from, horizon, ct);
            var isAll = news.Count < FigureLedger.Portion;
            if (news.Count == 0 && Identifiers.TimeOf("aud_", from) > until - MarkMoved)
            {
                return;
            }

            // Another node is at it, or there is no more.
            if (!await ledger.TryAddAsync(from, isAll ? horizon : news[^1].Id, await CountAsync(news, ct), ct) || isAll)
            {
                return;
            }
        }
    }

    /// <summary>Until when everything has been counted; null: nothing has.</summary>
    public async Task<DateTimeOffset?> CountedUntilAsync(CancellationToken ct) => Identifiers.TimeOf("aud_", await ledger.ReadToAsync(ct));

    private async Task<FigureSums> CountAsync(List<CountedEvent> news, CancellationToken ct)
    {
        var (sums, risks) = (new FigureSums(), new Dictionary<(string?, string), string>());
        foreach (var one in news)
        {
            if (one.Type == AuditEventTypes.TokenIssued && one.Outcome == AuditOutcomes.Success)
            {
                var scope = one.Scope ?? Member(one.Detail, ScopeMember) ?? "";
                if (!risks.TryGetValue((one.OrganizationId, scope), out var risk))
                {
                    risks[(one.OrganizationId, scope)] = risk = await RiskAsync(one.OrganizationId, scope, ct);
                }

                CountToken(sums, one, risk);
            }
            else if (IsDecision(one.Type))
            {
                CountOf(sums, one, FigureKinds.Decisions, one.Outcome);
            }

            if (one.Outcome == AuditOutcomes.Denied)
            {
                CountRefusal(sums, one);
            }
        }

        return sums;
    }

    private static void CountToken(FigureSums sums, CountedEvent one, string risk)
    {
        CountOf(sums, one, FigureKinds.Tokens, Member(one.Detail, GrantMember) ?? "");
        sums.Add("", FigureKinds.Risks, FigureSums.HourOf(one.At), risk);
        if (one.ClientId is { } clientId)
        {
            sums.Use(clientId, one.At);
        }
    }

    /// <summary>For the installation, for the organization, and for the agent.</summary>
    private static void CountOf(FigureSums sums, CountedEvent one, string kind, string word)
    {
        sums.Add("", kind, FigureSums.HourOf(one.At), word);
        if (one.OrganizationId is { } organizationId)
        {
            sums.Add(organizationId, kind, FigureSums.HourOf(one.At), word);
        }

        if (one.AgentId is { } agentId)
        {
            // By the day: there may be many of them. An organization looks at its own by the hour.
            sums.Add("", FigureKinds.Agents, FigureSums.DayOf(one.At), agentId);
            if (one.OrganizationId is { } own)
            {
                sums.Add(own, FigureKinds.Agents, FigureSums.HourOf(one.At), agentId);
            }
        }
    }

    private static void CountRefusal(FigureSums sums, CountedEvent one)
    {
        sums.Add("", FigureKinds.Reasons, FigureSums.HourOf(one.At), $"{one.Reason}{Separator}{one.Type}");
        if (one.PolicyId is { } policyId)
        {
            sums.Add("", FigureKinds.Policies, FigureSums.HourOf(one.At), policyId);
        }
    }

    private async Task<string> RiskAsync(string? organizationId, string scope, CancellationToken ct)
    {
        var known = await scopes.KnownAsync(organizationId, ct);
        return scope.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => known.Describe(name).Risk).DefaultIfEmpty(RiskLevel.Low).Max().ToString().ToLowerInvariant();
    }

    // What it looks for is written first and without escapes; a document of its own for each event would cost more than all the rest.
    private static string? Member(string? detail, string name)
    {
        var start = detail?.IndexOf(name, StringComparison.Ordinal) ?? -1;
        var end = start < 0 ? -1 : detail!.IndexOf('"', start + name.Length);
        return end < 0 ? null : detail![(start + name.Length)..end];
    }
}
