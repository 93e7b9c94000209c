using AuthServer.Tests.Support;
using Microsoft.Playwright;

namespace AuthServer.Tests.Browser;

/// <summary>A person with an account at an OpenID provider that others wrote, in a real browser.</summary>
[Collection(ChromiumGroup.Name)]
public sealed class ExternalSignInTests(Chromium chromium)
{
    private const string Id = "goggle";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Links_an_account_signs_out_and_signs_in_again_without_a_password(bool scripts)
    {
        await using var google = new OidcProvider();
        await using var site = await SiteAsync(google);
        await using var visit = await Visit.BeginAsync(chromium, site, scripts);
        await visit.SignInAsync();
        await visit.GoAsync("/account/sign-ins");
        await visit.PressAsync("Add Google");
        await SignInThereAsync(visit, "ada");
        await visit.ArriveAsync("*/link?link=*");
        await visit.PressAsync("Link it");
        await Assertions.Expect(visit.Page.GetByText("ada@idp.example", new PageGetByTextOptions { Exact = true })).ToBeVisibleAsync();
        await visit.GoAsync("/sign-out");
        await visit.PressAsync("Sign out");

        // The provider still knows this browser, and asks nothing.
        await visit.GoAsync("/sign-in");
        site.Clock.AdvanceTo(DateTimeOffset.UtcNow);
        await visit.PressAsync("Continue with Google");
        await visit.ArriveAsync("*/account");
        await Assertions.Expect(visit.Page.Locator("#main").GetByText("Ada Lovelace").First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Makes_an_account_on_the_way_to_a_client_and_comes_back_with_a_code()
    {
        await using var google = new OidcProvider();
        await using var site = await SiteAsync(google);
        await using var visit = await Visit.BeginAsync(chromium, site);
        await visit.GoAsync(site.Authorize("calendar", "openid email"));
        await visit.PressAsync("Continue with Google");
        await SignInThereAsync(visit, "grace");
        await visit.PressAsync("Create account");
        await visit.PressAsync("Allow");

        // Waiting for the navigation would throw, since nobody is there.
        static bool IsAnswer((string Method, string Url, string? Form) answer) => answer.Url.StartsWith("https://calendar.example/callback?code=", StringComparison.Ordinal);
        for (var i = 0; i < 300 && !visit.Answers.Any(IsAnswer); i++)
        {
            await Task.Delay(50);
        }

        Assert.Single(visit.Answers, IsAnswer);
    }

    [Fact]
    public async Task A_new_sign_in_that_a_client_asks_for_is_made_there()
    {
        await using var google = new OidcProvider();
        await using var site = await SiteAsync(google);
        await using var visit = await Visit.BeginAsync(chromium, site);
        await visit.GoAsync("/sign-in");
        await visit.PressAsync("Continue with Google");
        await SignInThereAsync(visit, "edith");
        await visit.PressAsync("Create account");
        await visit.ArriveAsync("*/account");

        // The provider knows this browser, and asks all the same.
        await visit.GoAsync(site.Authorize("calendar", "openid", "&prompt=login"));
        site.Clock.AdvanceTo(DateTimeOffset.UtcNow);
        await visit.PressAsync("Continue with Google");
        await SignInThereAsync(visit, "edith", consents: false);
        await visit.ArriveAsync("*/consent?*");
    }

    private static async Task<Site> SiteAsync(OidcProvider google)
    {
        var site = await Site.StartAsync(
            ("AuthServer:SignIn:External:1:Id", Id),
            ("AuthServer:SignIn:External:1:Name", "Google"),
            ("AuthServer:SignIn:External:1:Issuer", google.Issuer),
            ("AuthServer:SignIn:External:1:ClientId", OidcProvider.ClientId),
            ("AuthServer:SignIn:External:1:ClientSecret", OidcProvider.Secret),
            ("AuthServer:Outbound:AllowedPrivateHosts:2", google.Name));
        await google.StartAsync($"{site.Issuer}/sign-in/external/{Id}/callback");
        return site;
    }

    /// <summary>On the provider's own pages, where any password is good.</summary>
    private static async Task SignInThereAsync(Visit visit, string name, bool consents = true)
    {
        await visit.Page.GetByPlaceholder("Enter any login").FillAsync(name);
        await visit.Page.GetByPlaceholder("and password").FillAsync("whatever");

        // Its clock is the machine's, and ours stands still.
        visit.Site.Clock.AdvanceTo(DateTimeOffset.UtcNow);
        await visit.PressAsync("Sign-in");
        if (consents)
        {
            await visit.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Continue", Exact = true }).WaitForAsync();
            visit.Site.Clock.AdvanceTo(DateTimeOffset.UtcNow);
            await visit.PressAsync("Continue");
        }
    }
}
