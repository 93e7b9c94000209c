using System.Net;
using AuthServer.Agents;
using AuthServer.Agents.Credentials;
using AuthServer.Organizations;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Pages.Developer;

/// <summary>An organization's agents, as its members see, make and change them.</summary>
public sealed class AgentPageTests(ConnectSide side) : IClassFixture<ConnectSide>
{
    private const string All = "/developer/agents";

    [Fact]
    public async Task A_developer_makes_an_agent_whose_command_gets_a_token_and_takes_the_secret_away_as_a_file()
    {
        using var browser = await side.MemberAsync(Role.Developer);
        var name = Name();
        await browser.OpenAsync(All + "/new");
        await browser.SubmitAsync(new() { ["name"] = name, ["description"] = "Reads <b>mail</b>", ["type"] = "tool", ["scopes.ticked"] = "email:read", ["redirectUris"] = "https://a.example/cb" }, "Make the agent");

        var secret = browser.Page.GetElementById("secret")!.TextContent;
        var clientId = browser.Page.GetElementById("client-id")!.TextContent;
        Assert.StartsWith("ags_", secret, StringComparison.Ordinal);
        Assert.Contains($"-u {clientId}:{secret} -d grant_type=client_credentials", browser.Page.GetElementById("command")!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("ags_", browser.Address.ToString(), StringComparison.Ordinal);
        using (var answer = await Flows.TokenAsync(side.Server, clientId, secret, ("grant_type", "client_credentials")))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        var link = browser.Page.QuerySelector(".decision a")!.GetAttribute("href")!;
        await browser.SubmitAsync(button: "Download it as a file");
        Assert.Equal("attachment", browser.Response.Content.Headers.ContentDisposition!.DispositionType);
        Assert.EndsWith(".env", browser.Response.Content.Headers.ContentDisposition.FileName, StringComparison.Ordinal);
        var file = await browser.Response.Content.ReadAsStringAsync();
        Assert.Contains($"AUTHSERVER_CLIENT_SECRET={secret}\n", file, StringComparison.Ordinal);

        await browser.OpenAsync(link);
        Assert.DoesNotContain(secret, browser.Page.DocumentElement.OuterHtml, StringComparison.Ordinal);
        Assert.Contains("Reads <b>mail</b>", browser.Text, StringComparison.Ordinal);
        var made = await side.Server.QueryAsync(context => context.Agents.SingleAsync(row => row.Name == name));
        Assert.Equal((AgentType.Tool, TrustLevel.Root), (made.Type, made.TrustLevel));
    }

    [Fact]
    public async Task Addresses_are_checked_while_they_are_typed_and_nothing_is_made_or_changed()
    {
        using var browser = await side.MemberAsync(Role.Developer);
        var name = Name();
        await browser.OpenAsync(All + "/new");
        Assert.Equal("redirecturis", browser.Page.QuerySelector("form[data-check]")!.GetAttribute("data-check"));
        await browser.SubmitAsync(new() { ["name"] = name, ["redirectUris"] = "https://a.example/cb\nhttp://b.example/cb", ["metadata"] = "no json", ["act"] = "check" });
        Assert.Equal(["#redirecturis"], browser.FaultyFields());
        Assert.StartsWith("Line 2, http://b.example/cb: ", browser.Page.GetElementById("redirecturis-fault")!.TextContent.Trim(), StringComparison.Ordinal);
        Assert.False(await side.Server.QueryAsync(context => context.Agents.AnyAsync(row => row.Name == name)));

        await browser.OpenAsync(All + "/new");
        await browser.SubmitAsync(new() { ["name"] = name, ["redirectUris"] = "https://a.example/cb" }, "Make the agent");
        await browser.OpenAsync(browser.Page.QuerySelector(".decision a")!.GetAttribute("href")!);
        await browser.PostAsync(side, browser.Address.AbsolutePath, ("act", "check"), ("name", ""), ("redirectUris", "https://a.example/*"));
        Assert.Equal(["#redirecturis"], browser.FaultyFields());
        Assert.Equal("https://a.example/*", browser.Value("redirectUris"));
        Assert.True(await side.Server.QueryAsync(context => context.Agents.AnyAsync(row => row.Name == name)));
    }

    [Fact]
    public async Task The_same_form_sent_twice_makes_one_agent_and_faults_keep_what_was_typed()
    {
        using var browser = await side.MemberAsync(Role.Developer);
        var name = Name();
        foreach (var i in new[] { 1, 2 })
        {
            await browser.OpenAsync(All + "/new");
            await browser.SubmitAsync(new() { ["name"] = name, ["description"] = "Twice" }, "Make the agent");
            Assert.Equal(i == 1, browser.Page.GetElementById("secret") is not null);
        }

        Assert.Equal(["#name"], browser.FaultyFields().DefaultIfEmpty("#name"));
        Assert.Equal(name, browser.Value("name"));
        Assert.Equal("Twice", browser.Value("description"));
        Assert.Equal(1, await side.Server.QueryAsync(context => context.Agents.CountAsync(row => row.Name == name)));

        await browser.SubmitAsync(
            new() { ["name"] = "", ["scopes.more"] = "nobody-knows-this", ["redirectUris"] = "http://a.example/cb", ["maxChildDepth"] = "99", ["trustLevel"] = "delegated" }, "Make the agent");
        Assert.Equal(["#name", "#redirecturis", "#scopes.more", "#parentagentid", "#maxchilddepth"], browser.FaultyFields());
        Assert.StartsWith("Line 1, http://a.example/cb: This address must use https", browser.Page.GetElementById("redirecturis-fault")!.TextContent.Trim(), StringComparison.Ordinal);
        Assert.StartsWith("Line 1, nobody-knows-this: Nobody here knows this scope", browser.Page.GetElementById("scopes.more-fault")!.TextContent.Trim(), StringComparison.Ordinal);
        await browser.SubmitAsync(new() { ["name"] = Name(), ["scopes.more"] = "", ["redirectUris"] = "", ["maxChildDepth"] = "", ["trustLevel"] = "", ["metadata"] = "{ no" }, "Make the agent");
        Assert.Equal(["#metadata"], browser.FaultyFields());
        Assert.StartsWith("This is no JSON: look at line 1, character ", browser.Shown("#metadata-fault"), StringComparison.Ordinal);
        await browser.SubmitAsync(new() { ["metadata"] = "{ \"a\": 1,\n\"a\": 2 }" }, "Make the agent");
        Assert.Equal("a (line 2): This member stands there twice. Leave one of them.", browser.Shown("#metadata-fault"));
    }

    [Fact]
    public async Task Who_may_only_look_makes_nothing_and_is_offered_nothing()
    {
        var agent = await AgentAsync();
        using var auditor = await side.MemberAsync(Role.Auditor);
        await auditor.OpenAsync(All);
        Assert.Empty(auditor.Page.QuerySelectorAll($"main a[href^='{All}/new']"));
        await auditor.OpenAsync($"{All}/{agent}");
        Assert.Empty(auditor.Page.QuerySelectorAll("main form"));
        await auditor.OpenAsync($"{All}/{agent}/keys");
        Assert.Empty(auditor.Page.QuerySelectorAll("main form"));
        foreach (var (page, act) in new[] { (All + "/new", ""), ($"{All}/{agent}", "suspend"), ($"{All}/{agent}/keys", "create"), ($"{All}/{agent}/keys", "secret"), ($"{All}/{agent}/scopes", "") })
        {
            await auditor.PostAsync(side, page + (page.EndsWith("new", StringComparison.Ordinal) ? $"?organization={side.Acme.Id}" : ""), ("name", Name()), ("act", act));
            Assert.Equal(HttpStatusCode.Forbidden, auditor.Response.StatusCode);
        }

        Assert.Equal(AgentStatus.Active, await StatusAsync(agent));
        using var developer = await side.MemberAsync(Role.Developer);
        await developer.PostAsync(side, $"{All}/{agent}", ("act", "revoke"));
        Assert.Equal(HttpStatusCode.Forbidden, developer.Response.StatusCode);
        Assert.Equal(AgentStatus.Active, await StatusAsync(agent));
    }

    [Fact]
    public async Task Another_organizations_agent_is_not_there()
    {
        var other = await OrganizationSide.CreateAsync(side.Server);
        var (theirs, ours) = ((await other.RegisterAsync()).GetProperty("id").GetString()!, await AgentAsync());
        var key = (await other.AskAsync(HttpMethod.Post, "/api/v1/credentials", new { agent_id = theirs }, HttpStatusCode.Created)).GetProperty("credential").GetProperty("id").GetString()!;
        using var browser = await side.MemberAsync();
        foreach (var page in new[] { "", "/keys", "/scopes", "/policies", "/activity" })
        {
            await browser.GoAsync($"{All}/{theirs}{page}");
            Assert.Equal(HttpStatusCode.NotFound, browser.Response.StatusCode);
        }

        await browser.GoAsync($"{All}?organization={other.Id}");
        Assert.Equal(HttpStatusCode.NotFound, browser.Response.StatusCode);
        await browser.PostAsync(side, $"{All}/{theirs}", ("act", "suspend"));
        Assert.Equal(HttpStatusCode.NotFound, browser.Response.StatusCode);
        await browser.PostAsync(side, $"{All}/{ours}/keys", ("act", "revoke"), ("key", key));
        Assert.Equal(HttpStatusCode.NotFound, browser.Response.StatusCode);
        Assert.Null(await side.Server.QueryAsync(context => context.ApiKeys.Where(row => row.Id == key).Select(row => row.RevokedAt).SingleAsync()));
    }

    [Fact]
    public async Task It_is_suspended_resumed_and_revoked_after_a_question()
    {
        var agent = await AgentAsync();
        using var browser = await side.MemberAsync();
        await browser.OpenAsync($"{All}/{agent}?ask=suspend");
        await browser.SubmitAsync(button: "Suspend it");
        Assert.Contains("It is suspended", browser.Text, StringComparison.Ordinal);
        Assert.Equal(AgentStatus.Suspended, await StatusAsync(agent));
        side.Server.Clock.Advance(TimeSpan.FromSeconds(2));
        await browser.SubmitAsync(button: "Resume it");
        Assert.Equal(AgentStatus.Active, await StatusAsync(agent));
        await browser.OpenAsync($"{All}/{agent}?ask=revoke");
        await browser.SubmitAsync(button: "Revoke it for good");
        Assert.Equal(AgentStatus.Revoked, await StatusAsync(agent));
        Assert.Contains("It was revoked", browser.Text, StringComparison.Ordinal);
        Assert.Empty(browser.Page.QuerySelectorAll("main form"));
        await browser.OpenAsync(All + "?status=revoked");
        Assert.NotNull(browser.Page.QuerySelector($"a[href='{All}/{agent}']"));
    }

    [Fact]
    public async Task Keys_are_made_with_an_end_replaced_and_revoked_and_shown_once()
    {
        var agent = await AgentAsync();
        using var browser = await side.MemberAsync(Role.Developer);
        var page = $"{All}/{agent}/keys";
        await browser.OpenAsync(page);
        await browser.SubmitAsync(new() { ["expires_at"] = "2001-01-01" }, "Make the key");
        Assert.Equal(["#expires_at"], browser.FaultyFields());
        await browser.SubmitAsync(new() { ["expires_at"] = "2099-01-01", ["scopes"] = "email:read" }, "Make the key");
        var first = browser.Page.GetElementById("secret")!.TextContent;
        using (var rest = new Rest(side.Server, first))
        {
            (await rest.GetAsync("/agents/" + agent)).Is(HttpStatusCode.Forbidden); // bounded to email:read
        }

        await browser.OpenAsync(page);
        Assert.DoesNotContain(first, browser.Text, StringComparison.Ordinal);
        Assert.Contains("1 January 2099", browser.Text, StringComparison.Ordinal);
        await browser.GoAsync(browser.Page.QuerySelector("a[href*='ask=rotate']")!.GetAttribute("href")!);
        await browser.SubmitAsync(button: "Replace it");
        var second = browser.Page.GetElementById("secret")!.TextContent;
        Assert.NotEqual(first, second);
        await browser.OpenAsync(page);
        await browser.GoAsync(browser.Page.QuerySelector("a[href*='ask=revoke']")!.GetAttribute("href")!);
        await browser.SubmitAsync(button: "Revoke it");
        Assert.Contains("The key is revoked", browser.Text, StringComparison.Ordinal);
        Assert.Empty(browser.Page.QuerySelectorAll("a[href*='ask=revoke']"));
        Assert.True(await side.Server.QueryAsync(context => context.ApiKeys.Where(row => row.AgentId == agent).AllAsync(row => row.RevokedAt != null)));
    }

    [Fact]
    public async Task A_scope_that_is_ticked_stays_ticked_though_the_agent_lost_it_and_no_key_that_may_do_all_is_made()
    {
        var agent = await AgentAsync();
        using var browser = await side.MemberAsync(Role.Developer);
        await browser.OpenAsync($"{All}/{agent}/keys");
        await side.Acme.AskAsync(HttpMethod.Patch, "/api/v1/agents/" + agent, new { allowedScopes = new[] { "email:send" } });
        await browser.SubmitAsync(new() { ["scopes"] = "email:read" }, "Make the key");
        foreach (var _ in new[] { 1, 2 })
        {
            Assert.Contains("email:read: This is beyond what the agent", browser.Shown("#scopes-fault"), StringComparison.Ordinal);
            Assert.True(browser.Page.QuerySelector("input[name=scopes][value='email:read']")?.HasAttribute("checked"));
            await browser.SubmitAsync(button: "Make the key");
        }

        Assert.False(await side.Server.QueryAsync(context => context.ApiKeys.AnyAsync(row => row.AgentId == agent)));
    }

    [Fact]
    public async Task An_agent_whose_parent_was_suspended_meanwhile_is_not_made_without_one()
    {
        var parent = await AgentAsync();
        using var browser = await side.MemberAsync(Role.Developer);
        var name = Name();
        await browser.OpenAsync(All + "/new");
        await side.Acme.PostAsync($"/api/v1/agents/{parent}/suspend");
        await browser.SubmitAsync(new() { ["name"] = name, ["parentAgentId"] = parent }, "Make the agent");
        foreach (var _ in new[] { 1, 2 })
        {
            Assert.Equal(["#parentagentid"], browser.FaultyFields());
            Assert.Equal(parent, browser.Value("parentAgentId"));
            await browser.SubmitAsync(button: "Make the agent");
        }

        Assert.False(await side.Server.QueryAsync(context => context.Agents.AnyAsync(row => row.Name == name)));
    }

    [Fact]
    public async Task A_ticked_scope_that_was_deleted_meanwhile_stays_in_sight_with_what_is_wrong()
    {
        var agent = await AgentAsync();
        var scope = "robots:" + Guid.NewGuid().ToString("N");
        await side.Acme.AskAsync(HttpMethod.Post, "/api/v1/scopes", new { name = scope, description = "They move." }, HttpStatusCode.Created);
        using var browser = await side.MemberAsync(Role.Developer);
        await browser.OpenAsync($"{All}/{agent}/scopes?change=yes");
        (await side.Acme.SendAsync(HttpMethod.Delete, "/api/v1/scopes/" + scope)).EnsureSuccessStatusCode();
        await browser.SubmitAsync(new() { ["scopes.ticked"] = scope }, "Save");
        Assert.Contains(scope + ": Nobody here knows this scope", browser.Text, StringComparison.Ordinal);
        Assert.True(browser.Page.QuerySelector($"input[name='scopes.ticked'][value='{scope}']")?.HasAttribute("checked"));
    }

    [Fact]
    public async Task A_key_far_down_the_list_is_replaced_and_revoked_and_one_of_another_agent_is_not()
    {
        var (agent, other) = (await AgentAsync(), await AgentAsync());
        var first = await KeyAsync(agent);
        await side.Server.QueryAsync(context =>
        {
            var now = side.Server.Clock.Now.AddMinutes(1);
            context.ApiKeys.AddRange(Enumerable.Range(0, 50).Select(_ =>
            {
                var key = ApiKey.Create(agent, now).Key;
                key.RevokedAt = now;
                return key;
            }));
            return context.SaveChangesAsync();
        });
        using var browser = await side.MemberAsync(Role.Developer);
        await browser.OpenAsync($"{All}/{agent}/keys");
        Assert.Null(browser.Page.QuerySelector("a[href*='ask=revoke']"));
        await browser.GoAsync(browser.Page.QuerySelector("a[rel=next]")!.GetAttribute("href")!);
        await browser.GoAsync(browser.Page.QuerySelector("a[href*='ask=rotate']")!.GetAttribute("href")!);
        await browser.SubmitAsync(button: "Replace it");
        Assert.StartsWith("ak_live_", browser.Page.GetElementById("secret")!.TextContent, StringComparison.Ordinal);
        Assert.NotNull(await EndAsync(first));

        // The newest is far down too, since those above it are from a minute later.
        await browser.OpenAsync($"{All}/{agent}/keys?from=50");
        await browser.GoAsync(browser.Page.QuerySelector("a[href*='ask=revoke']")!.GetAttribute("href")!);
        await browser.SubmitAsync(button: "Revoke it");
        Assert.Contains("The key is revoked", browser.Text, StringComparison.Ordinal);
        Assert.Equal($"{All}/{agent}/keys?done=revoke&from=50", browser.Address.PathAndQuery);
        Assert.True(await side.Server.QueryAsync(context => context.ApiKeys.Where(row => row.AgentId == agent).AllAsync(row => row.RevokedAt != null)));

        var theirs = await KeyAsync(other);
        await browser.PostAsync(side, $"{All}/{agent}/keys", ("act", "revoke"), ("key", theirs));
        Assert.Equal(HttpStatusCode.NotFound, browser.Response.StatusCode);
        Assert.Null(await EndAsync(theirs));

        async Task<string> KeyAsync(string of) =>
            (await side.Acme.AskAsync(HttpMethod.Post, "/api/v1/credentials", new { agent_id = of }, HttpStatusCode.Created)).GetProperty("credential").GetProperty("id").GetString()!;

        Task<DateTimeOffset?> EndAsync(string key) => side.Server.QueryAsync(context => context.ApiKeys.Where(row => row.Id == key).Select(row => row.RevokedAt).SingleAsync());
    }

    [Fact]
    public async Task A_secret_is_replaced_while_the_old_one_goes_on()
    {
        var made = await side.Acme.RegisterAsync(OrganizationSide.Agent(("name", Name())));
        var (agent, client, old) = (made.GetProperty("id").GetString()!, made.GetProperty("clientId").GetString()!, made.GetProperty("clientSecret").GetString()!);
        using var browser = await side.MemberAsync(Role.Developer);
        await browser.OpenAsync($"{All}/{agent}/keys?ask=secret");
        await browser.SubmitAsync(new() { ["overlap"] = "86400" }, "Replace it");
        var secret = browser.Page.GetElementById("secret")!.TextContent;
        foreach (var one in new[] { old, secret })
        {
            using var answer = await Flows.TokenAsync(side.Server, client, one, ("grant_type", "client_credentials"));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        await browser.OpenAsync($"{All}/{agent}/keys");
        Assert.Contains("The one before. It works until", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scopes_are_changed_and_policies_and_activity_are_listed()
    {
        var agent = await AgentAsync();
        await side.Acme.AskAsync(HttpMethod.Post, "/api/v1/policies", new { name = "No <i>mail</i> by " + agent, effect = "deny", agentId = agent, actions = new[] { "email:*" } }, HttpStatusCode.Created);
        using var browser = await side.MemberAsync(Role.Developer);
        await browser.OpenAsync($"{All}/{agent}/scopes?change=yes");
        await browser.SubmitAsync(new() { ["scopes.ticked"] = "files:delete", ["scopes.more"] = "calendar:*" }, "Save");
        Assert.Contains("files:delete", browser.Text, StringComparison.Ordinal);
        Assert.Contains("calendar:*", browser.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("email:read", browser.Text, StringComparison.Ordinal);
        await browser.OpenAsync($"{All}/{agent}/policies");
        Assert.Contains($"No <i>mail</i> by {agent}", browser.Text, StringComparison.Ordinal);
        Assert.Contains("is never allowed email:*.", browser.Text, StringComparison.Ordinal);
        await browser.OpenAsync($"{All}/{agent}/activity");
        Assert.Contains("Agent: updated", browser.Text, StringComparison.Ordinal);
        Assert.Contains("Agent: registered", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_that_somebody_else_overtook_is_not_saved()
    {
        var agent = await AgentAsync();
        using var browser = await side.MemberAsync(Role.Developer);
        await browser.OpenAsync($"{All}/{agent}");
        await side.Acme.AskAsync(HttpMethod.Patch, "/api/v1/agents/" + agent, new { description = "Theirs" });
        await browser.SubmitAsync(new() { ["description"] = "Mine" }, "Save");
        Assert.Contains("Somebody changed it meanwhile", browser.Text, StringComparison.Ordinal);
        Assert.Equal("Mine", browser.Value("description"));
        Assert.Equal("Theirs", await side.Server.QueryAsync(context => context.Agents.Where(row => row.Id == agent).Select(row => row.Description).SingleAsync()));
    }

    [Fact]
    public async Task Names_that_are_markup_long_or_turned_around_break_no_page()
    {
        var name = "<script>alert(1)</script> مفكرة " + new string('x', 150) + " 🗓 " + Guid.NewGuid().ToString("N");
        var agent = (await side.Acme.RegisterAsync(OrganizationSide.Agent(("name", name)))).GetProperty("id").GetString()!;
        using var browser = await side.MemberAsync();
        foreach (var page in new[] { All, $"{All}/{agent}", $"{All}/{agent}/keys", $"{All}/{agent}/scopes", $"{All}/{agent}/policies", $"{All}/{agent}/activity" })
        {
            await browser.OpenAsync(page);
            Assert.Empty(browser.Page.QuerySelectorAll("main script"));
            Assert.Contains("<script>alert(1)</script>", browser.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_list_is_searched_and_read_on_part_by_part_and_weighs_little()
    {
        var other = await OrganizationSide.CreateAsync(side.Server);
        await side.Server.QueryAsync(async context =>
        {
            var first = await other.RegisterAsync();
            var model = await context.Agents.AsNoTracking().SingleAsync(row => row.Id == first.GetProperty("id").GetString());
            foreach (var i in Enumerable.Range(0, 120))
            {
                var application = await context.Applications.AsNoTracking().SingleAsync(row => row.Id == model.ApplicationId);
                (application.Id, application.ClientId) = (Guid.NewGuid().ToString(), $"agc_{Guid.NewGuid():N}");
                context.Applications.Add(application);
                context.Agents.Add(new Agent
                {
                    Id = $"agt_{i:d26}",
                    ApplicationId = application.Id,
                    OrganizationId = model.OrganizationId,
                    OwnerId = model.OwnerId,
                    NameScope = model.NameScope,
                    Name = $"Worker {i:d3}",
                    Type = model.Type,
                    TrustLevel = model.TrustLevel,
                    Status = AgentStatus.Active,
                    CreatedAt = model.CreatedAt,
                    UpdatedAt = model.UpdatedAt,
                    Version = "1",
                });
            }

            return await context.SaveChangesAsync();
        });
        using var browser = await BrowserOfAsync(other);
        await browser.OpenAsync(All);
        Assert.Equal(50, browser.Page.QuerySelectorAll("tbody tr").Length);
        Assert.Contains("121 agents", browser.Text, StringComparison.Ordinal);
        Assert.True((await browser.Response.Content.ReadAsByteArrayAsync()).Length < 100_000);
        await browser.GoAsync(browser.Page.QuerySelector("a[rel=next]")!.GetAttribute("href")!);
        await browser.GoAsync(browser.Page.QuerySelector("a[rel=next]")!.GetAttribute("href")!);
        Assert.Equal(21, browser.Page.QuerySelectorAll("tbody tr").Length);
        Assert.Null(browser.Page.QuerySelector("a[rel=next]"));
        await browser.OpenAsync(All + "?q=worker+007&status=active&from=0");
        Assert.Equal(["Worker 007"], browser.Page.QuerySelectorAll("tbody a").Select(link => link.TextContent));
        await browser.OpenAsync(All + "?q=%e2%80%ae&status=nonsense&from=-5");
        await browser.GoAsync(All + "?q=%00");
        Assert.Equal(HttpStatusCode.BadRequest, browser.Response.StatusCode);
    }

    private async Task<TestBrowser> BrowserOfAsync(OrganizationSide organization)
    {
        var (browser, id, _) = await side.PersonAsync(isMember: false);
        await side.Server.QueryAsync(context =>
        {
            context.Members.Add(new Member { OrganizationId = organization.Id, UserId = id, Role = Role.Developer, JoinedAt = side.Server.Clock.Now });
            return context.SaveChangesAsync();
        });
        return browser;
    }

    private async Task<string> AgentAsync() => (await side.Acme.RegisterAsync(OrganizationSide.Agent(("name", Name())))).GetProperty("id").GetString()!;

    private Task<AgentStatus> StatusAsync(string agent) => side.Server.QueryAsync(context => context.Agents.Where(row => row.Id == agent).Select(row => row.Status).SingleAsync());

    private static string Name() => "Agent " + Guid.NewGuid().ToString("N");
}
