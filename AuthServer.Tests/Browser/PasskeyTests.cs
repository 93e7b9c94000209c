using Microsoft.Playwright;

namespace AuthServer.Tests.Browser;

/// <summary>A person with a passkey, in a real browser with a virtual device.</summary>
[Collection(ChromiumGroup.Name)]
public sealed class PasskeyTests(Chromium chromium)
{
    [Theory]
    [ClassData(typeof(Screens))]
    public async Task Adds_a_passkey_signs_out_and_signs_in_with_it_alone(int width, ColorScheme scheme)
    {
        await using var visit = await Visit.BeginAsync(chromium, chromium.Open);
        await Screens.SetAsync(visit.Page, width, scheme);
        await VirtualAuthenticator.AddAsync(visit.Page);
        await StrongStates.NewcomerAsync(visit);
        await StrongStates.AddAsync(visit, "My laptop");
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = "My laptop" })).ToBeVisibleAsync();
        await visit.GoAsync("/sign-out");
        await visit.PressAsync("Sign out");
        await visit.GoAsync("/sign-in/passkey");
        await visit.PressAsync("Sign in with a passkey");
        await visit.ArriveAsync("*/account");
        await visit.GoAsync("/account/passkeys");
        await Assertions.Expect(visit.Page.GetByText("Not yet")).ToHaveCountAsync(0);
        await Screens.AssertFitsAsync(visit.Page);
    }

    [Fact]
    public async Task A_passkey_is_made_and_used_with_the_keyboard_alone()
    {
        await using var visit = await Visit.BeginAsync(chromium, chromium.Open);
        await VirtualAuthenticator.AddAsync(visit.Page);
        await StrongStates.NewcomerAsync(visit);
        await visit.GoAsync("/account/passkeys");
        await visit.Page.TabToAsync("Name");
        await visit.Page.Keyboard.TypeAsync("My laptop");
        await visit.Page.PressByKeyAsync("Add a passkey");
        await visit.ArriveAsync("*/account/passkeys?done=added");
        await visit.GoAsync("/sign-out");
        await visit.Page.PressByKeyAsync("Sign out");
        await visit.Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = "You are signed out" }).WaitForAsync();
        await visit.GoAsync("/sign-in/passkey");
        await visit.Page.PressByKeyAsync("Sign in with a passkey");
        await visit.ArriveAsync("*/account");
    }

    [Fact]
    public async Task With_an_old_sign_in_the_button_leads_to_a_new_one_and_back()
    {
        await using var site = await Site.StartEmptyAsync();
        await using var visit = await Visit.BeginAsync(chromium, site);
        var email = await StrongStates.NewcomerAsync(visit);
        await visit.GoAsync("/account/passkeys");
        site.Clock.Advance(TimeSpan.FromMinutes(6));
        await visit.PressAsync("Add a passkey");
        await visit.ArriveAsync("*/sign-in?again=passkeys");
        await visit.SignInAsync(email, StrongStates.Passphrase);
        await visit.ArriveAsync("*/account/passkeys");
    }

    [Fact]
    public async Task Without_scripts_the_page_says_what_passkeys_need_and_how_else_to_sign_in()
    {
        await using var visit = await Visit.BeginAsync(chromium, chromium.Open, scripts: false);
        await visit.GoAsync("/sign-in");
        await visit.PressAsync("Sign in with a passkey");
        await Assertions.Expect(visit.Page.GetByText("Passkeys are the one thing here that needs scripts")).ToBeVisibleAsync();
        await visit.FollowAsync("Sign in another way");
        await visit.SignInAsync();
        await visit.ArriveAsync("*/account");
    }

    [Fact]
    public async Task A_quiet_question_that_is_refused_takes_nobody_from_the_page_where_they_type()
    {
        await using var visit = await Visit.BeginAsync(chromium, chromium.Open);
        var refused = visit.Page.WaitForResponseAsync("**/sign-in/passkey?handler=Options");
        await visit.Page.RouteAsync("**/sign-in/passkey?handler=Options", route => route.FulfillAsync(new RouteFulfillOptions { Status = 400 }));
        await visit.GoAsync("/sign-in");
        await refused;
        await visit.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);

        await visit.SignInAsync();
        await visit.ArriveAsync("*/account");
    }
}
