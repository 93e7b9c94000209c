using Microsoft.Playwright;

namespace AuthServer.Tests.Browser;

/// <summary>A person with an authenticator app, in a real browser that runs no scripts.</summary>
[Collection(ChromiumGroup.Name)]
public sealed class SecondStepWalkTests(Chromium chromium)
{
    [Theory]
    [ClassData(typeof(Screens))]
    public async Task Sets_an_app_up_signs_in_with_its_code_and_then_without_the_app_by_a_recovery_code(int width, ColorScheme scheme)
    {
        await using var visit = await Visit.BeginAsync(chromium, chromium.Open, scripts: false);
        await Screens.SetAsync(visit.Page, width, scheme);
        var (email, app) = await StrongStates.EnrolAsync(visit);
        var recovery = (await visit.Page.Locator("#recovery-codes").TextContentAsync())!.Split('\n')[0].Trim();
        await Screens.AssertFitsAsync(visit.Page);
        await FirstStepAsync(visit, email);
        await StrongStates.CodeField(visit).FillAsync(app.Code(1));
        await visit.PressAsync("Continue");
        await visit.ArriveAsync("*/account");

        await FirstStepAsync(visit, email);
        await StrongStates.CodeField(visit).FillAsync(recovery);
        await visit.PressAsync("Continue");
        await visit.ArriveAsync("*/account");

        await FirstStepAsync(visit, email);
        await StrongStates.CodeField(visit).FillAsync(recovery);
        await visit.PressAsync("Continue");
        await Assertions.Expect(visit.Page.Locator(".fault")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_second_step_is_done_with_the_keyboard_alone()
    {
        await using var visit = await Visit.BeginAsync(chromium, chromium.Open);
        var (email, app) = await StrongStates.EnrolAsync(visit);
        await visit.Page.Context.ClearCookiesAsync();
        await visit.GoAsync("/sign-in");
        await visit.Page.TabToAsync("E-mail address");
        await visit.Page.Keyboard.TypeAsync(email);
        await visit.Page.TabToAsync("Password");
        await visit.Page.Keyboard.TypeAsync(StrongStates.Passphrase);
        await visit.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(StrongStates.CodeField(visit)).ToBeFocusedAsync();
        await visit.Page.Keyboard.TypeAsync(app.Code(1));
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.ArriveAsync("*/account");
    }

    private static async Task FirstStepAsync(Visit visit, string email)
    {
        await visit.Page.Context.ClearCookiesAsync();
        await visit.GoAsync("/sign-in");
        await visit.SignInAsync(email, StrongStates.Passphrase);
    }
}
