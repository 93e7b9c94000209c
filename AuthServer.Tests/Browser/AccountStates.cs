using AuthServer.Protocol.Tokens;
using AuthServer.Vault.Accounts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace AuthServer.Tests.Browser;

/// <summary>The pages by which somebody links an account at a provider.</summary>
internal static class AccountStates
{
    private const string Link = "/connect/accounts/{token}";
    private const string Done = "/connect/accounts/done";

    public static PageState[] All { get; } =
    [
        new("connect", Link, async visit => await visit.GoAsync(await visit.Site.ConnectLinkAsync(optional: "users:read.email"))),
        new("connect-long", Link, async visit => await visit.GoAsync(await visit.Site.ConnectLinkAsync(PageStates.Long, PageStates.Long, "users:read.email", "users:read"))),
        new("connect-not-good", Link, visit => visit.GoAsync("/connect/accounts/none-of-ours")),
        new("connect-other-person", Link, async visit =>
        {
            await visit.SignInAsync(Site.Lengthy);
            await visit.GoAsync("/account");
            var other = await visit.Page.Locator("dd code").First.TextContentAsync();
            await visit.Page.Context.ClearCookiesAsync();
            await visit.SignInAsync();
            await visit.GoAsync(await visit.Site.ConnectLinkAsync(identifier: other!));
        }),
        new("connect-going", Link, async visit =>
        {
            // Nobody is there: the page stays.
            await visit.Page.RouteAsync("https://slack.com/**", route => route.FulfillAsync(new RouteFulfillOptions { Status = 204 }));
            await visit.GoAsync(await visit.Site.ConnectLinkAsync());
            await visit.PressAsync("Connect");
        }),
        new("connect-cancelled", Done, async visit =>
        {
            await visit.GoAsync(await visit.Site.ConnectLinkAsync());
            await visit.PressAsync("Cancel");
            await visit.Page.GetByText("Show details").ClickAsync();
        }),
        new("connect-done", Done, async visit => await EndAsync(visit, link =>
        {
            (link.Stage, link.ProviderName, link.GrantedScopes) = (LinkStage.Done, "ada@example.com", """["channels:read","chat:write","users:read"]""");
        })),
        new("connect-failed", Done, async visit => await EndAsync(visit, link => (link.Stage, link.Fault, link.ProviderCode, link.CorrelationId) = (LinkStage.Failed, "identity_mismatch", "some_code", "0HN7"))),
        new("connect-code", Done, async visit => await EndAsync(visit, link =>
        {
            (link.Stage, link.StateHash, link.ExpiresAt) = (LinkStage.Waiting, "any", visit.Site.Clock.Now + TimeSpan.FromMinutes(10));
            link.CodeHash = Handle.ReferenceId(visit.Site.Services.GetRequiredService<ShownCodes>().Of(link));
        })),
        new("connect-waiting", Done, async visit => await EndAsync(visit, link => link.Stage = LinkStage.Waiting)),
        new("connect-nothing", Done, visit => visit.GoAsync("/connect/accounts/done?link=clk_00000000000000000000000000")),
        new("connect-unknown", "/connect/accounts/callback/{connection?}", visit => visit.GoAsync("/connect/accounts/callback?state=unknown&code=x")),
        new("auth-provider", "/auth/{provider}", async visit =>
        {
            await visit.SignInAsync();
            await visit.GoAsync("/auth/google");
        }),
    ];

    private static async Task EndAsync(Visit visit, Action<AccountLink> ended)
    {
        var link = await visit.Site.ConnectLinkAsync(optional: "users:read.email");
        await visit.GoAsync(link);
        await visit.GoAsync(await visit.Site.EndLinkAsync(link, ended));
    }
}
