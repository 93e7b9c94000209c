using System.Net;
using System.Net.Http.Json;
using AuthServer.Agents;
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

    private Task<string> RowAsync(string clientId) => side.Server.QueryAsync(context => context.Applications.Where(row => row.ClientId == clientId).Select(row => row.Id).SingleAsync());

    private async Task<bool> IsKnownAsync(string clientId)
    {
        using var browser = new TestBrowser(side.Server);
        await browser.GoAsync(Flows.AuthorizeUrl(clientId, "https://new.example/callback", ("scope", "openid")));
        return browser.Address.AbsolutePath == "/sign-in";
    }
}
