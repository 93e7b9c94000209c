using System.Net;
using AuthServer.Agents;
using AuthServer.Data;
using AuthServer.Delegations;
using AuthServer.Organizations;
using AuthServer.Policies;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Tests.Pages.Developer;
using AuthServer.Tests.Support;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Proxy;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Pages;

/// <summary>What a person sees of those who act for them, and how they stop all of them.</summary>
public sealed class DashboardPageTests(PersonSide side) : IClassFixture<PersonSide>
{
    [Fact]
    public async Task Stopping_everything_asks_first_and_ends_all_of_the_person_and_nothing_of_another()
    {
        var (first, second) = (await side.AgentAsync(), await side.AgentAsync());
        var (person, other) = (await side.PersonAsync(), await side.PersonAsync());
        await person.ConsentAsync(first, "email:read");
        await person.ConsentAsync(second, "email:send");
        await other.ConsentAsync(first, "email:read");

        var browser = person.Browser;
        await browser.GoAsync("/dashboard");
        Assert.Equal(2, browser.Page.QuerySelectorAll("li.grant form").Length);
        await browser.GoAsync(browser.Page.QuerySelector(".page-head a.button-danger")!.GetAttribute("href")!);
        Assert.Contains("Stop everything?", browser.Text, StringComparison.Ordinal);
        Assert.Equal(2, browser.Page.QuerySelectorAll(".rights li").Length);
        await browser.SubmitAsync(button: "Stop everything");
        Assert.Contains("Everything is stopped", browser.Text, StringComparison.Ordinal);
        Assert.Contains("Nothing acts for you", browser.Text, StringComparison.Ordinal);

        var revoked = (await side.Server.TrailAsync(AuditEventTypes.ConsentRevoked)).Where(row => row.Subject == person.Id).ToList();
        List<string> both = [.. new[] { first.Id, second.Id }.Order(StringComparer.Ordinal)];
        List<string> told = [.. revoked.Select(row => row.AgentId).OfType<string>().Order(StringComparer.Ordinal)];
        Assert.Equal(both, told);
        Assert.All(revoked, row => Assert.Equal("person_stopped_all", row.Reason));
        await other.Browser.GoAsync("/dashboard");
        Assert.Single(other.Browser.Page.QuerySelectorAll("li.grant form"));
    }

