using System.Net;
using AuthServer.Agents;
using AuthServer.Organizations;
using AuthServer.Protocol;
using AuthServer.Tests.Support;
using AuthServer.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Pages.Developer;

/// <summary>From nothing to an organization, an agent and its first token; and what needs somebody.</summary>
public sealed class DeveloperHomeTests(PageServer page) : IClassFixture<PageServer>
{
    private const string Home = "/developer";

    private readonly TestServer _server = page.Server;

    [Fact]
    public async Task Somebody_without_an_organization_makes_one_and_the_first_steps_tick_themselves_off()
    {
        using var browser = await RegisterAsync();
        await browser.GoAsync(Home);
        await browser.SubmitAsync(new() { ["Name"] = " " }, "Make it");
        Assert.Contains("Give a name", browser.Text, StringComparison.Ordinal);
        var name = "Org <b>" + Guid.NewGuid().ToString("N");
        await browser.SubmitAsync(new() { ["Name"] = name }, "Make it");
        Assert.Equal(name, browser.Page.QuerySelector("h1")!.TextContent);
        Assert.Equal(0, Ticked(browser));
        Assert.Contains(_server.Issuer, browser.Page.GetElementById("issuer-address")!.TextContent, StringComparison.Ordinal);

        await browser.GoAsync(browser.Page.QuerySelector(".checklist a.button")!.GetAttribute("href")!);
        await browser.SubmitAsync(new() { ["name"] = "First" }, "Make the agent");
        var (id, secret) = (browser.Page.GetElementById("client-id")!.TextContent, browser.Page.GetElementById("secret")!.TextContent);
        await browser.GoAsync(Home);
        Assert.Equal(2, Ticked(browser));

        string token;
        using (var answer = await Flows.TokenAsync(_server, id, secret, ("grant_type", "client_credentials")))
        {
            token = (await TestServer.JsonAsync(answer)).GetProperty("access_token").GetString()!;
        }

        await browser.GoAsync(Home);
        Assert.Equal(3, Ticked(browser));
        using (var rest = new Rest(_server))
        {
            (await rest.PostAsync("/tokens/verify", new { token })).Is(HttpStatusCode.OK);
        }

        // All four are done: the list has done its work.
        await browser.GoAsync(Home);
        Assert.Null(browser.Page.QuerySelector(".checklist"));
    }

    [Fact]
    public async Task The_same_form_sent_twice_makes_one_organization()
    {
        using var browser = await RegisterAsync();
        var name = "Once " + Guid.NewGuid().ToString("N");
        foreach (var _ in new[] { 1, 2 })
        {
            await browser.GoAsync(Home + "?make=yes");
            await browser.SubmitAsync(new() { ["Name"] = name }, "Make it");
            Assert.Equal(name, browser.Page.QuerySelector("h1")!.TextContent);
        }

        Assert.Equal(1, await _server.QueryAsync(context => context.Organizations.CountAsync(row => row.Name == name)));
    }

    [Fact]
    public async Task Another_organizations_home_is_not_there_and_nobody_signed_out_sees_one()
    {
        var other = await OrganizationSide.CreateAsync(_server);
        using var browser = await RegisterAsync();
        await browser.GoAsync($"{Home}?organization={other.Id}");
        Assert.Equal(HttpStatusCode.NotFound, browser.Response.StatusCode);
        using var nobody = new TestBrowser(_server);
        await nobody.GoAsync(Home);
        Assert.Equal("/sign-in", nobody.Address.AbsolutePath);
    }

    [Fact]
    public async Task What_expires_is_suspended_or_waits_is_listed_with_the_way_there()
    {
        var browser = await RegisterAsync();
        using var _ = browser;
        await browser.GoAsync(Home);
        await browser.SubmitAsync(new() { ["Name"] = "Needy " + Guid.NewGuid().ToString("N") }, "Make it");
        Assert.Contains("No key, certificate or secret is about to expire", browser.Text, StringComparison.Ordinal);
        await browser.GoAsync(browser.Page.QuerySelector(".checklist a.button")!.GetAttribute("href")!);
        await browser.SubmitAsync(new() { ["name"] = "Sleepy" }, "Make the agent");
        var now = _server.Clock.Now;
        var agent = await _server.QueryAsync(async context =>
        {
            var row = await context.Agents.OrderByDescending(row => row.Id).FirstAsync(row => row.Name == "Sleepy");
            row.Status = AgentStatus.Suspended;
            var (key, _) = AuthServer.Agents.Credentials.ApiKey.Create(row.Id, now.AddDays(-60));
            key.ExpiresAt = now.AddDays(5);
            context.ApiKeys.Add(key);
            context.OrganizationInvitations.Add(new OrganizationInvitation
            {
                Id = "inv_" + Guid.NewGuid().ToString("N"),
                OrganizationId = row.OrganizationId,
                Email = "grace@example.com",
                Role = Role.Developer,
                TokenHash = Guid.NewGuid().ToString("N"),
                InvitedBy = row.OwnerId!,
                CreatedAt = now,
                ExpiresAt = now.AddDays(7),
            });
            await context.SaveChangesAsync();
            return row.Id;
        });

        await browser.GoAsync(Home);
        Assert.Equal(
            [$"/developer/agents/{agent}/keys", "suspended", "members"],
            browser.Page.QuerySelectorAll(".ways a").Select(link => link.GetAttribute("href")!).Select(link => link.Contains("/keys", StringComparison.Ordinal) ? link : link.Contains("members", StringComparison.Ordinal) ? "members" : link[(link.LastIndexOf('=') + 1)..]));
        Assert.Contains("In 5 days", browser.Text, StringComparison.Ordinal);
        Assert.Equal(4, browser.Page.QuerySelectorAll(".numbers dt a").Length);
    }

