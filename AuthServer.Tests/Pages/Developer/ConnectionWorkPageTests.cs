using System.Net;
using System.Text;
using System.Text.Json;
using AuthServer.Organizations;
using AuthServer.Tests.Support;
using AuthServer.Vault.Connections;
using Microsoft.EntityFrameworkCore;
using static AuthServer.Tests.Pages.Developer.ConnectionPages;

namespace AuthServer.Tests.Pages.Developer;

/// <summary>A connection's accounts, tests, log, versions and files, and the review of who has access.</summary>
public sealed class ConnectionWorkPageTests(ConnectSide side) : IClassFixture<ConnectSide>
{
    [Fact]
    public async Task A_link_is_made_shown_once_and_leads_an_account_in()
    {
        var connection = await side.ConnectionAsync();
        using var browser = await side.MemberAsync(Role.Developer);
        await browser.OpenAsync(At(connection, "/accounts"));
        Assert.Contains("No account is connected", browser.Text, StringComparison.Ordinal);
        await browser.SubmitAsync(new() { ["identifier"] = "pat <b>7</b>" }, "Make a link");
        var link = browser.Page.QuerySelector(".block code")!.TextContent;
        Assert.StartsWith($"{side.Server.Issuer}/connect/accounts/", link, StringComparison.Ordinal);
        using (var person = side.Browser())
        {
            await side.ConnectAsync(person, link);
        }

        await browser.OpenAsync(At(connection, "/accounts"));
        Assert.DoesNotContain(link, browser.Page.DocumentElement.OuterHtml, StringComparison.Ordinal);
        var shown = Assert.Single(browser.Page.QuerySelectorAll(".grant"));
        Assert.Equal("pat <b>7</b>", shown.QuerySelector("h3")!.TextContent);
        Assert.Contains("Active", shown.TextContent, StringComparison.Ordinal);
        Assert.Contains("pat@example.com", shown.TextContent, StringComparison.Ordinal);
        await browser.SubmitAsync(button: "Make a link to reconnect it");
        Assert.NotEqual(link, browser.Page.QuerySelector(".block code")!.TextContent);

        await browser.OpenAsync(At(connection, "/accounts?status=expired"));
        Assert.Contains("No account is like that", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_is_disconnected_after_a_question_and_by_its_own_connection_only()
    {
        var (connection, other) = (await side.ConnectionAsync(), await side.ConnectionAsync());
        var account = ConnectSide.IdOf(await side.ConnectedAsync(connection));
        using var browser = await side.MemberAsync(Role.Developer);
        await browser.GoAsync(At(other, $"/accounts?ask=disconnect&account={account}"));
        Assert.Equal(HttpStatusCode.NotFound, browser.Response.StatusCode);
        foreach (var act in new[] { "disconnect", "link" })
        {
            await browser.PostAsync(side, At(other, "/accounts"), ("act", act), ("account", account));
        }

        Assert.True(await side.Server.QueryAsync(context => context.ConnectedAccounts.AnyAsync(row => row.Id == account)));
        await browser.OpenAsync(At(connection, $"/accounts?ask=disconnect&account={account}"));
        await browser.SubmitAsync(button: "Disconnect it");
        Assert.Contains("The account is disconnected", browser.Text, StringComparison.Ordinal);
        Assert.Contains("taken back at the provider too", browser.Text, StringComparison.Ordinal);
        await browser.PostAsync(side, At(connection, "/accounts"), ("act", "disconnect"), ("account", account));
        Assert.Equal(HttpStatusCode.OK, browser.Response.StatusCode);
    }

    [Fact]
    public async Task A_faulty_account_form_is_told_at_its_field_and_who_may_not_use_it_makes_no_link()
    {
        var connection = await side.ConnectionAsync();
        using var browser = await side.MemberAsync(Role.Developer);
        await browser.OpenAsync(At(connection, "/accounts"));
        await browser.SubmitAsync(new() { ["identifier"] = "", ["identifier_type"] = "org_id" }, "Make a link");
        Assert.Equal(["#identifier"], browser.FaultyFields());
        Assert.Equal("org_id", browser.Value("identifier_type"));

        var closed = await side.ConnectionAsync(row => row.Access = """{"use":["agents"]}""");
        await browser.OpenAsync(At(closed, "/accounts"));
        Assert.Null(browser.Page.QuerySelector("[name=identifier]"));
        await browser.PostAsync(side, At(closed, "/accounts"), ("act", "new"), ("identifier", "somebody"), ("identifier_type", "user_id"));
        Assert.Equal(HttpStatusCode.Forbidden, browser.Response.StatusCode);
    }

    [Fact]
    public async Task A_test_says_what_came_of_it_and_earlier_ones_are_listed()
    {
        var connection = await side.ConnectionAsync();
        using var browser = await side.MemberAsync();
        await browser.OpenAsync(At(connection, "/test"));
        Assert.Contains("It was not tested yet", browser.Text, StringComparison.Ordinal);
        side.Provider.OnToken(FakeFaults.Status(503));
        await browser.SubmitAsync(button: "Test it");
        Assert.Contains("Nobody can tell", browser.Text, StringComparison.Ordinal);
        Assert.Contains("The provider is not available", browser.Text, StringComparison.Ordinal);
        Assert.Contains("503, in", browser.Text, StringComparison.Ordinal);
        Assert.Contains("Nothing is known of the provider", browser.Text, StringComparison.Ordinal);
        side.Server.Clock.Advance(TimeSpan.FromSeconds(2));
        await browser.SubmitAsync(button: "Test it again");
        Assert.Equal(["Accepted", "Nobody can tell"], browser.Page.QuerySelectorAll(".trail strong").Select(line => line.TextContent));

        side.Server.Clock.Advance(TimeSpan.FromSeconds(2));
        await side.Acme.AskAsync(HttpMethod.Patch, $"/api/v1/connections/{connection.Id}", new { credentials = new { client_secret = "wrong-0123456789" } });
        await browser.SubmitAsync(button: "Test it");
        Assert.Contains("Invalid credentials", browser.Text, StringComparison.Ordinal);
        await browser.OpenAsync(At(connection));
        Assert.Contains("The provider does not accept the connection's app", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_is_of_this_connection_and_its_accounts_and_says_who_answered()
    {
        var (connection, other) = (await side.ConnectionAsync(), await side.ConnectionAsync());
        await side.ConnectedAsync(connection);
        await side.ConnectedAsync(other);
        side.Server.Clock.Advance(TimeSpan.FromSeconds(2));
        await side.Acme.AskAsync(HttpMethod.Patch, $"/api/v1/connections/{connection.Id}", new { settings = new { timeout = 9 } });
        using var browser = await side.MemberAsync(Role.Auditor);
        await browser.OpenAsync(At(connection, "/log"));
        var lines = browser.Page.QuerySelectorAll(".trail li").Select(line => line.TextContent).ToArray();
        Assert.Contains("changed its settings", lines[0], StringComparison.Ordinal);
        Assert.Contains("Timeout", lines[0], StringComparison.Ordinal);
        Assert.Contains("Answered by this server", lines[0], StringComparison.Ordinal);
        Assert.Contains("Answered by the provider", Assert.Single(lines, line => line.Contains("connected an account", StringComparison.Ordinal)), StringComparison.Ordinal);

        await browser.OpenAsync(At(connection, "/log?kind=changes"));
        Assert.Single(browser.Page.QuerySelectorAll(".trail li"));
        await browser.OpenAsync(At(connection, "/log?kind=refused"));
        Assert.Contains("Nothing of this kind", browser.Text, StringComparison.Ordinal);
        foreach (var query in new[] { "?kind=nonsense", "?cursor=nonsense" })
        {
            await browser.GoAsync(At(connection, "/log" + query));
            Assert.Equal(HttpStatusCode.NotFound, browser.Response.StatusCode);
        }
    }

    [Fact]
    public async Task A_version_is_compared_with_the_present_one_and_brought_back()
    {
        var id = await MadeAsync();
        var page = $"{All}/{id}/versions";
        await side.Acme.AskAsync(HttpMethod.Patch, $"/api/v1/connections/{id}", new { settings = new { timeout = 9 } });
        using var browser = await side.MemberAsync();
        await browser.OpenAsync(page + "?version=1");
        Assert.Equal(["Timeout", "30", "9"], browser.Page.QuerySelectorAll("tbody tr > *").Select(cell => cell.TextContent));
        await browser.SubmitAsync(button: "Go back to version 1");
        Assert.Contains("The earlier version is back", browser.Text, StringComparison.Ordinal);
        Assert.Equal((30, 3), ((await side.RowAsync(id)).ReadSettings().Timeout, (await side.RowAsync(id)).Version));
        await browser.PostAsync(side, page + "?version=1", ("act", ""));
        Assert.Equal(3, (await side.RowAsync(id)).Version);
        await browser.GoAsync(page + "?version=99");
        Assert.Equal(HttpStatusCode.NotFound, browser.Response.StatusCode);
    }

    [Fact]
    public async Task What_a_version_changed_is_said_in_the_readers_language_and_names_of_headers_as_they_are()
    {
        var id = await MadeAsync();
        await side.Acme.AskAsync(HttpMethod.Patch, $"/api/v1/connections/{id}", new { settings = new { rate_limit = 5, headers = new Dictionary<string, string> { ["X-Some_Name"] = "x" } } });
        using var browser = await side.MemberAsync();
        await browser.OpenAsync($"{All}/{id}/versions?version=1");
        Assert.Equal(["Headers: X-Some_Name", "Rate limit"], browser.Page.QuerySelectorAll("tbody th").Select(cell => cell.TextContent));
        browser.Headers.AcceptLanguage.ParseAdd("de");
        await browser.GoAsync(browser.Address.PathAndQuery);
        Assert.Equal(["Header: X-Some_Name", "Anfragegrenze"], browser.Page.QuerySelectorAll("tbody th").Select(cell => cell.TextContent));
        Assert.Equal("Header: X-Some_Name, Anfragegrenze", browser.Page.QuerySelector(".trail .trail-scopes")!.TextContent);
    }

    [Fact]
    public async Task It_is_copied_and_goes_out_and_in_as_a_file_that_is_looked_at_first()
    {
        var connection = await side.RowAsync(await MadeAsync());
        using var browser = await side.MemberAsync();
        await browser.OpenAsync(At(connection, "/templates"));
        await browser.SubmitAsync(new() { ["name"] = connection.Name }, "Make a draft");
        Assert.Equal(["#name"], browser.FaultyFields());
        await browser.SubmitAsync(new() { ["name"] = connection.Name + " copy" }, "Make a draft");
        Assert.EndsWith("/setup", browser.Address.AbsolutePath, StringComparison.Ordinal);
        var copy = await side.Server.QueryAsync(context => context.Connections.AsNoTracking().SingleAsync(row => row.Name == connection.Name + " copy"));
        Assert.Equal((ConnectionStatus.Draft, null, connection.Scopes, connection.ClientId), (copy.Status, copy.Secret, copy.Scopes, copy.ClientId));
        using (var developer = await side.MemberAsync(Role.Developer))
        {
            await developer.OpenAsync(At(connection, "/templates"));
            await developer.SubmitAsync(new() { ["name"] = copy.Name }, "Make a draft");
            Assert.Equal(["#name"], developer.FaultyFields());
            await developer.SubmitAsync(new() { ["name"] = copy.Name + " too" }, "Make a draft");
            Assert.EndsWith("/setup", developer.Address.AbsolutePath, StringComparison.Ordinal);
        }

        await browser.OpenAsync(At(connection, "/templates?handler=File"));
        var file = await browser.Response.Content.ReadAsStringAsync();
        Assert.DoesNotContain(FakeProvider.ClientSecret, file, StringComparison.Ordinal);
        Assert.Equal("application/json", browser.Response.Content.Headers.ContentType!.MediaType);
        await browser.OpenAsync($"{All}/import");
        await browser.SubmitAsync(new() { ["files"] = file.Replace("\"timeout\": 30", "\"timeout\": 21", StringComparison.Ordinal) }, "Show what it would do");
        Assert.Contains($"{connection.Name} is changed", browser.Page.QuerySelector(".trail")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(30, (await side.RowAsync(connection.Id)).ReadSettings().Timeout);

        var typed = browser.Value("files")!;
        await browser.SubmitAsync(new() { ["files"] = typed.Replace("\"timeout\": 21", "\"timeout\": 22", StringComparison.Ordinal) }, "Do all of this");
        Assert.Contains("This is not what was shown before", browser.Text, StringComparison.Ordinal);
        Assert.Equal(30, (await side.RowAsync(connection.Id)).ReadSettings().Timeout);
        await browser.SubmitAsync(button: "Do all of this");
        Assert.Contains("The files are imported", browser.Text, StringComparison.Ordinal);
        Assert.Equal(22, (await side.RowAsync(connection.Id)).ReadSettings().Timeout);
    }

    [Fact]
    public async Task A_file_is_read_into_the_text_shown_and_imported()
    {
        var name = "File " + Guid.NewGuid().ToString("N");
        using var browser = await side.MemberAsync();
        await browser.OpenAsync($"{All}/import");
        await SendFileAsync(browser, [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes($"{{\r\n  \"name\": \"{name}\",\r\n  \"provider\": \"fake\"\r\n}}\r\n")]);
        Assert.Contains($"{name} is made, as a draft", browser.Page.QuerySelector(".trail")!.TextContent, StringComparison.Ordinal);
        Assert.Contains(name, browser.Value("files"), StringComparison.Ordinal);
        await browser.SubmitAsync(button: "Do all of this");
        Assert.Contains("The files are imported", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_too_large_or_no_text_is_refused_at_its_field_and_what_was_typed_is_kept()
    {
        using var browser = await side.MemberAsync();
        foreach (var bad in new[] { new byte[(256 * 1024) + 1], [0x7B, 0xFF, 0xFE, 0x7D] })
        {
            await browser.OpenAsync($"{All}/import");
            await SendFileAsync(browser, bad, "Typed before");
            Assert.Equal(["#file"], browser.FaultyFields());
            Assert.Equal("Typed before", browser.Value("files"));
        }
    }

    [Theory]
    [InlineData("{\n  \"name\": \"x\",\n  \"provider\": \"fake\",\n  \"nme\": 1\n}", "nme (line 4): This member is not known here. Known are: provider, auth_type, ")]
    [InlineData("[{\"name\":\"x\",\"provider\":\"fake\"},\n{\"name\":\"y\",\"auth_type\":\"nope\"}]", "[1].auth_type (line 2): Use one of: ")]
    [InlineData("{\"connections\":[\n{\"name\":7}]}", "connections[0].name (line 2): Write a text, in quotation marks.")]
    [InlineData("{\n\"name\":\"x\",\n\"provider\":\"no-such\"}", "provider (line 3): There is no such provider.")]
    [InlineData("{\n\"name\":", "This is no JSON: look at line 2, character ")]
    public async Task What_is_wrong_with_a_file_is_told_with_its_member_and_line(string text, string told)
    {
        using var browser = await side.MemberAsync();
        await browser.OpenAsync($"{All}/import");
        await SendFileAsync(browser, Encoding.UTF8.GetBytes(text));
        Assert.StartsWith(told, browser.Page.GetElementById("files-fault")!.TextContent.Trim(), StringComparison.Ordinal);
        Assert.Equal(text, browser.Value("files"));
    }

    /// <summary>The form as a browser sends it with a file.</summary>
    private static Task SendFileAsync(TestBrowser browser, byte[] file, string typed = "")
    {
        var form = browser.Page.QuerySelector("form[enctype='multipart/form-data']")!;
        return browser.SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(browser.Address, form.GetAttribute("action")))
        {
            Content = new MultipartFormDataContent
            {
                { new StringContent(form.QuerySelector("input[name=csrf]")!.GetAttribute("value")!), "csrf" },
                { new StringContent(typed), "files" },
                { new StringContent("review"), "act" },
                { new ByteArrayContent(file), "file", "connection.json" },
            },
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("7")]
    [InlineData("[null]")]
    [InlineData("""{"name":"x","provider":"fake","credentials":{"client_secret":"0123456789abcdef"}}""")]
    [InlineData("""{"name":"x","provider":"fake","no_such_member":1}""")]
    public async Task A_file_that_is_none_is_refused_at_its_field(string text)
    {
        using var browser = await side.MemberAsync();
        await browser.OpenAsync($"{All}/import");
        await browser.SubmitAsync(new() { ["files"] = text }, "Show what it would do");
        Assert.NotEmpty(browser.FaultyFields());
        Assert.All(browser.FaultyFields(), field => Assert.Equal("#files", field));
        Assert.Equal(text, browser.Value("files"));
    }

    [Fact]
    public async Task Access_is_reviewed_and_confirmed_once_and_is_due_again_when_it_changes()
    {
        var id = await MadeAsync();
        var (browser, admin, _) = await side.PersonAsync(role: Role.Admin);
        using var _ = browser;
        await browser.OpenAsync("/developer/access");
        var item = browser.Page.QuerySelector($"li[aria-labelledby='{id}']")!;
        Assert.Contains("To be reviewed", item.TextContent, StringComparison.Ordinal);
        Assert.Contains("Every agent may use it", item.TextContent, StringComparison.Ordinal);
        Assert.Contains("Never, as far as it is known", item.TextContent, StringComparison.Ordinal);
        var form = new (string, string)[] { ("connection", id), ("version", "1") };
        await browser.PostAsync(side, "/developer/access", form);
        Assert.Contains("It is confirmed", browser.Text, StringComparison.Ordinal);
        await browser.PostAsync(side, "/developer/access", form);
        Assert.Equal(admin, Assert.Single(await side.Server.TrailAsync(ConnectionEvents.AccessReviewed), row => row.Target == id).Subject);
        Assert.False((await ReviewAsync(id)).GetProperty("review_due").GetBoolean());

        side.Server.Clock.Advance(TimeSpan.FromSeconds(2));
        await side.Acme.AskAsync(HttpMethod.Patch, $"/api/v1/connections/{id}", new { access = new { use = new[] { "developer" } } });
        var changed = await ReviewAsync(id);
        Assert.True(changed.GetProperty("review_due").GetBoolean());
        Assert.Empty(changed.GetProperty("concerns").EnumerateArray());
        await browser.PostAsync(side, "/developer/access", form);
        Assert.Contains("look at it once more", browser.Text, StringComparison.Ordinal);

        using var developer = await side.MemberAsync(Role.Developer);
        await developer.PostAsync(side, "/developer/access", ("connection", id), ("version", "2"));
        Assert.Equal(HttpStatusCode.Forbidden, developer.Response.StatusCode);
    }

    private async Task<JsonElement> ReviewAsync(string id) =>
        (await side.Acme.GetAsync("/api/v1/connections/access?limit=200")).GetProperty("data").EnumerateArray().Single(item => item.GetProperty("connection_id").GetString() == id);

    /// <summary>A connection that was made by the API, and so has a first version.</summary>
    private async Task<string> MadeAsync() => ConnectSide.IdOf(await side.Acme.AskAsync(
        HttpMethod.Post, "/api/v1/connections", new { provider = ConnectSide.ProviderId, name = $"Made {Guid.NewGuid():N}", credentials = new { client_id = FakeProvider.ClientId, client_secret = FakeProvider.ClientSecret } }, HttpStatusCode.Created));
}
