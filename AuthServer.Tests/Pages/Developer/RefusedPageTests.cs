using System.Net;
using AuthServer.Data;
using AuthServer.Organizations;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Pages.Developer;

/// <summary>Who may not do something is told why, and who can change that; in an organization that is suspended, that it is.</summary>
public sealed class RefusedPageTests(DeveloperSide side) : IClassFixture<DeveloperSide>
{
    private const string Suspended = "The administrator of this server suspended Acme <b>.";

    [Theory]
    [InlineData("auditor", "/developer/agents/new", "developer", "Auditor")]
    [InlineData("auditor", "/developer/applications/new", "developer", "Auditor")]
    [InlineData("auditor", "/developer/policies/edit", "developer", "Auditor")]
    [InlineData("auditor", "/developer/connections/new", "developer", "Auditor")]
    [InlineData("auditor", "/developer/connections/import", "developer", "Auditor")]
    [InlineData("developer", "POST /developer/members", "admin", "Developer")]
    [InlineData("developer", "POST /developer/branding", "admin", "Developer")]
    [InlineData("auditor", "POST /developer/keys", "admin", "Auditor")]
    public async Task The_role_that_is_missing_is_named_and_who_can_give_it(string role, string page, string missing, string has)
    {
        var crew = await side.CrewAsync("Acme <b>");
        using var browser = await side.BrowserAsync(crew, role);
        await OpenAsync(browser, page, crew);
        Assert.Equal(HttpStatusCode.Forbidden, browser.Response.StatusCode);
        Assert.Equal(missing == "admin" ? "This needs the role of an admin" : "This needs the role of a developer", browser.Shown("h1"));
        Assert.Contains($"Your role in Acme <b> is: {has}. Its owner or one of its admins can give you a higher one.", browser.Text, StringComparison.Ordinal);
        await browser.GoAsync(browser.Page.QuerySelector(".actions a")!.GetAttribute("href")!);
        Assert.Equal("/developer?organization=" + crew.Id, browser.Address.PathAndQuery);
        browser.IsOk();
    }

    [Fact]
    public async Task In_a_suspended_organization_every_page_says_that_it_is_and_the_role_is_the_real_one()
    {
        var crew = await side.CrewAsync("Acme <b>");
        var agent = (await crew.Key.PostAsync("/agents", OrganizationSide.Agent())).Is(HttpStatusCode.Created).Json.GetProperty("id").GetString()!;
        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.GoAsync("/developer");
        Assert.DoesNotContain("suspended", browser.Text, StringComparison.Ordinal);
        await SuspendAsync(crew.Id);
        foreach (var page in new[] { "/developer", "/developer/agents", $"/developer/agents/{agent}", $"/developer/agents/{agent}/keys", "/developer/settings", "/developer/members", "/developer/webhooks", "/developer/trail" })
        {
            await browser.GoAsync(page);
            browser.IsOk();
            var notice = Assert.Single(browser.Page.QuerySelectorAll("main .notice-warning"), notice => notice.TextContent.Contains("suspended", StringComparison.Ordinal));
            Assert.Contains(Suspended, notice.TextContent, StringComparison.Ordinal);
            Assert.Contains("Its members may look, and change nothing; its agents get no tokens.", notice.TextContent, StringComparison.Ordinal);
            Assert.StartsWith("Owner", browser.Shown(".side-role"), StringComparison.Ordinal);
            Assert.DoesNotContain("needs the role", browser.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("everything that is connected works", browser.Text, StringComparison.Ordinal);
        }

        await browser.GoAsync("/developer/settings");
        Assert.StartsWith("Owner", browser.Shown(".facts div:last-child dd"), StringComparison.Ordinal);

        // It says so where it stood in the way too, and not in their other pages.
        await browser.GoAsync("/developer/agents/new");
        Assert.Equal(HttpStatusCode.Forbidden, browser.Response.StatusCode);
        Assert.Equal("This organization is suspended", browser.Shown("h1"));
        Assert.Contains(Suspended, browser.Text, StringComparison.Ordinal);
        await browser.SendFormAsync(side, "/developer/settings?organization=" + crew.Id, ("act", "name"), ("name", "Mine"));
        Assert.Contains("The organization is suspended.", browser.Shown(".notice-danger"), StringComparison.Ordinal);
        Assert.Equal(2, await side.Server.QueryAsync(context => context.AuditEvents.CountAsync(row => row.OrganizationId == crew.Id && row.Reason == "organization_suspended")));
        await browser.GoAsync("/dashboard");
        Assert.DoesNotContain("suspended", browser.Text, StringComparison.Ordinal);
    }

    private async Task SuspendAsync(string organization)
    {
        var now = side.Server.Clock.Now;
        var told = new AuditEvent { Id = Identifiers.New("aud_", now), At = now, Type = OrganizationEvents.Suspended, Outcome = AuditOutcomes.Success, Target = organization };
        Assert.True(await side.Server.Services.GetRequiredService<OrganizationStates>().TrySuspendAsync(organization, told, default));
    }

    private Task OpenAsync(TestBrowser browser, string page, Crew crew) => page.Split(' ') switch
    {
        [_, var sent] => browser.SendFormAsync(side, $"{sent}?organization={crew.Id}", ("act", "create")),
        _ => browser.GoAsync($"{page}?organization={crew.Id}"),
    };
}
