using AuthServer.Tests.Branding;
using AuthServer.Tests.Support;
using Microsoft.Playwright;

namespace AuthServer.Tests.Browser;

/// <summary>The page about an organization's brand, and the pages that wear it.</summary>
internal static class BrandStates
{
    private const string Branding = "/developer/branding";

    public static PageState[] All { get; } =
    [
        new("branding", Branding, async visit =>
        {
            var (key, organization, owner) = await visit.Site.OrganizationAsync("Acme AI");
            await SetAsync(key, organization);
            await visit.SignInAsync(owner, Rest.Password);
            await visit.GoAsync(Branding);
        }),
        new("branding-wrong", Branding, async visit =>
        {
            var (_, _, owner) = await visit.Site.OrganizationAsync("Acme AI");
            await visit.SignInAsync(owner, Rest.Password);
            await visit.GoAsync(Branding);
            await visit.Page.Locator("#colour").FillAsync("#ffffff");
            await visit.PressAsync("Save");
        }),
        new("branding-beside", Branding, async visit =>
        {
            var (_, _, owner) = await visit.Site.OrganizationAsync("Acme AI");
            await visit.SignInAsync(owner, Rest.Password);
            await visit.GoAsync(Branding);
            await visit.Page.Locator("#name").FillAsync("Typed beside the picture");
            await visit.Page.Locator("#logo").SetInputFilesAsync(new FilePayload { Name = "logo.png", MimeType = "image/png", Buffer = TestPictures.Png(120, 60, 0x38) });
            await visit.PressAsync("Use this picture");
            await Assertions.Expect(visit.Page.Locator("#name")).ToHaveValueAsync("Typed beside the picture");
        }),
        new("consent-branded", "/consent", async visit =>
        {
            await PageStates.RegisterAsync(visit);
            var agent = await visit.Site.AgentAsync();
            var organization = (await agent.Key.GetAsync("/developers/me")).Json.GetProperty("organization").GetProperty("id").GetString()!;
            await SetAsync(agent.Key, organization);
            await visit.GoAsync(await agent.AskAsync(["profile:read", "email:send"]));
        }),
        new("connect-branded", "/connect/accounts/{token}", async visit =>
        {
            var link = await visit.Site.ConnectLinkAsync(async (key, organization) => await SetAsync(key, organization));
            await visit.GoAsync(link);
        }),
    ];

    private static async Task SetAsync(Rest key, string organization)
    {
        (await key.SetAsync(organization, BrandSide.Full)).Is(System.Net.HttpStatusCode.OK);
        (await key.SetLogoAsync(organization, TestPictures.Png(120, 60, 0x38))).Is(System.Net.HttpStatusCode.OK);
    }
}