    [Fact]
    public async Task An_old_secret_that_ends_is_not_to_be_replaced_once_more()
    {
        using var browser = await RegisterAsync();
        await browser.GoAsync(Home);
        await browser.SubmitAsync(new() { ["Name"] = "Rotating " + Guid.NewGuid().ToString("N") }, "Make it");
        await browser.GoAsync(browser.Page.QuerySelector(".checklist a.button")!.GetAttribute("href")!);
        await browser.SubmitAsync(new() { ["name"] = "Rotated" }, "Make the agent");
        var now = _server.Clock.Now;
        await _server.QueryAsync(async context =>
        {
            var agent = await context.Agents.OrderByDescending(row => row.Id).FirstAsync(row => row.Name == "Rotated");
            var (_, old) = AuthServer.Applications.ClientSecret.Create(agent.ApplicationId!, now.AddDays(-60));
            old.ExpiresAt = now.AddHours(12);
            context.ClientSecrets.Add(old);
            return await context.SaveChangesAsync();
        });

        await browser.GoAsync(Home);
        Assert.Contains("of Rotated expires", browser.Text, StringComparison.Ordinal);
        Assert.Contains("It was replaced: programs that still use it must use the new one by then.", browser.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Replace it before", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_webhook_needs_somebody_that_fails_or_whose_maker_is_gone_and_none_that_was_disabled_on_purpose()
    {
        using var browser = await RegisterAsync();
        await browser.GoAsync(Home);
        var name = "Hooked " + Guid.NewGuid().ToString("N");
        await browser.SubmitAsync(new() { ["Name"] = name }, "Make it");
        var now = _server.Clock.Now;
        Webhook Hook(bool enabled, string? reason) => new()
        {
            Id = "whk_" + Guid.NewGuid().ToString("N"),
            Url = "https://hooks.example/",
            Events = "agent.created",
            Enabled = enabled,
            DisabledReason = reason,
            FailingSince = now,
            ReadTo = Identifiers.First("aud_", now),
            CreatedAt = now,
            UpdatedAt = now,
        };
        Task PutAsync(params Webhook[] hooks) => _server.QueryAsync(async context =>
        {
            var organization = await context.Organizations.Where(row => row.Name == name).Select(row => row.Id).SingleAsync();
            Array.ForEach(hooks, hook => hook.OrganizationId = organization);
            context.Webhooks.AddRange(hooks);
            return await context.SaveChangesAsync();
        });

        await PutAsync(Hook(false, null));
        await browser.GoAsync(Home);
        Assert.Empty(browser.Page.QuerySelectorAll(".ways a"));
        await PutAsync(Hook(false, DisabledReasons.MakerGone), Hook(true, null), Hook(false, DisabledReasons.Failing), Hook(false, DisabledReasons.Gone));
        await browser.GoAsync(Home);
        Assert.Equal(2, browser.Page.QuerySelectorAll(".ways a").Length);
        Assert.Contains("3 webhooks are not heard", browser.Text, StringComparison.Ordinal);
        Assert.Contains("1 webhook is disabled", browser.Text, StringComparison.Ordinal);
        Assert.Contains("Who answered for it may not any more.", browser.Text, StringComparison.Ordinal);
    }

    private static int Ticked(TestBrowser browser) => browser.Page.QuerySelectorAll(".checklist > .done").Length;

    private async Task<TestBrowser> RegisterAsync()
    {
        var browser = new TestBrowser(_server);
        await browser.GoAsync("/register");
        await browser.SubmitAsync(new() { ["Email"] = $"{Guid.NewGuid():N}@example.com", ["Name"] = "New Comer", ["Password"] = "another good passphrase here" });
        return browser;
    }
}
