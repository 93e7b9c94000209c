using System.Net;
using System.Text.Json;
using System.Net.Http.Json;
using AuthServer.Agents;
using AuthServer.Applications;
using AuthServer.Organizations;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Pages.Admin;

public sealed class AdminClientTests(AdminSide side) : IClassFixture<AdminSide>
{
    [Fact]
    public async Task A_client_of_the_configuration_says_so_and_cannot_be_changed()
    {
        using var admin = await side.AdminAsync();
        await admin.GoAsync("/admin/clients/" + await RowAsync("web"));
        Assert.Contains("The configuration says what this client is", admin.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Flows.Secret, admin.Page.DocumentElement.OuterHtml, StringComparison.Ordinal);
        await admin.GoAsync($"/admin/clients/{await RowAsync("web")}?ask=disable");

        Assert.Equal($"/admin/clients/{await RowAsync("web")}", admin.Address.PathAndQuery);
    }

    [Fact]
    public async Task A_registered_client_is_disabled_enabled_and_deleted()
    {
        using var http = side.Server.CreateClient();
        using var registered = await http.PostAsJsonAsync("/connect/register", new { client_name = "<script>x</script>", redirect_uris = new[] { "https://new.example/callback" }, token_endpoint_auth_method = "none" });
        var clientId = (await TestServer.JsonAsync(registered)).GetProperty("client_id").GetString()!;
        var row = await RowAsync(clientId);
        using var admin = await side.AdminAsync();
        await AdminSide.DoAsync(admin, $"/admin/clients/{row}?ask=disable", "Disable it");
        await side.AssertToldAsync(AuditEventTypes.ClientUpdated, clientId);
        Assert.False(await IsKnownAsync(clientId));
        await AdminSide.DoAsync(admin, $"/admin/clients/{row}?ask=enable", "Enable it");
        Assert.True(await IsKnownAsync(clientId));
        await admin.GoAsync($"/admin/clients/{row}?ask=delete");
        HttpRequestMessage Press() => new(HttpMethod.Post, admin.Address) { Content = BrowserSide.Form(admin) };
        var (once, twice) = (Press(), Press());
        await admin.SendAsync(once);
        await side.AssertToldAsync(AuditEventTypes.ClientRemoved, clientId);

        // What it was and when it went, to the second of two presses too.
        Assert.False(await IsKnownAsync(clientId));
        foreach (var again in new[] { null, twice, new HttpRequestMessage(HttpMethod.Get, new Uri(side.Server.Address, $"/admin/clients/{row}")) })
        {
            await (again is null ? Task.CompletedTask : admin.SendAsync(again));
            Assert.Equal(HttpStatusCode.Gone, admin.Response.StatusCode);
            Assert.Contains("<script>x</script> was deleted by an administrator on", admin.Text, StringComparison.Ordinal);
        }

        foreach (var other in new[] { Guid.NewGuid().ToString("N"), row[..3] })
        {
            await admin.GoAsync("/admin/clients/" + other);
            Assert.Equal(HttpStatusCode.NotFound, admin.Response.StatusCode);
        }
    }

    [Fact]
    public async Task A_client_that_removed_itself_is_shown_as_removed_and_does_not_come_back()
    {
        using var http = side.Server.CreateClient();
        using var registered = await http.PostAsJsonAsync("/connect/register", new { client_name = "Gone <b>", redirect_uris = new[] { "https://new.example/callback" } });
        var client = await TestServer.JsonAsync(registered);
        var clientId = client.GetProperty("client_id").GetString()!;
        var row = await RowAsync(clientId);
        using var delete = new HttpRequestMessage(HttpMethod.Delete, client.GetProperty("registration_client_uri").GetString());
        delete.Headers.Authorization = new("Bearer", client.GetProperty("registration_access_token").GetString());
        using var removed = await http.SendAsync(delete);
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);