    [Fact]
    public async Task Stopping_everything_twice_does_no_harm_and_needs_the_persons_own_form()
    {
        var agent = await side.AgentAsync();
        var (person, other) = (await side.PersonAsync(), await side.PersonAsync());
        await person.ConsentAsync(agent, "email:read");
        await other.Browser.GoAsync("/account/password");
        await person.Browser.SendAsync(Post(other.Browser));
        await person.Browser.GoAsync("/dashboard");
        Assert.Single(person.Browser.Page.QuerySelectorAll("li.grant form"));

        await person.Browser.GoAsync("/dashboard?stop=all");
        var (once, twice) = (Post(person.Browser), Post(person.Browser));
        await person.Browser.SendAsync(once);
        await person.Browser.SendAsync(twice);
        Assert.Contains("Everything is stopped", person.Browser.Text, StringComparison.Ordinal);
        Assert.Single(await side.Server.TrailAsync(AuditEventTypes.ConsentRevoked), row => row.Subject == person.Id);

        // With nothing left there is nothing to ask.
        await person.Browser.GoAsync("/dashboard?stop=all");
        Assert.DoesNotContain("Stop everything?", person.Browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_the_persons_is_not_said_to_be_stopped()
    {
        var agent = await side.AgentAsync();
        var (person, other) = (await side.PersonAsync(), await side.PersonAsync());
        await person.ConsentAsync(agent, "email:read");
        await other.ConsentAsync(agent, "email:read");
        await other.Browser.GoAsync("/dashboard");
        var others = other.Browser.Page.QuerySelector("input[name=consent]")!.GetAttribute("value");
        foreach (var foreign in new[] { "con_garbage", others, "" })
        {
            await person.Browser.GoAsync("/dashboard");
            await person.Browser.SubmitAsync(new() { ["consent"] = foreign }, "Stop it");
            Assert.Contains("Nothing was stopped", person.Browser.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("It is stopped", person.Browser.Text, StringComparison.Ordinal);
        }

        await other.Browser.GoAsync("/dashboard");
        Assert.Single(other.Browser.Page.QuerySelectorAll("li.grant form"));
        await person.Browser.GoAsync("/dashboard");
        await person.Browser.SubmitAsync(button: "Stop it");
        await person.Browser.AgainAsync();
        Assert.Contains("It is stopped", person.Browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Revoked_agents_do_not_act_and_suspended_ones_may_come_back()
    {
        var (acting, resting, revoked) = (await side.AgentAsync(), await side.AgentAsync(), await side.AgentAsync());
        var person = await side.PersonAsync();
        await person.ConsentAsync(acting, "email:read");
        await person.ConsentAsync(resting, "email:read");
        await person.ConsentAsync(revoked, "email:send");
        await side.Chain.Organization.PostAsync($"/api/v1/agents/{resting.Id}/suspend");
        await side.Chain.Organization.PostAsync($"/api/v1/agents/{revoked.Id}/revoke");
        side.Server.Clock.Advance(TimeSpan.FromSeconds(2));

        var browser = person.Browser;
        await browser.GoAsync("/dashboard");
        Assert.StartsWith("1", Number(browser), StringComparison.Ordinal);
        Assert.Contains("1 is suspended", Number(browser), StringComparison.Ordinal);
        Assert.Contains("It does nothing now, and may come back.", browser.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Send e-mail in your name", browser.Page.QuerySelector("section[aria-labelledby=worst]")!.TextContent, StringComparison.Ordinal);
        Assert.Single(browser.Page.QuerySelector("section[aria-labelledby=worst] p.way-words:last-child bdi")!.TextContent.Split(", "));
        Assert.NotNull(browser.Page.QuerySelector("section[aria-labelledby=ended] li.grant time"));
        await browser.GoAsync("/account");
        Assert.Contains("1 agent or application", browser.Text, StringComparison.Ordinal);
        await browser.GoAsync("/dashboard?stop=all");
        Assert.Equal(2, browser.Page.QuerySelectorAll(".rights li").Length);
        Assert.Single(browser.Page.QuerySelectorAll(".rights li"), line => line.TextContent.Contains("suspended now", StringComparison.Ordinal));

        await browser.GoAsync("/dashboard");
        await browser.SubmitAsync(button: "Remove it");
        Assert.Contains("It is removed from your list", browser.Text, StringComparison.Ordinal);
        Assert.Null(browser.Page.QuerySelector("section[aria-labelledby=ended]"));
        Assert.Equal(2, browser.Page.QuerySelectorAll("li.grant form").Length);
    }

    [Fact]
    public async Task Agents_of_a_suspended_organization_do_not_act_until_it_is_resumed()
    {
        var (agent, person) = (await side.AgentAsync(), await side.PersonAsync());
        await person.ConsentAsync(agent, "email:read");
        var (states, id) = (side.Server.Services.GetRequiredService<OrganizationStates>(), side.Chain.Organization.Id);
        Assert.True(await states.TrySuspendAsync(id, Event(OrganizationEvents.Suspended, id), default));
        await person.Browser.GoAsync("/dashboard");
        Assert.StartsWith("0", Number(person.Browser), StringComparison.Ordinal);
        Assert.Contains("Its organization is suspended", person.Browser.Text, StringComparison.Ordinal);
        Assert.Null(person.Browser.Page.QuerySelector("section[aria-labelledby=worst]"));
        Assert.NotNull(person.Browser.Page.QuerySelector(".page-head a.button-danger"));

        Assert.True(await states.TryResumeAsync(id, Event(OrganizationEvents.Resumed, id), default));
        await person.Browser.GoAsync("/dashboard");
        Assert.StartsWith("1", Number(person.Browser), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Applications_that_are_switched_off_or_removed_do_not_act()
    {
        var (person, made) = (await side.PersonAsync(), new List<string>());
        foreach (var name in new[] { "files", "calendar" })
        {
            var application = await side.Chain.Organization.AskAsync(
                HttpMethod.Post, "/api/v1/applications", new { kind = "web", name, redirectUris = new[] { $"https://{name}.example/callback" }, scopes = new[] { "email:read" } }, HttpStatusCode.Created);
            made.Add(application.GetProperty("id").GetString()!);
            await person.AllowAsync(application.GetProperty("clientId").GetString()!, $"https://{name}.example/callback", [("scope", "email:read")]);
        }

        await person.Browser.GoAsync("/dashboard?stopped=all");
        Assert.StartsWith("2", Number(person.Browser), StringComparison.Ordinal);
        Assert.DoesNotContain("Everything is stopped", person.Browser.Text, StringComparison.Ordinal);
        await side.Chain.Organization.PostAsync($"/api/v1/applications/{made[0]}/disable");
        await side.Chain.Organization.AskAsync(HttpMethod.Delete, $"/api/v1/applications/{made[1]}", null, HttpStatusCode.NoContent);
        await person.Browser.GoAsync("/dashboard");
        Assert.StartsWith("0", Number(person.Browser), StringComparison.Ordinal);
        Assert.Contains("It is switched off.", person.Browser.Text, StringComparison.Ordinal);
        Assert.Null(person.Browser.Page.QuerySelector("section[aria-labelledby=worst]"));
        Assert.Contains("calendar", person.Browser.Page.QuerySelector("section[aria-labelledby=ended]")!.TextContent, StringComparison.Ordinal);

        await side.Chain.Organization.PostAsync($"/api/v1/applications/{made[0]}/enable");
        await person.Browser.GoAsync("/dashboard");
        Assert.StartsWith("1", Number(person.Browser), StringComparison.Ordinal);
        await person.Browser.SubmitAsync(button: "Remove it");
        Assert.Contains("It is removed from your list", person.Browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_says_what_could_happen_at_worst_and_who_could_do_it()
    {
        var (first, second) = (await side.AgentAsync(), await side.AgentAsync());
        var person = await side.PersonAsync();
        await person.ConsentAsync(first, "email:read email:send");
        await person.ConsentAsync(second, "email:read");
        await person.Browser.GoAsync("/dashboard");

        var worst = person.Browser.Page.QuerySelectorAll("section[aria-labelledby=worst] details");
        Assert.Equal(2, worst.Length);
        Assert.Contains("High risk", worst[0].TextContent, StringComparison.Ordinal);
        Assert.True(worst[0].HasAttribute("open"));
        Assert.Contains("Send e-mail in your name", worst[0].TextContent, StringComparison.Ordinal);
        Assert.Equal(2, worst[1].QuerySelectorAll("p.way-words")[1].QuerySelector("bdi")!.TextContent.Split(", ").Length);
    }

    [Fact]
    public async Task What_agents_did_through_the_vault_is_told_in_words_and_counted_and_what_the_person_did_is_no_deed_of_an_agent()
    {
        var (agent, person) = (await side.AgentAsync(), await side.PersonAsync());
        await person.ConsentAsync(agent, "email:read");
        var connection = new Connection
        {
            Id = Identifiers.New(Connection.IdPrefix, side.Server.Clock.Now),
            OrganizationId = side.Chain.Organization.Id,
            ProviderId = "fake",
            Name = "Post <office>",
            CreatedAt = side.Server.Clock.Now,
            UpdatedAt = side.Server.Clock.Now,
        };
        await side.Server.QueryAsync(context => { context.Connections.Add(connection); return context.SaveChangesAsync(); });
        await HappenedAsync(person, agent, ProxyEvents.Called, connection.Id, """{"decision":{"resource":"/connections/ID/GET/mails/7"}}""".Replace("ID", connection.Id, StringComparison.Ordinal));
        await HappenedAsync(person, agent, ProxyEvents.TokenReleased, "ca_gone", "{}");
        await HappenedAsync(person, agent, PolicyEvents.AccessEvaluated, null, "{}");
        await HappenedAsync(person, agent, AgentEvents.Updated, agent.Id, "{}");
        await HappenedAsync(person, null, AuditEventTypes.UserSignedOut, "usr_another", "{}");

        var browser = person.Browser;
        await browser.GoAsync("/dashboard");
        Assert.Equal("3", browser.Page.QuerySelectorAll(".numbers dd")[1].TextContent.Trim());
        Assert.DoesNotContain("updated", browser.Page.QuerySelector("section[aria-labelledby=recent]")!.TextContent, StringComparison.OrdinalIgnoreCase);

        await browser.GoAsync("/dashboard/activity");
        foreach (var told in new[] { "made a call by Post <office>", "GET /mails/7", "took an access token out of the vault", "wanted to act", "Agent: updated (", "User: signed out" })
            Assert.Contains(told, browser.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("connection.called", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_an_agent_that_did_nothing_in_their_name_nobody_learns_what_it_is_called()
    {
        var (agent, person) = (await side.AgentAsync(), await side.PersonAsync());
        await person.Browser.GoAsync("/dashboard/activity?agent=" + agent.Id);
        Assert.Equal("What this agent did", person.Browser.Shown("h1"));
    }

    [Fact]
    public async Task The_copy_of_everything_holds_the_agents_that_the_person_answers_for_and_what_was_passed_on_in_their_name()
    {
        var (agent, other, person) = (await side.AgentAsync(), await side.AgentAsync(), await side.PersonAsync());
        var id = Identifiers.New("dlg_", side.Server.Clock.Now);
        await side.Server.QueryAsync(async context =>
        {
            (await context.Agents.FindAsync(agent.Id))!.OwnerId = person.Id;
            context.Delegations.Add(new Delegation
            {
                Id = id,
                RootId = id,
                Path = id,
                DelegatorId = agent.Id,
                DelegateId = other.Id,
                PrincipalId = person.Id,
                OrganizationId = side.Chain.Organization.Id,
                CreatedAt = side.Server.Clock.Now,
            });
            return await context.SaveChangesAsync();
        });
        await person.Browser.GoAsync("/account?handler=Data");
        var data = System.Text.Json.JsonElement.Parse(await person.Browser.Response.Content.ReadAsStringAsync());
        Assert.Equal(agent.Id, Assert.Single(data.GetProperty("agents").EnumerateArray()).GetProperty("id").GetString());
        Assert.Equal((id, other.Id), (data.GetProperty("delegations")[0].GetProperty("id").GetString(), data.GetProperty("delegations")[0].GetProperty("delegateId").GetString()));
    }

    [Fact]
    public async Task A_request_that_waits_for_the_person_leads_to_the_page_where_they_answer()
    {
        var agent = await side.AgentAsync();
        var (person, other) = (await side.PersonAsync(), await side.PersonAsync());
        using var nobody = new Rest(side.Server);
        (await nobody.PostAsync("/consent/initiate", new
        {
            clientId = agent.ClientId,
            requestedScopes = new[] { "email:send" },
            redirectUri = OrganizationSide.Redirect,
            state = "s",
            userId = person.Id,
        })).Is(System.Net.HttpStatusCode.Created);

        await other.Browser.GoAsync("/dashboard");
        Assert.Null(other.Browser.Page.QuerySelector("#waiting"));
        await person.Browser.GoAsync("/dashboard");
        Assert.Equal("1 request waits for you", person.Browser.Page.QuerySelector("#waiting")!.TextContent);
        await person.Browser.GoAsync(person.Browser.Page.QuerySelector(".grant-waiting a")!.GetAttribute("href")!);
        BrowserSide.AssertAt(person.Browser, "/consent");
        await person.Browser.SubmitAsync(button: "Deny");
        await person.Browser.GoAsync("/dashboard");
        Assert.Null(person.Browser.Page.QuerySelector("#waiting"));
    }

    [Fact]
    public async Task The_account_shows_how_it_is_guarded_and_leads_to_each_part()
    {
        var person = await side.PersonAsync();
        await person.Browser.GoAsync("/account");
        Assert.Contains("Only one thing guards your account", person.Browser.Text, StringComparison.Ordinal);
        foreach (var address in new[]
        {
            "/account/address", "/account/password", "/account/passkeys", "/account/authenticator", "/account/sign-ins", "/account/sessions", "/account/connections",
            "/account/remove", "/dashboard",
        })
        {
            Assert.NotNull(person.Browser.Page.QuerySelector($"main a[href='{address}']"));
        }

        await StrongSide.EnrolAsync(side.Server, person.Browser);
        await person.Browser.GoAsync("/account");
        Assert.DoesNotContain("Only one thing guards your account", person.Browser.Text, StringComparison.Ordinal);
        Assert.Contains("10 are left", person.Browser.Text, StringComparison.Ordinal);
    }

    /// <summary>How many act, as it is said.</summary>
    private static string Number(TestBrowser browser) => browser.Page.QuerySelector(".numbers dd")!.TextContent.Trim();

    private AuditEvent Event(string type, string target) =>
        new() { Id = Identifiers.New("aud_", side.Server.Clock.Now), At = side.Server.Clock.Now, Type = type, Outcome = AuditOutcomes.Success, Target = target };

    private async Task HappenedAsync(PortalPerson person, KeyedAgent? agent, string type, string? target, string detail)
    {
        await side.Server.Services.GetRequiredService<IAuditTrail>().AppendAsync(
            new AuditEvent
            {
                Id = Identifiers.New("aud_", side.Server.Clock.Now),
                At = side.Server.Clock.Now,
                Type = type,
                Outcome = AuditOutcomes.Success,
                Subject = person.Id,
                AgentId = agent?.Id,
                Target = target,
                Detail = detail,
            },
            default);
        side.Server.Clock.Advance(TimeSpan.FromMilliseconds(2));
    }

    private HttpRequestMessage Post(TestBrowser browser) =>
        new(HttpMethod.Post, new Uri(side.Server.Address, "/dashboard?handler=All")) { Content = BrowserSide.Form(browser) };
}
