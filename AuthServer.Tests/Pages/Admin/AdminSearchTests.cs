using System.Net.Http.Json;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Pages.Admin;

/// <summary>What administrators and developers look for by a part of its name, in the letters of any language.</summary>
public sealed class AdminSearchTests
{
    [Fact]
    public async Task A_name_is_found_whatever_the_case_of_its_letters()
    {
        await using var server = await StartAsync();
        using var admin = await FilledAsync(server);
        foreach (var page in new[] { "people", "organizations", "clients" })
        {
            foreach (var search in new[] { "Jürgen Größe", "JÜRGEN", "größe", "ürg" })
            {
                await admin.GoAsync($"/admin/{page}?q={Uri.EscapeDataString(search)}");
                Assert.Contains("Jürgen Größe", Assert.Single(admin.Page.QuerySelectorAll("tbody tr")).TextContent, StringComparison.Ordinal);
            }

            await admin.GoAsync($"/admin/{page}?q={Uri.EscapeDataString("JÜRGENS")}");
            Assert.Empty(admin.Page.QuerySelectorAll("tbody tr"));
        }
    }

    // The letters of others than English are as large as the database's own collation says; those of the tests know none but these.
    [Fact]
    public async Task On_PostgreSQL_a_name_is_found_too()
    {
        await using var server = await StartAsync(await PostgreSqlCluster.SettingsAsync());
        using var admin = await FilledAsync(server);
        foreach (var page in new[] { "people", "organizations", "clients" })
        {
            foreach (var search in new[] { "Jürgen Größe", "jüRGEN", "größE" })
            {
                await admin.GoAsync($"/admin/{page}?q={Uri.EscapeDataString(search)}");
                Assert.Contains("Jürgen Größe", Assert.Single(admin.Page.QuerySelectorAll("tbody tr")).TextContent, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Developers_find_an_agent_so_too()
    {
        await using var server = await StartAsync();
        var organization = await OrganizationSide.CreateAsync(server);
        await organization.RegisterAsync(OrganizationSide.Agent(("name", "Übersetzer")));
        await organization.RegisterAsync();
        foreach (var search in new[] { "übersetzer", "ÜBERSETZER", "Übers" })
        {
            var found = await organization.GetAsync("/api/v1/agents?q=" + Uri.EscapeDataString(search));
            Assert.Equal("Übersetzer", Assert.Single(found.GetProperty("data").EnumerateArray()).GetProperty("name").GetString());
        }
    }

    [Fact]
    public async Task A_name_that_shows_nothing_is_not_shown()
    {
        await using var server = await StartAsync();
        using var admin = await FilledAsync(server);
        var (person, email, client, clientId) = await server.QueryAsync(async context =>
        {
            var user = await context.Users.SingleAsync(row => row.Name == "Jürgen Größe");
            var application = await context.Applications.SingleAsync(row => row.DisplayName == "Jürgen Größe");
            (user.Name, application.DisplayName) = ("\u200B\u3164\u200D", "\u2800 \u00AD");
            await context.SaveChangesAsync();
            return (user.Id, user.Email!, application.Id, application.ClientId!);
        });
        foreach (var (list, page, shown) in new[] { ("/admin/people?q=" + person, "/admin/people/" + person, email), ("/admin/clients?q=" + clientId, "/admin/clients/" + client, clientId) })
        {
            await admin.GoAsync(list);
            Assert.Equal(shown, admin.Page.QuerySelector($"tbody a[href='{page}']")!.TextContent.Trim());
            await admin.GoAsync(page);
            Assert.Equal(shown, admin.Page.QuerySelector("main h1")!.TextContent.Trim());
        }
    }

    private static Task<TestServer> StartAsync(params (string Key, string Value)[] more) =>
        Flows.StartAsync([.. more, ("AuthServer:Bootstrap:AdminEmail", AdminSide.Email), ("AuthServer:Bootstrap:AdminPassword", Flows.Password)]);

    /// <summary>An administrator; and one person, one organization and one client of the same name.</summary>
    private static async Task<TestBrowser> FilledAsync(TestServer server)
    {
        const string name = "Jürgen Größe";
        var organization = await OrganizationSide.CreateAsync(server);
        await server.QueryAsync(async context =>
        {
            (await context.Organizations.SingleAsync(row => row.Id == organization.Id)).Name = name;
            (await context.Users.SingleAsync(row => row.Id == organization.UserId)).Name = name;
            return await context.SaveChangesAsync();
        });
        using var http = server.CreateClient();
        using var registered = await http.PostAsJsonAsync(
            "/connect/register", new { client_name = name, redirect_uris = new[] { "https://new.example/callback" }, token_endpoint_auth_method = "none" });
        registered.EnsureSuccessStatusCode();
        var admin = new TestBrowser(server);
        await admin.GoAsync("/sign-in");
        await admin.SignInAsync(AdminSide.Email, Flows.Password);
        return admin;
    }
}