        using var admin = await side.AdminAsync();
        await admin.GoAsync("/admin/clients?q=" + clientId);
        Assert.Contains("Removed", Assert.Single(admin.Page.QuerySelectorAll("tbody tr")).TextContent, StringComparison.Ordinal);
        await admin.GoAsync("/admin/clients/" + row);
        Assert.Contains("It removed itself on", admin.Text, StringComparison.Ordinal);
        Assert.NotNull(admin.Page.QuerySelector("main .notice time"));
        Assert.DoesNotContain("Disabled", admin.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Enable…", admin.Text, StringComparison.Ordinal);
        await admin.GoAsync("/admin/trail");
        await admin.SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(side.Server.Address, $"/admin/clients/{row}?ask=enable")) { Content = BrowserSide.Form(admin) });
        Assert.Equal($"/admin/clients/{row}", admin.Address.PathAndQuery);
        Assert.Contains("It removed itself on", admin.Text, StringComparison.Ordinal);
        Assert.False(await IsKnownAsync(clientId));
    }

    [Fact]
    public async Task An_agent_is_stopped_as_its_organization_would_stop_it()
    {
        var organization = await OrganizationSide.CreateAsync(side.Server);
        var agent = await organization.RegisterAsync();
        var (agentId, row) = (AgentSide.Text(agent, "id"), await RowAsync(AgentSide.Text(agent, "clientId")));
        using var admin = await side.AdminAsync();
        await AdminSide.DoAsync(admin, $"/admin/clients/{row}?ask=disable", "Disable it");
        var told = (await side.Server.TrailAsync(AgentEvents.Suspended))[^1];
        Assert.Equal((await side.AdminIdAsync(), agentId, organization.Id), (told.Subject, told.AgentId, told.OrganizationId));

        side.Server.Clock.Advance(TimeSpan.FromSeconds(2));
        await AdminSide.DoAsync(admin, $"/admin/clients/{row}?ask=enable", "Enable it");
        side.Server.Clock.Advance(TimeSpan.FromSeconds(2));
        await AdminSide.DoAsync(admin, $"/admin/clients/{row}?ask=delete", "Revoke it");
        Assert.Equal(AgentStatus.Revoked, await side.Server.QueryAsync(context => context.Agents.Where(found => found.Id == agentId).Select(found => found.Status).SingleAsync()));
        Assert.DoesNotContain("Enable…", admin.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Disabled", admin.Text, StringComparison.Ordinal);
        Assert.NotNull(admin.Page.QuerySelectorAll(".facts div").Single(fact => fact.QuerySelector("dt")!.TextContent == "Revoked since").QuerySelector("time"));
    }

    [Fact]
    public async Task An_organization_is_told_that_an_administrator_suspended_its_agent_and_cannot_resume_it()
    {
        var organization = await OrganizationSide.CreateAsync(side.Server);
        var agent = await organization.RegisterAsync();
        var (id, row) = (AgentSide.Text(agent, "id"), await RowAsync(AgentSide.Text(agent, "clientId")));
        var path = "/api/v1/agents/" + id;
        using var admin = await side.AdminAsync();
        await AdminSide.DoAsync(admin, $"/admin/clients/{row}?ask=disable", "Disable it");
        Assert.Contains("Disabled by an administrator", admin.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Disable…", admin.Text, StringComparison.Ordinal);
        Assert.Equal("administrator", (await side.Server.TrailAsync(AgentEvents.Suspended)).Single(one => one.Target == id).Reason);

        Assert.Equal(("suspended", "administrator"), await StateAsync(organization, path));
        var refused = await organization.AskAsync(HttpMethod.Post, path + "/resume", null, HttpStatusCode.Conflict);
        Assert.Equal("suspended_by_administrator", AgentSide.Text(refused, "code"));
        using var member = await MemberAsync(organization);
        await member.GoAsync("/developer/agents/" + id);
        Assert.Contains("An administrator of this server suspended it", member.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(member.Page.QuerySelectorAll("main button"), button => button.TextContent.Trim() == "Resume it");
        await member.GoAsync("/developer/trail?organization=" + organization.Id);
        Assert.Contains("An administrator of this server", member.Text, StringComparison.Ordinal);

        await AdminSide.DoAsync(admin, $"/admin/clients/{row}?ask=enable", "Enable it");
        Assert.Equal(("active", null), await StateAsync(organization, path));
        Assert.Equal("administrator", (await side.Server.TrailAsync(AgentEvents.Resumed)).Single(one => one.Target == id).Reason);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_its_organization_suspended_too_stays_so_when_the_administrator_lets_the_agent_go(bool before)
    {
        var organization = await OrganizationSide.CreateAsync(side.Server);
        var agent = await organization.RegisterAsync();
        var (id, row) = (AgentSide.Text(agent, "id"), await RowAsync(AgentSide.Text(agent, "clientId")));
        var path = "/api/v1/agents/" + id;
        using var admin = await side.AdminAsync();
        if (before)
        {
            await organization.PostAsync(path + "/suspend");
            Assert.Equal(("suspended", "organization"), await StateAsync(organization, path));
        }

        await AdminSide.DoAsync(admin, $"/admin/clients/{row}?ask=disable", "Disable it");
        Assert.Equal(("suspended", "administrator"), await StateAsync(organization, path));
        if (!before)
        {
            await organization.PostAsync(path + "/suspend");
        }

        await AdminSide.DoAsync(admin, $"/admin/clients/{row}?ask=enable", "Enable it");
        Assert.Contains("Its organization still does", admin.Text, StringComparison.Ordinal);
        Assert.Equal(("suspended", "organization"), await StateAsync(organization, path));
        Assert.DoesNotContain(await side.Server.TrailAsync(AgentEvents.Resumed), told => told.Target == id);
        await organization.PostAsync(path + "/resume");
        Assert.Equal(("active", null), await StateAsync(organization, path));
    }

    [Fact]
    public async Task What_an_administrator_suspended_below_another_agent_is_not_resumed_with_that_and_what_it_made_is_resumed_with_it()
    {
        var organization = await OrganizationSide.CreateAsync(side.Server);
        var (above, held, below) = await BranchAsync(organization);
        using var admin = await side.AdminAsync();
        await AdminSide.DoAsync(admin, $"/admin/clients/{await RowAsync(held.ClientId)}?ask=disable", "Disable it");
        await organization.PostAsync(above.Path + "/suspend");
        await organization.PostAsync(above.Path + "/resume");
        Assert.Equal(("suspended", "administrator"), await StateAsync(organization, held.Path));
        Assert.Equal(("suspended", null), await StateAsync(organization, below.Path));
        using var member = await MemberAsync(organization);
        await member.GoAsync("/developer/agents/" + below.Id);
        Assert.Contains("only an administrator can resume it", member.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(member.Page.QuerySelectorAll("main button"), button => button.TextContent.Trim() == "Resume it");

        await AdminSide.DoAsync(admin, $"/admin/clients/{await RowAsync(held.ClientId)}?ask=enable", "Enable it");
        Assert.Equal(("active", null), await StateAsync(organization, held.Path));
        Assert.Equal(("active", null), await StateAsync(organization, below.Path));

        // While the one above it is suspended, it cannot go on by itself, in whichever order they came.
        foreach (var isFirst in new[] { true, false })
        {
            if (isFirst)
            {
                await AdminSide.DoAsync(admin, $"/admin/clients/{await RowAsync(held.ClientId)}?ask=disable", "Disable it");
            }

            await organization.PostAsync(above.Path + "/suspend");
            if (!isFirst)
            {
                await AdminSide.DoAsync(admin, $"/admin/clients/{await RowAsync(held.ClientId)}?ask=disable", "Disable it");
            }

            await AdminSide.DoAsync(admin, $"/admin/clients/{await RowAsync(held.ClientId)}?ask=enable", "Enable it");
            Assert.DoesNotContain("Its organization still does", admin.Text, StringComparison.Ordinal);
            foreach (var path in new[] { held.Path, below.Path })
            {
                Assert.Equal(("suspended", null), await StateAsync(organization, path));
                Assert.Equal(above.Id, AgentSide.Text(await organization.GetAsync(path), "suspendedWithAgentId"));
            }

            await organization.PostAsync(above.Path + "/resume");
            Assert.Equal(("active", null), await StateAsync(organization, held.Path));
            Assert.Equal(("active", null), await StateAsync(organization, below.Path));
        }
    }

    [Fact]
    public async Task Agents_that_an_administrator_suspends_one_below_the_other_go_on_when_both_are_let_go()
    {
        var organization = await OrganizationSide.CreateAsync(side.Server);
        var (above, middle, below) = await BranchAsync(organization);
        using var admin = await side.AdminAsync();
        foreach (var act in new[] { ("disable", "Disable it"), ("enable", "Enable it") })
        {
            foreach (var agent in new[] { above, middle })
            {
                await AdminSide.DoAsync(admin, $"/admin/clients/{await RowAsync(agent.ClientId)}?ask={act.Item1}", act.Item2);
            }
        }

        foreach (var agent in new[] { above, middle, below })
        {
            Assert.Equal(("active", null), await StateAsync(organization, agent.Path));
        }
    }

    [Theory]
    [InlineData("configuration", "The web client")]
    [InlineData("agent", "SmartMail")]
    public async Task Clients_are_listed_by_where_they_come_from(string source, string expected)
    {
        var organization = await OrganizationSide.CreateAsync(side.Server);
        await organization.RegisterAsync(OrganizationSide.Agent(("name", "SmartMail")));
        using var admin = await side.AdminAsync();
        await admin.GoAsync("/admin/clients?source=" + source);
        Assert.Contains(expected, admin.Page.QuerySelector("tbody")!.TextContent, StringComparison.Ordinal);
        await admin.GoAsync($"/admin/clients?source={source}&q={Uri.EscapeDataString("nothing like it")}");

        Assert.Contains("Nothing was found", admin.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("disable", "Disabled")]
    [InlineData("remove", "Removed")]
    [InlineData("close", "Removed")]
    public async Task What_an_organization_did_to_its_application_is_what_holds_here_too(string act, string state)
    {
        var organization = await OrganizationSide.CreateAsync(side.Server);
        var (id, _) = await ApplicationAsync(organization);
        await (act switch
        {
            "disable" => organization.PostAsync($"/api/v1/applications/{id}/disable"),
            "remove" => organization.AskAsync(HttpMethod.Delete, $"/api/v1/applications/{id}", null, HttpStatusCode.NoContent),
            _ => CloseAsync(organization),
        });

        using var admin = await side.AdminAsync();
        await admin.GoAsync("/admin/clients?source=organization&q=" + id);
        Assert.Contains(state, Assert.Single(admin.Page.QuerySelectorAll("tbody tr")).TextContent, StringComparison.Ordinal);
        await admin.GoAsync("/admin/clients/" + await RowAsync(id));
        Assert.Equal(state, admin.Page.QuerySelector(".page-head .risk")!.TextContent.Trim());
        Assert.NotNull(admin.Page.QuerySelector($"main .facts a[href='/admin/organizations/{organization.Id}']"));
        Assert.NotNull(admin.Page.QuerySelector("main time"));
        Assert.DoesNotContain("Enable…", admin.Text, StringComparison.Ordinal);
        Assert.Equal(act == "disable", admin.Text.Contains("Disabled by its organization", StringComparison.Ordinal));
        Assert.Equal(act == "disable", admin.Page.QuerySelector("main .actions") is not null);
    }

    [Fact]
    public async Task An_organization_is_told_that_an_administrator_disabled_its_application_and_cannot_enable_it()
    {
        var organization = await OrganizationSide.CreateAsync(side.Server);
        var (id, secret) = await ApplicationAsync(organization);
        var row = await RowAsync(id);
        Assert.True(await GetsTokenAsync(id, secret));
        using var admin = await side.AdminAsync();
        await AdminSide.DoAsync(admin, $"/admin/clients/{row}?ask=disable", "Disable it");
        Assert.Contains("Disabled by an administrator", admin.Text, StringComparison.Ordinal);
        Assert.False(await GetsTokenAsync(id, secret));
        var told = (await side.Server.TrailAsync(ApplicationEvents.Disabled)).Single(one => one.Target == id);
        Assert.Equal((await side.AdminIdAsync(), id, organization.Id, "administrator"), (told.Subject, told.Target, told.OrganizationId, told.Reason));

        var seen = await organization.GetAsync("/api/v1/applications/" + id);
        Assert.Equal(("disabled", "administrator"), (seen.GetProperty("status").GetString(), seen.GetProperty("disabledBy").GetString()));
        Assert.Equal("disabled", (await organization.GetAsync("/api/v1/applications")).GetProperty("data")[0].GetProperty("status").GetString());
        var refused = await organization.AskAsync(HttpMethod.Post, $"/api/v1/applications/{id}/enable", null, HttpStatusCode.Conflict);
        Assert.Contains("administrator of this server", refused.GetProperty("detail").GetString(), StringComparison.Ordinal);
        using var member = await MemberAsync(organization);
        await member.GoAsync("/developer/applications/" + id);
        Assert.Contains("An administrator of this server disabled it", member.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Disable it…", member.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Enable it", member.Page.QuerySelectorAll("button").Select(button => button.TextContent.Trim()));
        await member.GoAsync("/developer/trail?organization=" + organization.Id);
        Assert.Contains("An administrator of this server", member.Text, StringComparison.Ordinal);

        // What its organization disabled besides stays so.
        side.Server.Clock.Advance(TimeSpan.FromSeconds(2));
        await organization.PostAsync($"/api/v1/applications/{id}/disable");
        await AdminSide.DoAsync(admin, $"/admin/clients/{row}?ask=enable", "Enable it");
        Assert.Equal("Disabled", admin.Page.QuerySelector(".page-head .risk")!.TextContent.Trim());
        Assert.Contains("Its organization still does", admin.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Enable…", admin.Text, StringComparison.Ordinal);
        Assert.False(await GetsTokenAsync(id, secret));
        await organization.PostAsync($"/api/v1/applications/{id}/enable");
        side.Server.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.True(await GetsTokenAsync(id, secret));
    }

    [Fact]
    public async Task An_organization_sees_what_its_application_was_that_an_administrator_removed()
    {
        var organization = await OrganizationSide.CreateAsync(side.Server);
        var (id, secret) = await ApplicationAsync(organization);
        var row = await RowAsync(id);
        Assert.True(await GetsTokenAsync(id, secret));
        using var admin = await side.AdminAsync();
        await admin.GoAsync($"/admin/clients/{row}?ask=delete");
        await admin.SubmitAsync(button: "Remove it");
        Assert.Contains("It is removed for good.", admin.Text, StringComparison.Ordinal);
        Assert.Contains("An administrator removed it on", admin.Text, StringComparison.Ordinal);
        await admin.AgainAsync();
        Assert.Equal($"/admin/clients/{row}", admin.Address.AbsolutePath);
        Assert.False(await GetsTokenAsync(id, secret));
        var told = (await side.Server.TrailAsync(AuditEventTypes.ClientRemoved)).Single(one => one.Target == id);
        Assert.Equal((await side.AdminIdAsync(), organization.Id), (told.Subject, told.OrganizationId));

        using var member = await MemberAsync(organization);
        await member.GoAsync("/developer/applications/" + id);
        Assert.Equal(HttpStatusCode.Gone, member.Response.StatusCode);
        Assert.Contains("An administrator of this server removed it", member.Text, StringComparison.Ordinal);
        Assert.Contains("It is there to be read.", member.Text, StringComparison.Ordinal);
        Assert.Equal("administrator", (await organization.GetAsync("/api/v1/applications/" + id)).GetProperty("removedBy").GetString());
    }

    /// <summary>An agent, one that it made, and one that that made.</summary>
    private static async Task<(Made Above, Made Middle, Made Below)> BranchAsync(OrganizationSide organization)
    {
        var above = Made.Of(await organization.RegisterAsync());
        var middle = Made.Of(await organization.RegisterAsync(OrganizationSide.Agent(("parentAgentId", above.Id))));
        return (above, middle, Made.Of(await organization.RegisterAsync(OrganizationSide.Agent(("parentAgentId", middle.Id)))));
    }

    private static async Task<(string Status, string? By)> StateAsync(OrganizationSide organization, string path)
    {
        var agent = await organization.GetAsync(path);
        return (AgentSide.Text(agent, "status"), agent.TryGetProperty("suspendedBy", out var by) ? by.GetString() : null);
    }

    private static async Task<(string Id, string Secret)> ApplicationAsync(OrganizationSide organization)
    {
        var made = await organization.AskAsync(HttpMethod.Post, "/api/v1/applications", new { kind = "machine", name = "Nightly report", scopes = new[] { "email:read" } }, HttpStatusCode.Created);
        return (made.GetProperty("id").GetString()!, made.GetProperty("clientSecret").GetString()!);
    }

    private async Task CloseAsync(OrganizationSide organization)
    {
        using var admin = await side.AdminAsync();
        await AdminSide.DoAsync(admin, $"/admin/organizations/{organization.Id}?ask=close", "Close it for good");
    }

    /// <summary>Somebody who has joined as an admin.</summary>
    private async Task<TestBrowser> MemberAsync(OrganizationSide organization)
    {
        var (id, email) = await side.PersonAsync();
        await side.Server.QueryAsync(async context =>
        {
            context.Members.Add(new Member { OrganizationId = organization.Id, UserId = id, Role = Role.Admin, JoinedAt = side.Server.Clock.Now });
            return await context.SaveChangesAsync();
        });
        return await side.SignInAsync(email);
    }

    private async Task<bool> GetsTokenAsync(string id, string secret)
    {
        using var answer = await Flows.TokenAsync(side.Server, id, secret, ("grant_type", "client_credentials"));
        return answer.IsSuccessStatusCode;
    }

    private Task<string> RowAsync(string clientId) => side.Server.QueryAsync(context => context.Applications.Where(row => row.ClientId == clientId).Select(row => row.Id).SingleAsync());

    private async Task<bool> IsKnownAsync(string clientId)
    {
        using var browser = new TestBrowser(side.Server);
        await browser.GoAsync(Flows.AuthorizeUrl(clientId, "https://new.example/callback", ("scope", "openid")));
        return browser.Address.AbsolutePath == "/sign-in";
    }

    private sealed record Made(string Id, string ClientId)
    {
        public string Path => "/api/v1/agents/" + Id;

        public static Made Of(JsonElement agent) => new(AgentSide.Text(agent, "id"), AgentSide.Text(agent, "clientId"));
    }
}
