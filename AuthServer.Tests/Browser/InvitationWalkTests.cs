using AuthServer.Tests.Support;
using Microsoft.Playwright;

namespace AuthServer.Tests.Browser;

/// <summary>Somebody is invited into an organization and joins, in two browsers that run no scripts.</summary>
[Collection(ChromiumGroup.Name)]
public sealed class InvitationWalkTests(Chromium chromium)
{
    [Theory]
    [ClassData(typeof(Screens))]
    public async Task Somebody_is_invited_joins_and_is_given_another_role(int width, ColorScheme scheme)
    {
        var site = chromium.Open;
        var (_, _, owner) = await site.OrganizationAsync("Acme & Sons");
        var guest = $"{Guid.NewGuid():n}@example.com";
        await using var admin = await Visit.BeginAsync(chromium, site, scripts: false);
        await Screens.SetAsync(admin.Page, width, scheme);
        await admin.SignInAsync(owner, Rest.Password);
        await admin.GoAsync("/developer/members");
        await admin.Page.GetByLabel("E-mail address").FillAsync(guest);
        await admin.Page.GetByLabel("Auditor").CheckAsync();
        await admin.PressAsync("Invite");
        var link = await admin.Page.Locator("#link").TextContentAsync();

        await using var joining = await Visit.BeginAsync(chromium, site, scripts: false);
        await Screens.SetAsync(joining.Page, width, scheme);
        await joining.GoAsync(link!);
        await joining.Page.GetByLabel("Name").FillAsync("Grace");
        await joining.Page.GetByLabel("Password").FillAsync(Rest.Password);
        await joining.PressAsync("Create account");
        await joining.GoAsync("/developer/members");
        await Assertions.Expect(joining.Page.GetByText("Admins invite and remove members.")).ToBeVisibleAsync();

        await admin.FollowAsync("All members");
        await admin.FollowAsync("Grace");
        await admin.Page.GetByLabel("Admin", new() { Exact = true }).CheckAsync();
        await admin.PressAsync("Change the role");
        await Assertions.Expect(admin.Page.GetByText("The role is changed")).ToBeVisibleAsync();
        await joining.GoAsync("/developer/members");
        await Assertions.Expect(joining.Page.GetByRole(AriaRole.Heading, new() { Name = "Invite somebody" })).ToBeVisibleAsync();
        await Screens.AssertFitsAsync(joining.Page);
    }
}
