using System.Net;
using System.Text.Json;
using AuthServer.Tests.Support;
using AuthServer.Tests.Vault.Providers;

namespace AuthServer.Tests.Pages.Developer;

/// <summary>The address of a deleted thing says what it was and when it went, to those whose it was and to nobody else.</summary>
public sealed class GonePageTests(DeveloperSide side) : IClassFixture<DeveloperSide>
{
    [Fact]
    public async Task A_certificate_is_told_of()
    {
        var crew = await side.CrewAsync();
        const string all = "/../../certificates";
        var id = Text((await crew.Key.PostAsync(all, new { name = "Build 🙂 <b>" })).Is(HttpStatusCode.Created).Json, "id");
        (await crew.Key.PostAsync($"{all}/{id}/revoke")).Is(HttpStatusCode.OK);
        (await crew.Key.DeleteAsync($"{all}/{id}")).Is(HttpStatusCode.NoContent);
        await IsToldAsync(crew, $"/developer/certificates?certificate={id}&ask=revoke", "This certificate is gone", "Build 🙂 <b> was deleted on");
    }

    [Fact]
    public async Task A_webhook_is_told_of_and_a_second_press_finds_it_deleted()
    {
        var crew = await side.CrewAsync();
        var id = Text((await crew.Key.PostAsync("/webhooks", new { url = "https://hooks.example/secret-path", events = new[] { "agent.created" } })).Is(HttpStatusCode.Created).Json, "id");
        (await crew.Key.DeleteAsync($"/webhooks/{id}")).Is(HttpStatusCode.NoContent);
        await IsToldAsync(crew, $"/developer/webhook?id={id}", "This webhook is gone", "hooks.example was deleted on");
        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.SendFormAsync(side, $"/developer/webhook?id={id}", ("act", "delete"));
        Assert.Equal(HttpStatusCode.Gone, browser.Response.StatusCode);
        Assert.DoesNotContain("secret-path", browser.Page.DocumentElement.OuterHtml, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resource_server_a_scope_and_a_provider_are_told_of()
    {
        var crew = await side.CrewAsync();
        var id = Text((await crew.Key.PostAsync("/resources", new { url = $"https://{Guid.NewGuid():N}.example", displayName = "Robots" })).Is(HttpStatusCode.Created).Json, "id");
        (await crew.Key.DeleteAsync($"/resources/{id}")).Is(HttpStatusCode.NoContent);
        await IsToldAsync(crew, $"/developer/resource-servers?server={id}", "This API is gone", "Robots was deleted on");

        (await crew.Key.PostAsync("/scopes", new { name = "robots:move", description = "They move." })).Is(HttpStatusCode.Created);
        (await crew.Key.DeleteAsync("/scopes/robots:move")).Is(HttpStatusCode.NoContent);
        await IsToldAsync(crew, "/developer/scopes?name=robots:move", "This scope is gone", "robots:move was deleted on");
        using (var auditor = await side.BrowserAsync(crew, "auditor"))
        {
            await auditor.GoAsync("/developer/scopes?name=robots:move");
            Assert.Equal(HttpStatusCode.Gone, auditor.Response.StatusCode);
            await auditor.GoAsync("/developer/scopes?name=email:read");
            auditor.IsOk();
        }

        var provider = Text((await crew.Key.PostAsync("/providers", OwnProvider.With("name", "\"My tracker\""))).Is(HttpStatusCode.Created).Json, "id");
        (await crew.Key.DeleteAsync($"/providers/{provider}")).Is(HttpStatusCode.NoContent);
        await IsToldAsync(crew, $"/developer/providers/{provider}", "This provider is gone", "My tracker was deleted on");
    }

    [Fact]
    public async Task A_connection_is_told_of_on_each_of_its_pages()
    {
        var crew = await side.CrewAsync();
        var id = Text((await crew.Key.PostAsync("/connections", new { provider = "openai", name = "Models" })).Is(HttpStatusCode.Created).Json, "id");
        (await crew.Key.DeleteAsync($"/connections/{id}")).Is(HttpStatusCode.NoContent);
        foreach (var page in new[] { "", "/setup", "/accounts", "/log", "/versions", "/test" })
        {
            await IsToldAsync(crew, $"/developer/connections/{id}{page}", "This connection is gone", "Models was deleted on");
        }
    }

    [Fact]
    public async Task A_member_who_was_removed_or_left_or_deleted_their_account_is_told_of()
    {
        var crew = await side.CrewAsync();
        var (removed, leaver, nobody) = (await crew.JoinedAsync("developer"), await crew.JoinedAsync("auditor"), await crew.JoinedAsync("admin"));
        (await crew.Key.DeleteAsync($"{crew.Path}/members/{removed.Id}")).Is(HttpStatusCode.NoContent);
        (await leaver.Api.DeleteAsync($"{crew.Path}/members/{leaver.Id}")).Is(HttpStatusCode.NoContent);
        (await (await nobody.SignInAsync()).Api.DeleteAsync("/users/" + nobody.Id, new { password = Rest.Password })).Is(HttpStatusCode.NoContent);
        await IsToldAsync(crew, $"/developer/members/{nobody.Id}", "no member any more", $"{nobody.Id} deleted their account on");
        await IsToldAsync(crew, $"/developer/members/{removed.Id}", "no member any more", "Some Body was removed on");
        await IsToldAsync(crew, $"/developer/members/{leaver.Id}", "no member any more", "Some Body left on");
    }

    [Fact]
    public async Task Who_was_in_an_organization_that_was_closed_is_told_when_and_by_whom_and_who_never_was_learns_nothing()
    {
        var (crew, other) = (await side.CrewAsync("Acme <b>"), await side.CrewAsync());
        var (member, stranger) = (await crew.JoinedAsync("developer"), await side.PersonAsync());
        using var owner = await side.BrowserAsync(crew.Owner);
        await owner.GoAsync("/developer/settings?ask=close");
        await owner.SubmitAsync(button: "Close it for good");
        foreach (var (who, by) in new[] { (member, "By Acme <b>"), (crew.Owner, "By You") })
        {
            using var browser = await side.BrowserAsync(who);
            await browser.GoAsync("/developer");
            browser.IsOk();
            Assert.Contains("Acme <b> was closed on", browser.Text, StringComparison.Ordinal);
            foreach (var page in new[] { browser.Page.QuerySelector("a[href^='/developer/gone/']")!.GetAttribute("href")!, $"/developer?organization={crew.Id}", $"/developer/agents?organization={crew.Id}" })
            {
                await browser.GoAsync(page);
                Assert.Equal(HttpStatusCode.Gone, browser.Response.StatusCode);
                Assert.Equal("This organization is closed", browser.Shown("h1"));
                Assert.Contains("Acme <b> was closed on", browser.Text, StringComparison.Ordinal);
                Assert.Equal(by, string.Join(' ', browser.Page.QuerySelectorAll(".facts div:first-child > *").Select(part => part.TextContent)));
            }
        }

        foreach (var who in new[] { stranger, other.Owner })
        {
            using var browser = await side.BrowserAsync(who);
            await browser.GoAsync("/developer");
            Assert.DoesNotContain("was closed", browser.Text, StringComparison.Ordinal);
            foreach (var page in new[] { $"/developer?organization={crew.Id}", $"/developer/gone/organization?organization={crew.Id}", "/developer/gone/organization", $"/developer/gone/organization?organization={other.Id}" })
            {
                Assert.Equal(who == stranger || !page.EndsWith(other.Id, StringComparison.Ordinal) ? "NotFound" : "OK", await browser.StatusAsync(page));
            }
        }
    }

    [Fact]
    public async Task Who_was_removed_or_left_is_told_so_until_they_are_a_member_again()
    {
        var crew = await side.CrewAsync("Acme");
        var (removed, leaver, stranger) = (await crew.JoinedAsync("developer"), await crew.JoinedAsync("auditor"), await side.PersonAsync());
        var agent = Text((await crew.Key.PostAsync("/agents", OrganizationSide.Agent())).Is(HttpStatusCode.Created).Json, "id");
        var webhook = Text((await crew.Key.PostAsync("/webhooks", new { url = "https://hooks.example", events = new[] { "agent.created" } })).Is(HttpStatusCode.Created).Json, "id");
        (await crew.Owner.Api.DeleteAsync($"{crew.Path}/members/{removed.Id}")).Is(HttpStatusCode.NoContent);
        (await leaver.Api.DeleteAsync($"{crew.Path}/members/{leaver.Id}")).Is(HttpStatusCode.NoContent);
        foreach (var (who, words) in new[] { (removed, "You were removed from Acme on"), (leaver, "You left Acme on") })
        {
            using var browser = await side.BrowserAsync(who);
            await browser.GoAsync("/developer");
            Assert.Contains(words, browser.Text, StringComparison.Ordinal);
            string[] lists = [.. new[] { "policies", "webhooks", "providers", "providers/slack", "delegations" }.Select(list => $"/developer/{list}?organization={crew.Id}")];
            foreach (var page in lists.Concat([$"/developer/agents/{agent}", $"/developer/agents/{agent}/keys", $"/developer/webhook?id={webhook}"]))
            {
                await browser.GoAsync(page);
                Assert.Equal(HttpStatusCode.Gone, browser.Response.StatusCode);
                Assert.Equal("You are no member any more", browser.Shown("h1"));
                Assert.Contains(words, browser.Text, StringComparison.Ordinal);
            }
        }

        using (var other = await side.BrowserAsync(stranger))
        {
            Assert.Equal("NotFound", await other.StatusAsync($"/developer/agents/{agent}"));
            Assert.Equal("NotFound", await other.StatusAsync($"/developer/webhook?id={webhook}"));
        }

        (await removed.Api.PostAsync("/invitations/accept", new { token = await crew.InviteAsync(removed.Email) })).Is(HttpStatusCode.OK);
        using var back = await side.BrowserAsync(removed);
        await back.GoAsync($"/developer/gone/organization?organization={crew.Id}");
        back.IsOk();
        Assert.Equal("/developer", back.Address.AbsolutePath);
        Assert.DoesNotContain("You were removed", back.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_there_again_by_the_same_name_is_not_gone()
    {
        var crew = await side.CrewAsync();
        var member = await crew.JoinedAsync("developer");
        (await crew.Key.DeleteAsync($"{crew.Path}/members/{member.Id}")).Is(HttpStatusCode.NoContent);
        (await crew.Key.PostAsync("/scopes", new { name = "robots:move", description = "They move." })).Is(HttpStatusCode.Created);
        (await crew.Key.DeleteAsync("/scopes/robots:move")).Is(HttpStatusCode.NoContent);
        var definition = OwnProvider.With("name", "\"My tracker\"");
        var provider = Text((await crew.Key.PostAsync("/providers", definition)).Is(HttpStatusCode.Created).Json, "id");
        (await crew.Key.DeleteAsync($"/providers/{provider}")).Is(HttpStatusCode.NoContent);
        using var browser = await side.BrowserAsync(crew.Owner);
        foreach (var (kind, id) in new[] { ("member", member.Id), ("scope", "robots:move"), ("provider", provider) })
        {
            await browser.GoAsync($"/developer/gone/{kind}?organization={crew.Id}&id={id}");
            Assert.Equal(HttpStatusCode.Gone, browser.Response.StatusCode);
        }

        (await member.Api.PostAsync("/invitations/accept", new { token = await crew.InviteAsync(member.Email) })).Is(HttpStatusCode.OK);
        (await crew.Key.PostAsync("/scopes", new { name = "robots:move", description = "They move." })).Is(HttpStatusCode.Created);
        (await crew.Key.PostAsync("/providers", definition)).Is(HttpStatusCode.Created);
        foreach (var (kind, id, page) in new[] { ("member", member.Id, $"/developer/members/{member.Id}"), ("scope", "robots:move", "/developer/scopes"), ("provider", provider, $"/developer/providers/{provider}") })
        {
            await browser.GoAsync($"/developer/gone/{kind}?organization={crew.Id}&id={id}");
            browser.IsOk();
            Assert.Equal(page, browser.Address.AbsolutePath);
        }
    }

    [Fact]
    public async Task A_provider_key_says_on_its_page_when_it_was_deleted_and_by_whom()
    {
        var crew = await side.CrewAsync();
        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.GoAsync("/developer/provider-keys?provider=openai");
        Assert.DoesNotContain("deleted the key", browser.Text, StringComparison.Ordinal);
        await browser.SubmitAsync(new() { ["openaiApiKey"] = "sk-1234567890abcdef" }, "Set it");
        await browser.GoAsync("/developer/provider-keys?provider=openai&ask=delete");
        await browser.SubmitAsync(button: "Delete it");
        await browser.GoAsync("/developer/provider-keys?provider=openai");
        Assert.Contains("deleted the key that was here on", browser.Text, StringComparison.Ordinal);
        await browser.SubmitAsync(new() { ["openaiApiKey"] = "sk-1234567890abcdef" }, "Set it");
        Assert.DoesNotContain("deleted the key", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_what_belongs_to_others_and_of_what_never_was_nothing_is_told()
    {
        var (crew, other) = (await side.CrewAsync(), await side.CrewAsync());
        var id = Text((await crew.Key.PostAsync("/connections", new { provider = "openai", name = "Models" })).Is(HttpStatusCode.Created).Json, "id");
        (await crew.Key.DeleteAsync($"/connections/{id}")).Is(HttpStatusCode.NoContent);
        using var stranger = await side.BrowserAsync(other.Owner);
        foreach (var page in new[]
        {
            $"/developer/connections/{id}", $"/developer/gone/connection?id={id}", $"/developer/gone/connection?id={id}&organization={crew.Id}", "/developer/gone/connection",
            "/developer/gone/nothing?id=x", $"/developer/gone/member?id={crew.Owner.Id}", "/developer/certificates?certificate=cert_nonsense",
        })
        {
            Assert.Equal("NotFound", await stranger.StatusAsync(page));
        }
    }

    [Fact]
    public async Task What_was_typed_for_a_policy_that_somebody_deleted_meanwhile_is_kept_and_can_be_made_anew()
    {
        var crew = await side.CrewAsync();
        var id = Text((await crew.Key.PostAsync("/policies", new { name = "Office hours" })).Is(HttpStatusCode.Created).Json, "id");
        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.GoAsync($"/developer/policies/edit?id={id}");
        (await crew.Key.DeleteAsync($"/policies/{id}")).Is(HttpStatusCode.NoContent);
        await browser.SubmitAsync(new() { ["name"] = "Office hours", ["description"] = "A long thought" }, "Save it");
        browser.IsOk();
        Assert.Contains("Somebody deleted the policy on", browser.Text, StringComparison.Ordinal);
        Assert.Equal("A long thought", browser.Value("description"));
        await browser.SubmitAsync(button: "Make it");
        Assert.Contains("The policy is made", browser.Text, StringComparison.Ordinal);
        await browser.GoAsync($"/developer/policies/edit?id={id}");
        Assert.Equal(HttpStatusCode.Gone, browser.Response.StatusCode);
    }

    private async Task IsToldAsync(Crew crew, string page, string title, string words)
    {
        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.GoAsync(page);
        Assert.Equal(HttpStatusCode.Gone, browser.Response.StatusCode);
        Assert.Contains(title, browser.Shown("h1"), StringComparison.Ordinal);
        Assert.StartsWith(browser.Page.QuerySelector(".actions a")!.GetAttribute("href")!.Split('?')[0], browser.Page.QuerySelector("nav.side [aria-current=page]")!.GetAttribute("href")!, StringComparison.Ordinal);
        Assert.Contains(words, browser.Text, StringComparison.Ordinal);
        await browser.GoAsync(browser.Page.QuerySelectorAll(".actions a")[^1].GetAttribute("href")!);
        browser.IsOk();
    }

    private static string Text(JsonElement json, string member) => json.GetProperty(member).GetString()!;
}
