using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using AuthServer.Vault.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Browser;

/// <summary>The pages of what is connected in a person's name.</summary>
internal static class PersonConnectionStates
{
    private const string Route = "/account/connections";
    private const string One = Route + "/{id}";
    private const string Pick = "/auth";
    private const string Choose = "/connect/accounts/choose";

    public static PageState[] All { get; } =
    [
        new("own-connections", Route, async visit => await OpenAsync(visit, await visit.Site.ConnectedAsync(), _ => Route)),
        new("own-connections-long", Route, async visit => await OpenAsync(visit, await visit.Site.ConnectedAsync(PageStates.Long, PageStates.Long), _ => Route)),
        new("own-connections-nothing", Route, async visit =>
        {
            await PageStates.RegisterAsync(visit);
            await visit.GoAsync(Route);
        }),
        new("own-connections-ended", Route, async visit => await OpenAsync(visit, await visit.Site.ConnectedAsync(), _ => Route + "?ended=NotOffered")),
        new("own-connection", One, async visit => await OpenAsync(visit, await visit.Site.ConnectedAsync(), id => $"{Route}/{id}")),
        new("own-connection-disconnect", One, async visit => await OpenAsync(visit, await visit.Site.ConnectedAsync(), id => $"{Route}/{id}?ask=disconnect")),
        new("own-connection-replace", One, async visit => await OpenAsync(visit, await visit.Site.ConnectedAsync(), id => $"{Route}/{id}?ask=replace")),
        new("own-connection-gone", One, async visit =>
        {
            var (owner, id) = await visit.Site.ConnectedAsync();
            await visit.SignInAsync(owner, Rest.Password);
            var was = await visit.Site.QueryAsync(context => context.ConnectedAccounts.AsNoTracking().SingleAsync(row => row.Id == id));
            foreach (var type in new[] { AccountEvents.Connected, AccountEvents.Deleted })
            {
                var told = AuditEvent.Of(type, AuditOutcomes.Success, visit.Site.Clock.Now) with
                {
                    Subject = was.UserId,
                    OrganizationId = was.OrganizationId,
                    Target = id,
                    Detail = $$"""{"connection":"{{was.ConnectionId}}","provider":"slack"}""",
                };
                await visit.Site.Services.GetRequiredService<IAuditTrail>().AppendAsync(told, default);
            }

            await visit.Site.QueryAsync(context => context.ConnectedAccounts.Where(row => row.Id == id).ExecuteDeleteAsync());
            await visit.GoAsync($"{Route}/{id}");
        }),
        new("pick", Pick, async visit => await OpenAsync(visit, await visit.Site.ConnectedAsync(PageStates.Long), _ => Pick)),
        new("pick-not-found", Pick, async visit => await OpenAsync(visit, await visit.Site.ConnectedAsync(), _ => Pick + "?search=nothing")),
        new("pick-nothing", Pick, async visit =>
        {
            await visit.SignInAsync((await visit.Site.ForestAsync()).Owner, Rest.Password);
            await visit.GoAsync(Pick);
        }),
        new("choose", Choose, async visit =>
        {
            var link = await visit.Site.ConnectLinkAsync("jira", ["read:jira-work", "offline_access"], "Acme AI", "user_123");
            await visit.GoAsync(link);
            await visit.GoAsync((await visit.Site.EndLinkAsync(link, row => (row.Stage, row.ProviderName) = (LinkStage.Choosing, "ada@example.com"))).Replace("/done?", "/choose?", StringComparison.Ordinal));
        }),
        new("choose-nothing", Choose, visit => visit.GoAsync(Choose + "?link=clk_00000000000000000000000000")),
    ];

    private static async Task OpenAsync(Visit visit, (string Owner, string AccountId) made, Func<string, string> page)
    {
        await visit.SignInAsync(made.Owner, Rest.Password);
        await visit.GoAsync(page(made.AccountId));
    }
}
