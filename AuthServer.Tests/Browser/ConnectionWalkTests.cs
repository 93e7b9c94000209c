using AuthServer.Tests.Support;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Providers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;

namespace AuthServer.Tests.Browser;

/// <summary>A developer who connects a provider, in a real browser that runs no scripts.</summary>
[Collection(ChromiumGroup.Name)]
public sealed class ConnectionWalkTests(Chromium chromium)
{
    [Fact]
    public async Task The_seven_steps_are_walked_without_scripts()
    {
        await using var provider = await FakeProvider.StartAsync();
        await using var site = await Site.StartAsync(("AuthServer:Outbound:AllowedPrivateHosts:2", provider.Name));
        provider.Clock = site.Clock;
        await using var visit = await Visit.BeginAsync(chromium, site, scripts: false);
        await visit.SignInAsync((await site.ForestAsync()).Owner, Rest.Password);
        await DefineAsync(site, provider);
        await visit.GoAsync("/account");
        await visit.FollowAsync("Developer");
        await visit.Page.GetByRole(AriaRole.Navigation).GetByRole(AriaRole.Link, new() { Name = "Connections", Exact = true }).ClickAsync();
        await visit.FollowAsync("New connection");
        await visit.FollowAsync("Fake");
        await visit.Page.GetByLabel("Linked accounts").CheckAsync();
        await visit.Page.GetByLabel("Environment").FillAsync("staging");
        await visit.PressAsync("Go on");
        await visit.Page.GetByLabel("Client ID").FillAsync(FakeProvider.ClientId);
        await visit.Page.GetByLabel("Client secret").FillAsync(FakeProvider.ClientSecret);
        await visit.PressAsync("Save and go on");

        // Leaves, and comes back by the list.
        await visit.GoAsync("/developer/connections");
        await visit.FollowAsync("Go on with the set-up");
        await visit.FollowAsync("4. Scopes");
        await visit.Page.GetByLabel("Scopes").FillAsync("read");
        await visit.PressAsync("Save and go on");
        await visit.Page.Locator("summary", new() { HasText = "Calls" }).ClickAsync();
        await visit.Page.GetByLabel("Seconds that a call may take").FillAsync("12");
        await visit.PressAsync("Save and go on");
        await visit.PressAsync("Test it");
        await Assertions.Expect(visit.Page.GetByText("The provider accepts the credential.")).ToBeVisibleAsync();
        await visit.FollowAsync("Go on");
        await visit.FollowAsync("Open it");

        var made = await site.QueryAsync(context => context.Connections.AsNoTracking().SingleAsync());
        Assert.Equal((ConnectionStatus.Active, "staging", """["read"]""", 12), (made.Status, made.Environment, made.Scopes, made.ReadSettings().Timeout));
    }

    private static Task<int> DefineAsync(Site site, FakeProvider provider) => site.QueryAsync(async context =>
    {
        context.OrganizationProviders.Add(new OrganizationProvider
        {
            OrganizationId = await context.Members.Select(member => member.OrganizationId).SingleAsync(),
            Id = VaultSide.ProviderId,
            Definition = VaultSide.Definition(provider).ToJsonString(),
            CreatedAt = site.Clock.Now,
            UpdatedAt = site.Clock.Now,
            Version = Guid.NewGuid().ToString(),
        });
        return await context.SaveChangesAsync();
    });
}
