using System.Net;
using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Organizations;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using AuthServer.Vault.Connections;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Pages.Admin;

public sealed class AdminOrganizationTests(AdminSide side) : IClassFixture<AdminSide>
{
    [Fact]
    public async Task A_suspended_organization_acts_no_more_until_it_is_resumed()
    {
        var organization = await OrganizationSide.CreateAsync(side.Server);
        var agent = await organization.RegisterAsync();
        Assert.Equal(HttpStatusCode.OK, await TokenAsync(agent));
        using var admin = await side.AdminAsync();
        await AdminSide.DoAsync(admin, $"/admin/organizations/{organization.Id}?ask=suspend", "Suspend it");
        Assert.Contains("It is suspended", admin.Text, StringComparison.Ordinal);
        await side.AssertToldAsync(OrganizationEvents.Suspended, organization.Id);
        Assert.Equal(HttpStatusCode.Unauthorized, await TokenAsync(agent));

        // Its members may look, and nothing more.
        Assert.Equal(HttpStatusCode.OK, (await organization.SendAsync(HttpMethod.Get, "/api/v1/agents")).StatusCode);
        var refused = await organization.SendAsync(HttpMethod.Post, "/api/v1/agents", OrganizationSide.Agent());
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("organization_suspended", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        side.Server.Clock.Advance(TimeSpan.FromSeconds(2));
        await AdminSide.DoAsync(admin, $"/admin/organizations/{organization.Id}?ask=resume", "Resume it");
        await side.AssertToldAsync(OrganizationEvents.Resumed, organization.Id);
        Assert.Equal(HttpStatusCode.OK, await TokenAsync(agent));
    }

    [Fact]
    public async Task A_closed_organization_is_shown_as_what_it_was()
    {
        var organization = await OrganizationSide.CreateAsync(side.Server);
        using var admin = await side.AdminAsync();
        await AdminSide.DoAsync(admin, $"/admin/organizations/{organization.Id}?ask=close", "Close it for good");
        await side.AssertToldAsync(OrganizationEvents.Closed, organization.Id);
        Assert.Contains("This organization is closed", admin.Text, StringComparison.Ordinal);
        Assert.Equal(0, await side.Server.QueryAsync(context => context.Members.CountAsync(row => row.OrganizationId == organization.Id)));

        await admin.GoAsync($"/admin/organizations/{organization.Id}?ask=close");
        Assert.Equal($"/admin/organizations/{organization.Id}", admin.Address.PathAndQuery);
    }

    [Fact]
    public async Task A_closed_organization_that_was_suspended_is_closed_and_cannot_be_resumed()
    {
        var organization = await OrganizationSide.CreateAsync(side.Server);
        var page = $"/admin/organizations/{organization.Id}";
        using var admin = await side.AdminAsync();
        await AdminSide.DoAsync(admin, page + "?ask=suspend", "Suspend it");
        await admin.GoAsync(page + "?ask=resume");
        var form = BrowserSide.Form(admin);
        await AdminSide.DoAsync(admin, page + "?ask=close", "Close it for good");
        Assert.Contains("This organization is closed", admin.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Suspended", admin.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Resume", admin.Text, StringComparison.Ordinal);

        // Nor by the form that stood open, nor in the database.
        await admin.SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(side.Server.Address, page + "?ask=resume")) { Content = form });
        Assert.DoesNotContain("It goes on", admin.Text, StringComparison.Ordinal);
        var resumed = new AuditEvent { Id = Identifiers.New("aud_", side.Server.Clock.Now), At = side.Server.Clock.Now, Type = OrganizationEvents.Resumed, Outcome = AuditOutcomes.Success, Target = organization.Id };
        Assert.False(await side.Server.Services.GetRequiredService<OrganizationStates>().TryResumeAsync(organization.Id, resumed, default));
        Assert.DoesNotContain(await side.Server.TrailAsync(OrganizationEvents.Resumed), row => row.Target == organization.Id);
        await admin.GoAsync("/admin/organizations?q=" + organization.Id);
        Assert.Equal("Closed", Assert.Single(admin.Page.QuerySelectorAll("tbody .risk")).TextContent.Trim());
    }

    [Fact]
    public async Task What_becomes_of_what_it_has_is_said_before_an_organization_is_closed()
    {
        var organization = await OrganizationSide.CreateAsync(side.Server);
        await organization.AskAsync(HttpMethod.Post, "/api/v1/applications", new { kind = "machine", name = "Nightly report" }, HttpStatusCode.Created);
        await ConnectionAsync(organization.Id, "One");
        using var admin = await side.AdminAsync();
        await admin.GoAsync($"/admin/organizations/{organization.Id}?ask=close");
        foreach (var said in new[] { "1 connection is switched off, and deleted as soon as", "1 application is removed", "1 developer key ends.", "1 person is no member any more." })
        {
            Assert.Contains(said, admin.Text, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("webhook", admin.Page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        await admin.SubmitAsync(button: "Close it for good");
        await ConnectionAsync(organization.Id, "Another");
        await admin.GoAsync($"/admin/organizations/{organization.Id}");
        Assert.Contains("switched off, and still to be deleted", admin.Text, StringComparison.Ordinal);
    }

    private Task<int> ConnectionAsync(string organizationId, string name) => side.Server.QueryAsync(context =>
    {
        var now = side.Server.Clock.Now;
        context.Connections.Add(new Connection { Id = Identifiers.New(Connection.IdPrefix, now), OrganizationId = organizationId, ProviderId = "slack", Name = name, CreatedAt = now, UpdatedAt = now });
        return context.SaveChangesAsync();
    });

    [Fact]
    public async Task A_closed_organization_says_when_and_by_whom()
    {
        var (closed, left) = (await OrganizationSide.CreateAsync(side.Server), await OrganizationSide.CreateAsync(side.Server));
        using var admin = await side.AdminAsync();
        await AdminSide.DoAsync(admin, $"/admin/organizations/{closed.Id}?ask=close", "Close it for good");
        var notice = admin.Page.QuerySelectorAll(".notice").Single(notice => notice.TextContent.Contains("This organization is closed", StringComparison.Ordinal));
        Assert.NotNull(notice.QuerySelector("time"));
        Assert.NotNull(notice.QuerySelector($"a[href='/admin/people/{await side.AdminIdAsync()}']"));
        Assert.Contains("as an administrator", notice.TextContent, StringComparison.Ordinal);

        // By its owner, who is gone by now.
        var told = new AuditEvent { Id = Identifiers.New("aud_", side.Server.Clock.Now), At = side.Server.Clock.Now, Type = OrganizationEvents.Closed, Outcome = AuditOutcomes.Success, Subject = left.UserId, Target = left.Id, OrganizationId = left.Id };
        Assert.True(await side.Server.Services.GetRequiredService<Closings>().TryCloseAsync(left.Id, left.UserId, "2", told, default));
        await side.Server.QueryAsync(context => context.Users.Where(row => row.Id == left.UserId).ExecuteDeleteAsync());
        await admin.GoAsync($"/admin/organizations/{left.Id}");
        Assert.Contains($"by somebody whose account is gone: {left.UserId}", admin.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("as an administrator", admin.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_yes_that_is_sent_twice_does_no_harm()
    {
        var organization = await OrganizationSide.CreateAsync(side.Server);
        using var admin = await side.AdminAsync();
        await admin.GoAsync($"/admin/organizations/{organization.Id}?ask=suspend");
        var form = BrowserSide.Form(admin);
        await admin.SubmitAsync(button: "Suspend it");
        await admin.SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(side.Server.Address, $"/admin/organizations/{organization.Id}?ask=suspend")) { Content = form });

        Assert.Equal($"/admin/organizations/{organization.Id}", admin.Address.PathAndQuery);
        Assert.Single(await side.Server.TrailAsync(OrganizationEvents.Suspended), row => row.Target == organization.Id);
    }

    [Fact]
    public async Task How_long_the_trail_is_kept_can_be_set()
    {
        var organization = await OrganizationSide.CreateAsync(side.Server);
        using var admin = await side.AdminAsync();
        await admin.GoAsync($"/admin/organizations/{organization.Id}");
        await admin.SubmitAsync(new() { ["Days"] = "a while" }, "Set it");
        Assert.Contains("Give a whole number", admin.Text, StringComparison.Ordinal);
        await admin.SubmitAsync(new() { ["Days"] = "400000" }, "Set it");
        Assert.Contains("1 to 36500", admin.Text, StringComparison.Ordinal);
        await admin.SubmitAsync(new() { ["Days"] = "30" }, "Set it");

        await side.AssertToldAsync(TrailEvents.RetentionChanged, organization.Id);
        Assert.Equal(30, await DaysAsync());
        await admin.SubmitAsync(new() { ["Days"] = "" }, "Set it");
        Assert.Null(await DaysAsync());
        Assert.Equal("", admin.Page.QuerySelector("#days")!.GetAttribute("value") ?? "");

        Task<int?> DaysAsync() => side.Server.QueryAsync(context => context.Organizations.Where(row => row.Id == organization.Id).Select(row => row.AuditRetentionDays).SingleAsync());
    }

    [Fact]
    public async Task A_long_list_has_pages_and_can_be_searched()
    {
        await side.Server.QueryAsync(async context =>
        {
            context.Organizations.AddRange(Enumerable.Range(0, 120).Select(i => new Organization
            {
                Id = $"acct_{i:D26}",
                Name = $"<script>alert({i})</script> \u202Eمرحبا 🦊 {new string('x', 100)} {(i == 7 ? "Needle" : "hay")}",
                CreatedAt = side.Server.Clock.Now,
                Version = "1",
            }));
            return await context.SaveChangesAsync();
        });
        using var admin = await side.AdminAsync();
        await admin.GoAsync("/admin/organizations");
        Assert.True((await admin.Response.Content.ReadAsByteArrayAsync()).Length < 100_000);
        Assert.DoesNotContain(admin.Page.QuerySelectorAll("main script"), _ => true);
        var pages = 1;
        while (admin.Page.QuerySelector("a[rel=next]") is { } next)
        {
            await admin.GoAsync(next.GetAttribute("href")!);
            pages++;
        }

        Assert.Equal(3, pages);
        await admin.GoAsync("/admin/organizations?q=needle");
        Assert.Single(admin.Page.QuerySelectorAll("tbody tr"));
    }

    private async Task<HttpStatusCode> TokenAsync(System.Text.Json.JsonElement agent)
    {
        using var http = side.Server.CreateClient();
        var form = TokenSide.Form(("grant_type", "client_credentials"), ("client_id", AgentSide.Text(agent, "clientId")), ("client_secret", AgentSide.Text(agent, "clientSecret")));
        return (await http.PostAsync("/connect/token", form)).StatusCode;
    }
}
