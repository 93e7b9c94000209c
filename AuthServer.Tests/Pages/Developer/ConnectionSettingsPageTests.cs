using System.Net;
using AuthServer.Organizations;
using AuthServer.Tests.Support;
using AuthServer.Vault.Connections;
using Microsoft.EntityFrameworkCore;
using static AuthServer.Tests.Pages.Developer.ConnectionPages;

namespace AuthServer.Tests.Pages.Developer;

/// <summary>The list of connections, and the settings of one.</summary>
public sealed class ConnectionSettingsPageTests(ConnectSide side) : IClassFixture<ConnectSide>
{
    private static readonly string[] Tabs = ["", "/setup", "/accounts", "/test", "/templates", "/log", "/versions"];

    [Fact]
    public async Task The_list_shows_state_environment_accounts_and_overdue_secrets_and_is_filtered()
    {
        var overdue = await side.ConnectionAsync(row => (row.Name, row.Environment, row.RotationDueAt) = ("Overdue <b>one</b>", "production", side.Server.Clock.Now.AddDays(-1)));
        await side.ConnectionAsync(row => (row.Name, row.Environment, row.Status) = ("Resting", "staging", ConnectionStatus.Inactive));
        await side.AccountAsync(overdue);
        using var browser = await side.MemberAsync(Role.Auditor);
        await browser.OpenAsync($"{All}?rotation=overdue");
        var shown = Assert.Single(browser.Page.QuerySelectorAll(".grant"));
        Assert.Equal("Overdue <b>one</b>", shown.QuerySelector("h2")!.TextContent);
        Assert.Contains("1 account", shown.TextContent, StringComparison.Ordinal);
        Assert.Contains("production", shown.TextContent, StringComparison.Ordinal);
        Assert.Empty(browser.Page.QuerySelectorAll("a[href*='/new']"));

        await browser.OpenAsync($"{All}?status=inactive&environment=staging&q=rest");
        Assert.Equal("Resting", Assert.Single(browser.Page.QuerySelectorAll(".grant h2")).TextContent);
        await browser.OpenAsync($"{All}?q=nothing+is+called+that");
        Assert.Contains("Nothing is like that", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_part_is_saved_by_itself_and_the_same_form_sent_twice_changes_nothing_more()
    {
        var connection = await side.ConnectionAsync();
        using var browser = await side.MemberAsync();
        await browser.OpenAsync(At(connection));
        var form = new Dictionary<string, string?> { ["settings.timeout"] = "7", ["settings.headers"] = "X-Team = blue", ["settings.rate_limit"] = "" };
        await browser.SubmitAsync(form, "Save Calls");
        Assert.Contains("It is saved", browser.Text, StringComparison.Ordinal);
        var saved = await side.RowAsync(connection.Id);
        Assert.Equal((7, "blue", 1), (saved.ReadSettings().Timeout, saved.ReadSettings().Headers["X-Team"], saved.Version));
        Assert.Equal(ConnectSide.Callback, Assert.Single(saved.ReadSettings().ReturnUrls));

        await browser.SubmitAsync(new(form) { ["version"] = "0" }, "Save Calls");
        Assert.Contains("It is saved", browser.Text, StringComparison.Ordinal);
        Assert.Equal(1, (await side.RowAsync(connection.Id)).Version);
    }

    [Fact]
    public async Task What_is_wrong_is_said_as_the_reader_reads_and_in_English_to_programs()
    {
        var connection = await side.ConnectionAsync();
        using var browser = await side.MemberAsync();
        browser.Headers.TryAddWithoutValidation("Accept-Language", "de");
        await browser.OpenAsync(At(connection));
        await browser.SubmitAsync(new() { ["settings.timeout"] = "1000" }, "Speichern: Aufrufe");
        Assert.Contains("Geben Sie eine Zahl von 1 bis 300 an.", browser.Text, StringComparison.Ordinal);
        Assert.Equal("1000", browser.Value("settings.timeout"));

        var answer = await side.Acme.AskAsync(HttpMethod.Patch, $"/api/v1/connections/{connection.Id}", new { settings = new { timeout = 1000 } }, HttpStatusCode.BadRequest);
        Assert.Contains("Use a number from 1 to 300.", answer.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_somebody_else_changed_meanwhile_is_not_overwritten_without_a_word()
    {
        var connection = await side.ConnectionAsync();
        using var browser = await side.MemberAsync();
        await browser.OpenAsync(At(connection));
        await side.Acme.AskAsync(HttpMethod.Patch, $"/api/v1/connections/{connection.Id}", new { settings = new { timeout = 99 } });
        await browser.SubmitAsync(new() { ["settings.timeout"] = "7" }, "Save Calls");
        Assert.Contains("Somebody changed it meanwhile", browser.Text, StringComparison.Ordinal);
        Assert.Equal("7", browser.Value("settings.timeout"));
        Assert.Equal(99, (await side.RowAsync(connection.Id)).ReadSettings().Timeout);

        await browser.SubmitAsync(button: "Save Calls");
        Assert.Equal(7, (await side.RowAsync(connection.Id)).ReadSettings().Timeout);
    }

    [Fact]
    public async Task The_secret_of_an_app_that_somebody_else_replaced_meanwhile_is_not_mixed_with_the_old_one()
    {
        var connection = await side.ConnectionAsync();
        using var browser = await side.MemberAsync();
        await browser.OpenAsync(At(connection));
        await side.Acme.AskAsync(HttpMethod.Patch, $"/api/v1/connections/{connection.Id}", new { credentials = new { client_id = "another-app", client_secret = "another-0123456789-wxyz" } });
        var replaced = (await side.RowAsync(connection.Id)).Secret;
        await browser.SubmitAsync(button: "Save App at the provider");
        Assert.Contains("Somebody changed it meanwhile", browser.Text, StringComparison.Ordinal);
        var row = await side.RowAsync(connection.Id);
        Assert.Equal(("another-app", replaced), (row.ClientId, row.Secret));

        // A second press of a secret that is replaced is no change of somebody else.
        await browser.OpenAsync(At(connection));
        await browser.SubmitAsync(new() { ["credentials.client_secret"] = "mine-0123456789-mnop" }, "Save App at the provider");
        await browser.AgainAsync();
        Assert.Contains("It is saved", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_is_replaced_and_never_shown_and_an_empty_field_keeps_it()
    {
        var connection = await side.ConnectionAsync();
        using var browser = await side.MemberAsync();
        await browser.OpenAsync(At(connection));
        await browser.SubmitAsync(new() { ["credentials.client_secret"] = "replaced-0123456789-wxyz" }, "Save App at the provider");
        Assert.Contains("Ends in wxyz", browser.Text, StringComparison.Ordinal);
        var replaced = (await side.RowAsync(connection.Id)).Secret;
        await browser.SubmitAsync(button: "Save App at the provider");
        Assert.Equal(replaced, (await side.RowAsync(connection.Id)).Secret);
        await browser.SubmitAsync(new() { ["credentials.client_id"] = "é", ["credentials.client_secret"] = "refused-0123456789-abcd" }, "Save App at the provider");
        Assert.Equal(["#credentials.client_id"], browser.FaultyFields());
        Assert.DoesNotContain("0123456789", browser.Page.DocumentElement.OuterHtml, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_may_see_change_and_use_it_is_set_by_roles_and_by_names()
    {
        var connection = await side.ConnectionAsync();
        var (browser, id, _) = await side.PersonAsync(role: Role.Admin);
        using var _ = browser;
        await browser.OpenAsync(At(connection));
        await browser.SubmitAsync(new() { ["access.view"] = "developer", ["access.edit"] = "-", ["access.edit.also"] = id, ["access.use"] = "", ["access.use.also"] = "agents" }, "Save Who may");
        var access = (await side.RowAsync(connection.Id)).ReadAccess();
        Assert.Equal("developer", Assert.Single(access.View!));
        Assert.Equal(id, Assert.Single(access.Edit!));
        Assert.Equal(ConnectionAccess.Agents, Assert.Single(access.Use!));

        await browser.SubmitAsync(new() { ["access.view"] = "", ["access.edit"] = "", ["access.edit.also"] = null, ["access.use"] = "-", ["access.use.also"] = null }, "Save Who may");
        access = (await side.RowAsync(connection.Id)).ReadAccess();
        Assert.Null(access.View);
        Assert.Null(access.Edit);
        Assert.Empty(access.Use!);
    }

    [Fact]
    public async Task A_member_who_is_ticked_and_left_meanwhile_stays_ticked_so_that_it_is_not_open_to_all()
    {
        var connection = await side.ConnectionAsync();
        using var browser = await side.MemberAsync();
        var (theirs, id, _) = await side.PersonAsync();
        theirs.Dispose();
        await browser.OpenAsync(At(connection));
        await side.Server.QueryAsync(context => context.Members.Where(row => row.UserId == id).ExecuteDeleteAsync());
        await browser.SubmitAsync(new() { ["access.use"] = "", ["access.use.also"] = id }, "Save Who may");
        foreach (var _ in new[] { 1, 2 })
        {
            Assert.NotEmpty(browser.FaultyFields());
            Assert.True(browser.Page.QuerySelector($"input[name='access.use.also'][value='{id}']")?.HasAttribute("checked"));
            await browser.SubmitAsync(button: "Save Who may");
        }
    }

    [Fact]
    public async Task It_is_taken_out_of_service_and_deleted_after_a_question_that_says_what_stops()
    {
        var connection = await side.ConnectionAsync();
        await side.ConnectedAsync(connection);
        using var browser = await side.MemberAsync();
        await browser.OpenAsync(At(connection, "?ask=deactivate"));
        Assert.Contains("1 account stays stored", browser.Text, StringComparison.Ordinal);
        await browser.SubmitAsync(button: "Take it out of service");
        Assert.Contains("It is out of service", browser.Text, StringComparison.Ordinal);
        await browser.SubmitAsync(button: "Activate it");
        Assert.Contains("It is active", browser.Text, StringComparison.Ordinal);

        await browser.OpenAsync(At(connection, "?ask=delete"));
        Assert.Contains("1 account goes with it", browser.Text, StringComparison.Ordinal);
        await browser.SubmitAsync(button: "Delete it");
        Assert.Contains("The connection is deleted", browser.Text, StringComparison.Ordinal);
        Assert.False(await side.Server.QueryAsync(context => context.Connections.AnyAsync(row => row.Id == connection.Id)));
        await browser.PostAsync(side, At(connection), ("act", "delete"));
        Assert.Equal((HttpStatusCode.Gone, "/developer/gone/connection"), (browser.Response.StatusCode, browser.Address.AbsolutePath));
    }

    [Fact]
    public async Task An_auditor_reads_every_page_and_changes_nothing()
    {
        var connection = await side.ConnectionAsync();
        using var browser = await side.MemberAsync(Role.Auditor);
        foreach (var tab in Tabs)
        {
            await browser.OpenAsync(At(connection, tab));
            Assert.DoesNotContain(browser.Page.Forms, form => form.GetAttribute("method") == "post" && form.QuerySelector("button") is not null && tab != "/setup");
        }

        foreach (var (page, act) in new[]
        {
            ("", "save"), ("", "activate"), ("", "deactivate"), ("", "delete"), ("/setup?step=app", ""), ("/setup?step=test", ""), ("/accounts", "new"), ("/accounts", "link"),
            ("/accounts", "disconnect"), ("/test", ""), ("/templates", ""), ("/versions?version=1", ""),
        })
        {
            await browser.PostAsync(side, At(connection, page), ("act", act), ("part", "general"), ("name", "Mine"));
            Assert.True(browser.Response.StatusCode == HttpStatusCode.Forbidden, page + act);
        }

        foreach (var page in new[] { $"{All}/new?provider=fake", $"{All}/import", "/developer/access" })
        {
            await browser.PostAsync(side, page, ("name", "Mine"), ("files", "[]"), ("connection", connection.Id));
            Assert.True(browser.Response.StatusCode == HttpStatusCode.Forbidden, page);
        }

        var row = await side.RowAsync(connection.Id);
        Assert.Equal((connection.Name, 0), (row.Name, row.Version));
        Assert.Contains(await side.Server.TrailAsync("access.refused"), told => told.Target == "deleteConnection");
    }

    [Fact]
    public async Task Another_organizations_connection_and_one_that_may_not_be_seen_are_not_there()
    {
        var connection = await side.ConnectionAsync(row => row.Access = """{"view":["admin"]}""");
        using var developer = await side.MemberAsync(Role.Developer);
        using var stranger = (await side.PersonAsync(isMember: false)).Browser;
        foreach (var tab in Tabs.Append("?ask=delete"))
        {
            foreach (var browser in new[] { developer, stranger })
            {
                await browser.GoAsync(At(connection, tab));
                Assert.Equal(HttpStatusCode.NotFound, browser.Response.StatusCode);
            }

            // The log is only read.
            await developer.PostAsync(side, At(connection, tab), ("act", "activate"));
            Assert.Equal(tab == "/log" ? HttpStatusCode.MethodNotAllowed : HttpStatusCode.NotFound, developer.Response.StatusCode);
        }

        await developer.PostAsync(side, At(connection), ("act", "delete"));
        foreach (var page in new[] { All, $"{All}/new", $"{All}/import", "/developer/access" })
        {
            await stranger.GoAsync($"{page}?organization={side.Acme.Id}");
            Assert.Equal(HttpStatusCode.NotFound, stranger.Response.StatusCode);
        }

        Assert.Equal(0, (await side.RowAsync(connection.Id)).Version);
    }

    [Fact]
    public async Task A_form_that_another_site_sends_changes_nothing()
    {
        var connection = await side.ConnectionAsync();
        using var browser = await side.MemberAsync();
        await browser.OpenAsync(At(connection, "?ask=delete"));
        await browser.SubmitAsync(new() { ["csrf"] = null }, "Delete it");
        Assert.Contains("This page was out of date", browser.Text, StringComparison.Ordinal);
        await side.RowAsync(connection.Id);
    }

    [Theory]
    [InlineData(All)]
    [InlineData(All + "/new")]
    [InlineData(All + "/conn_01jv0000000000000000000000")]
    [InlineData(All + "/conn_01jv0000000000000000000000/log")]
    [InlineData("/developer/access")]
    public async Task Who_is_not_signed_in_is_sent_to_sign_in(string page)
    {
        using var browser = side.Browser();
        await browser.GoAsync(page);
        Assert.Equal("/sign-in", browser.Address.AbsolutePath);
    }
}
