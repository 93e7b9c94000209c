using AuthServer.Data;
using AuthServer.Tests.Pages;
using AuthServer.Tests.Support;
using AuthServer.Vault.Usage;

namespace AuthServer.Tests.Browser;

/// <summary>How a connection fares: with calls, without, and where the provider has trouble.</summary>
internal static class MonitoringStates
{
    private const string Route = "/developer/connections/{id}/monitoring";

    public static PageState[] All { get; } =
    [
        new("monitoring", Route, visit => OpenAsync(visit, "Gmail of sales")),
        new("monitoring-90-days", Route, visit => OpenAsync(visit, "Gmail of sales", "?period=90-days")),
        new("monitoring-long", Route, visit => OpenAsync(visit, PageStates.Long, "?period=hour")),
        new("monitoring-trouble", Route, visit => OpenAsync(visit, "Gmail of sales", "?period=6-hours", hasTrouble: true)),
        new("monitoring-empty", Route, async visit =>
        {
            var (_, organization, owner) = await visit.Site.OrganizationAsync();
            var id = await visit.Site.QueryAsync(context => MonitoringPageTests.QuietAsync(context, organization, "Not used yet", visit.Site.Clock.Now));
            await GoAsync(visit, owner, id, "");
        }),
    ];

    private static async Task OpenAsync(Visit visit, string name, string more = "", bool hasTrouble = false)
    {
        var (_, organization, owner) = await visit.Site.OrganizationAsync();
        var now = visit.Site.Clock.Now;
        var id = await visit.Site.QueryAsync(context => MonitoringPageTests.BusyAsync(context, organization, name, now, hasTrouble ? "notion" : "gmail"));
        if (hasTrouble)
        {
            await visit.Site.QueryAsync(context => FailAsync(context, id, now));
        }

        await GoAsync(visit, owner, id, more);
    }

    private static Task<int> FailAsync(AuthDbContext context, string connectionId, DateTimeOffset now)
    {
        context.CredentialPulses.AddRange(Enumerable.Range(0, 3).Select(i => new CredentialPulse
        {
            ConnectionId = connectionId,
            AccountId = $"ca_{i}",
            ToldAt = now,
            FailedAt = now,
            SeenAt = now,
            Trouble = ProviderTrouble.ServerErrors,
            TroubledSince = now.AddMinutes(-8),
        }));
        return context.SaveChangesAsync();
    }

    private static async Task GoAsync(Visit visit, string owner, string id, string more)
    {
        await visit.SignInAsync(owner, Rest.Password);
        await visit.GoAsync(Route.Replace("{id}", id, StringComparison.Ordinal) + more);
    }
}
