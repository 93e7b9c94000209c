using AuthServer.Tests.Support;
using AuthServer.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace AuthServer.Tests.Browser;

/// <summary>A developer whose receiver was down: what it missed is sent once more, in a real browser that runs no scripts.</summary>
[Collection(ChromiumGroup.Name)]
public sealed class WebhookWalkTests(Chromium chromium)
{
    private const string Again = "button[value=replay]";

    [Theory]
    [ClassData(typeof(Screens))]
    public async Task What_a_receiver_refused_is_sent_again_and_arrives(int width, ColorScheme scheme)
    {
        await using var visit = await Visit.BeginAsync(chromium, chromium.Open, scripts: false);
        await Screens.SetAsync(visit.Page, width, scheme);
        await RefusedAsync(visit);
        await visit.Page.Locator(Again).ClickAsync();

        await AssertArrivesAsync(visit);
        await Screens.AssertFitsAsync(visit.Page);
    }

    [Fact]
    public async Task It_is_sent_again_with_the_keyboard_alone()
    {
        await using var visit = await Visit.BeginAsync(chromium, chromium.Open);
        await RefusedAsync(visit);
        await visit.Page.PressByKeyAsync((await visit.Page.Locator(Again).TextContentAsync())!);

        await AssertArrivesAsync(visit);
    }

    /// <summary>Makes a webhook and sends it a test, which its receiver refuses for good. Then it is well again, and the webhook enabled.</summary>
    private static async Task RefusedAsync(Visit visit)
    {
        var receiver = visit.Site.Elsewhere(410);
        await visit.SignInAsync((await visit.Site.OrganizationAsync()).Owner, Rest.Password);
        await visit.GoAsync("/developer/webhooks");
        await visit.Page.GetByLabel("Address").FillAsync(receiver.AbsoluteUri);
        await visit.Page.Locator("summary", new() { HasText = "Agents" }).ClickAsync();
        await visit.Page.GetByLabel("agent.created").CheckAsync();
        await visit.PressAsync("Make it");
        await visit.FollowAsync("Test it");
        await visit.PressAsync("Send a test");
        await visit.Page.Locator(".notice-good").WaitForAsync();
        await visit.Site.Services.GetRequiredService<WebhookWork>().FinishAsync(default);
        visit.Site.Answer(receiver, 200);
        await visit.Page.ReloadAsync();
        await Assertions.Expect(visit.Page.GetByText("It was given up")).ToBeVisibleAsync();
        await visit.PressAsync("Enable it");
    }

    private static async Task AssertArrivesAsync(Visit visit)
    {
        await visit.Page.GetByText("Waits to be sent").WaitForAsync();
        await visit.Site.Services.GetRequiredService<WebhookWork>().FinishAsync(default);
        await visit.Page.ReloadAsync();
        await Assertions.Expect(visit.Page.GetByText("Received with 200")).ToBeVisibleAsync();
    }
}
