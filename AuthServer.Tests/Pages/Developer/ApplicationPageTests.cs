using System.Net;
using AuthServer.Organizations;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Pages.Developer;

/// <summary>An organization's OAuth clients, by pages and by the API.</summary>
public sealed class ApplicationPageTests(ConnectSide side) : IClassFixture<ConnectSide>
{
    private const string All = "/developer/applications";

    [Fact]
    public async Task A_machine_is_made_gets_a_token_is_disabled_enabled_and_removed()
    {
        using var browser = await side.MemberAsync();
        var name = Name();
        await browser.OpenAsync(All + "/new");
        Assert.Equal(4, browser.Page.QuerySelectorAll(".grant").Length);
        await browser.OpenAsync(All + "/new?kind=machine");
        Assert.Contains("when the application asks for their consent", browser.Text, StringComparison.Ordinal);
        await browser.SubmitAsync(new() { ["name"] = name, ["scopes.ticked"] = "email:read" }, "Make the application");
        var (id, secret) = (browser.Page.GetElementById("client-id")!.TextContent, browser.Page.GetElementById("secret")!.TextContent);
        Assert.StartsWith("app_", id, StringComparison.Ordinal);
        await AssertTokenAsync(id, secret, HttpStatusCode.OK);

        await browser.OpenAsync($"{All}/{id}?ask=disable");
        await browser.SubmitAsync(button: "Disable it");
        await AssertTokenAsync(id, secret, HttpStatusCode.Unauthorized);
        side.Server.Clock.Advance(TimeSpan.FromSeconds(2));
        await browser.SubmitAsync(button: "Enable it");
        await AssertTokenAsync(id, secret, HttpStatusCode.OK);
        await browser.OpenAsync($"{All}/{id}?ask=remove");
        await browser.SubmitAsync(button: "Remove it for good");
        Assert.DoesNotContain(name, browser.Text, StringComparison.Ordinal);
        await AssertTokenAsync(id, secret, HttpStatusCode.Unauthorized);
        await browser.GoAsync($"{All}/{id}");
        Assert.Equal(HttpStatusCode.Gone, browser.Response.StatusCode);
        Assert.Contains("It was removed", browser.Text, StringComparison.Ordinal);
        Assert.Equal(name, browser.Page.QuerySelector("h1")!.TextContent);
        Assert.Empty(browser.Page.QuerySelectorAll("main form"));
    }

    [Fact]
    public async Task Each_address_is_told_by_which_rule_it_fails_when_the_form_is_sent_and_when_it_is_only_checked()
    {
        using var browser = await side.MemberAsync(Role.Developer);
        await browser.OpenAsync(All + "/new?kind=web");
        var addresses = "https://a.example/cb\nhttp://a.example/cb\nhttps://b.example/cb#fragment\ncom.example.app:/cb";
        await browser.SubmitAsync(new() { ["name"] = Name(), ["redirectUris"] = addresses, ["act"] = "check" });
        Assert.Equal(3, browser.Page.QuerySelectorAll(".notice-danger li").Length);
        foreach (var said in new[] { "http://a.example/cb: This address must use https", "https://b.example/cb#fragment: ", "com.example.app:/cb: " })
        {
            Assert.Contains(said, browser.Text, StringComparison.Ordinal);
        }

        await browser.SubmitAsync(new() { ["redirectUris"] = addresses }, "Make the application");
        Assert.All(browser.FaultyFields(), field => Assert.Equal("#redirecturis", field));
        Assert.Equal(3, browser.FaultyFields().Length);
        await browser.SubmitAsync(new() { ["redirectUris"] = "" }, "Make the application");
        Assert.Equal(["#redirecturis"], browser.FaultyFields());

        // What only a native application may have.
        await browser.OpenAsync(All + "/new?kind=native");
        await browser.SubmitAsync(new() { ["name"] = Name(), ["redirectUris"] = "com.example.app:/cb" }, "Make the application");
        Assert.NotNull(browser.Page.GetElementById("client-id"));
        Assert.Null(browser.Page.GetElementById("secret"));
    }

    [Theory]
    [InlineData("check")]
    [InlineData("save")]
    public async Task All_that_is_wrong_with_a_field_stands_beneath_it_each_fault_with_its_line(string act)
    {
        using var browser = await side.MemberAsync(Role.Developer);
        await browser.OpenAsync(All + "/new?kind=web");
        var lengthy = "http://a.example/" + new string('x', 300);
        await browser.SubmitAsync(new() { ["name"] = Name(), ["redirectUris"] = $"https://a.example/cb\nhttps://*.x.com/\n\n{lengthy}\n<b>://", ["scopes.more"] = "no-such\nemail\nnor-such", ["act"] = act });
        var beneath = browser.Page.QuerySelectorAll("#redirecturis-fault li").Select(said => said.TextContent).ToList();
        Assert.Equal("redirecturis-fault", browser.Page.GetElementById("redirecturis")!.GetAttribute("aria-describedby")!.Split(' ')[0]);
        Assert.Equal(3, beneath.Count);
        Assert.Equal("Line 2, https://*.x.com/: This address has a *, which stands for nothing here: name each address.", beneath[0]);
        Assert.Equal($"Line 4, {lengthy[..100]}…: This address must use https (plain http is for loopback).", beneath[1]);
        Assert.StartsWith("Line 5, <b>://: This address ", beneath[2], StringComparison.Ordinal);
        if (act == "save")
        {
            Assert.Equal(["Line 1, no-such", "Line 3, nor-such"], browser.Page.QuerySelectorAll("[id='scopes.more-fault'] li").Select(said => said.TextContent.Split(": ")[0]));
        }
    }

    [Fact]
    public async Task A_scope_that_an_API_cannot_have_is_named_with_the_page_where_it_is_made()
    {
        using var browser = await side.MemberAsync(Role.Admin);
        await browser.OpenAsync("/developer/resource-servers");
        await browser.SubmitAsync(new() { ["url"] = $"https://{Guid.NewGuid():N}.example", ["scopes"] = "email:read\nno-such" }, "Register it");
        Assert.Equal("Line 2, no-such: There is no such scope. Make it on the page Scopes first.", browser.Page.GetElementById("scopes-fault")!.TextContent.Trim());
        Assert.NotNull(browser.Page.QuerySelector("main a[href^='/developer/scopes?organization=']"));
        Assert.DoesNotContain("POST /api", browser.Page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_stores_nothing()
    {
        using var browser = await side.MemberAsync(Role.Developer);
        var name = Name();
        await browser.OpenAsync(All + "/new?kind=web");
        await browser.SubmitAsync(new() { ["name"] = name, ["redirectUris"] = "https://a.example/cb", ["act"] = "check" });
        Assert.Empty(browser.Page.QuerySelectorAll(".fault"));
        Assert.False(await side.Server.QueryAsync(context => context.Applications.AnyAsync(row => row.DisplayName == name)));
    }

    [Fact]
    public async Task A_person_signs_in_by_one_and_its_secret_is_replaced_with_an_overlap()
    {
        var (id, secret) = await MadeAsync(new { kind = "web", name = Name(), redirectUris = new[] { "https://a.example/cb" }, scopes = new[] { "openid", "email" } });
        using var browser = await side.MemberAsync(Role.Developer);
        await browser.GoAsync(Flows.AuthorizeUrl(id, "https://a.example/cb", ("scope", "openid")));
        Assert.Equal("/consent", browser.Address.AbsolutePath);
        Assert.Contains("It is an application of Acme AI", browser.Text, StringComparison.Ordinal);

        await browser.OpenAsync($"{All}/{id}?ask=secret");
        await browser.SubmitAsync(new() { ["overlap"] = "3600" }, "Replace it");
        var second = browser.Page.GetElementById("secret")!.TextContent;
        foreach (var one in new[] { secret, second })
        {
            using var answer = await Flows.TokenAsync(side.Server, id, one, ("grant_type", "authorization_code"), ("code", "nonsense"));
            await Flows.AssertErrorAsync(answer, 400, "invalid_grant");
        }
    }

    [Fact]
    public async Task It_is_changed_and_a_change_that_somebody_overtook_is_not_saved()
    {
        var (id, _) = await MadeAsync(new { kind = "web", name = Name(), redirectUris = new[] { "https://a.example/cb" } });
        using var browser = await side.MemberAsync(Role.Developer);
        await browser.OpenAsync($"{All}/{id}");
        await browser.SubmitAsync(new() { ["redirectUris"] = "https://a.example/cb\nhttps://a.example/other", ["postLogoutRedirectUris"] = "https://a.example/bye" }, "Save");
        Assert.Contains("It is saved", browser.Text, StringComparison.Ordinal);
        var item = await side.Acme.GetAsync("/api/v1/applications/" + id);
        Assert.Equal(2, item.GetProperty("redirectUris").GetArrayLength());
        await side.Acme.AskAsync(HttpMethod.Patch, "/api/v1/applications/" + id, new { name = "Theirs" });
        await browser.SubmitAsync(new() { ["name"] = "Mine" }, "Save");
        Assert.Contains("Somebody changed it meanwhile", browser.Text, StringComparison.Ordinal);
        Assert.Equal("Mine", browser.Value("name"));
    }

    [Fact]
    public async Task Rights_beyond_the_organization_are_refused()
    {
        var other = await OrganizationSide.CreateAsync(side.Server);
        await other.AskAsync(HttpMethod.Post, "/api/v1/resources", new { url = "https://theirs.example" }, HttpStatusCode.Created);
        foreach (var (body, field) in new (object, string)[]
        {
            (new { kind = "machine", name = Name(), scopes = new[] { "nobody-knows" } }, "scopes[0]"),
            (new { kind = "machine", name = Name(), resources = new[] { "https://theirs.example" } }, "resources[0]"),
            (new { kind = "machine", name = Name(), redirectUris = new[] { "https://a.example/cb" } }, "redirectUris"),
            (new { name = Name() }, "kind"),
        })
        {
            var answer = await RestAnswer.ReadAsync(await side.Acme.SendAsync(HttpMethod.Post, "/api/v1/applications", body));
            Assert.True(answer.Is(HttpStatusCode.BadRequest, "invalid_request").Json.GetProperty("errors").TryGetProperty(field, out _), answer.Text);
        }
    }

    [Fact]
    public async Task An_api_that_is_gone_stays_ticked_and_is_told_of_and_the_others_stay()
    {
        var (kept, gone) = (await ApiAsync(), await ApiAsync());
        var (id, _) = await MadeAsync(new { kind = "machine", name = Name(), scopes = new[] { "email:read" }, resources = new[] { kept.Url, gone.Url } });
        (await side.Acme.SendAsync(HttpMethod.Delete, "/api/v1/resources/" + gone.Id)).EnsureSuccessStatusCode();
        using var browser = await side.MemberAsync(Role.Developer);
        await browser.OpenAsync($"{All}/{id}");
        Assert.Contains("It is not among your APIs any more.", browser.Text, StringComparison.Ordinal);
        await browser.SubmitAsync(new() { ["name"] = Name() }, "Save");
        Assert.Contains($"{gone.Url}: There is no such API in your organization.", browser.Text, StringComparison.Ordinal);
        Assert.True(browser.Page.QuerySelector($"input[name=resources][value='{gone.Url}']")?.HasAttribute("checked"));
        await browser.SubmitAsync(new() { ["resources"] = kept.Url }, "Save");
        Assert.Contains("It is saved", browser.Text, StringComparison.Ordinal);
        Assert.Equal(kept.Url, Assert.Single((await side.Acme.GetAsync("/api/v1/applications/" + id)).GetProperty("resources").EnumerateArray()).GetString());

        async Task<(string Id, string Url)> ApiAsync()
        {
            var url = $"https://{Guid.NewGuid():N}.example";
            return ((await side.Acme.AskAsync(HttpMethod.Post, "/api/v1/resources", new { url, displayName = "Robots" }, HttpStatusCode.Created)).GetProperty("id").GetString()!, url);
        }
    }

    [Fact]
    public async Task Others_see_and_touch_nothing_and_who_looks_only_changes_nothing()
    {
        var (id, _) = await MadeAsync(new { kind = "web", name = Name(), redirectUris = new[] { "https://a.example/cb" } });
        var other = await OrganizationSide.CreateAsync(side.Server);
        foreach (var (method, path) in new[] { (HttpMethod.Get, ""), (HttpMethod.Delete, ""), (HttpMethod.Post, "/disable"), (HttpMethod.Post, "/rotate-secret"), (HttpMethod.Get, "/secrets") })
        {
            await other.AskAsync(method, $"/api/v1/applications/{id}{path}", null, HttpStatusCode.NotFound);
        }

        using var auditor = await side.MemberAsync(Role.Auditor);
        await auditor.OpenAsync($"{All}/{id}");
        Assert.Empty(auditor.Page.QuerySelectorAll("main form"));
        await auditor.PostAsync(side, $"{All}/{id}", ("act", "disable"));
        Assert.Equal(HttpStatusCode.Forbidden, auditor.Response.StatusCode);
        using var developer = await side.MemberAsync(Role.Developer);
        await developer.PostAsync(side, $"{All}/{id}", ("act", "remove"));
        Assert.Equal(HttpStatusCode.Forbidden, developer.Response.StatusCode);
        Assert.Equal("active", (await side.Acme.GetAsync("/api/v1/applications/" + id)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Scopes_and_apis_are_made_changed_and_deleted_by_admins()
    {
        using var browser = await side.MemberAsync();
        var scope = "robots:" + Guid.NewGuid().ToString("N");
        await browser.OpenAsync("/developer/scopes");
        Assert.True((await browser.Response.Content.ReadAsByteArrayAsync()).Length < 100_000);
        await browser.SubmitAsync(new() { ["name"] = "*", ["description"] = "" }, "Make it");
        Assert.Equal(["#name", "#description"], browser.FaultyFields());
        await browser.SubmitAsync(new() { ["name"] = scope, ["description"] = "They <b>move</b>.", ["title"] = "Move the robots", ["riskLevel"] = "critical" }, "Make it");
        Assert.Contains("Move the robots", browser.Text, StringComparison.Ordinal);
        await side.Acme.RegisterAsync(OrganizationSide.Agent(("allowedScopes", new System.Text.Json.Nodes.JsonArray(scope))));
        await browser.OpenAsync($"/developer/scopes?name={Uri.EscapeDataString(scope)}");
        await browser.SubmitAsync(new() { ["title"] = "Park the robots" }, "Save");
        Assert.Contains("Park the robots", browser.Text, StringComparison.Ordinal);
        await browser.OpenAsync($"/developer/scopes?ask=delete&name={Uri.EscapeDataString(scope)}");
        Assert.Contains("1 agent or application may ask for it", browser.Text, StringComparison.Ordinal);
        await browser.SubmitAsync(button: "Delete it");
        Assert.DoesNotContain(scope, browser.Text, StringComparison.Ordinal);

        var url = $"https://{Guid.NewGuid():N}.example";
        await browser.OpenAsync("/developer/resource-servers");
        await browser.SubmitAsync(new() { ["url"] = "http://a.example", ["scopes"] = "email:read" }, "Register it");
        Assert.Equal(["#url"], browser.FaultyFields());
        await browser.SubmitAsync(new() { ["url"] = url }, "Register it");
        Assert.StartsWith("ags_", browser.Page.GetElementById("secret")!.TextContent, StringComparison.Ordinal);
        await browser.OpenAsync("/developer/resource-servers");
        var card = browser.Page.QuerySelectorAll(".grant").Single(one => one.TextContent.Contains(url, StringComparison.Ordinal));
        var links = card.QuerySelectorAll("a").Select(link => link.GetAttribute("href")!).ToList();
        await browser.OpenAsync(links[0]);
        await browser.SubmitAsync(new() { ["displayName"] = "Robots <i>API</i>" }, "Save");
        Assert.Contains("Robots <i>API</i>", browser.Text, StringComparison.Ordinal);
        await browser.OpenAsync(links[1]);
        await browser.SubmitAsync(button: "Replace it");
        Assert.NotNull(browser.Page.GetElementById("secret"));
        await browser.OpenAsync(links[2]);
        await browser.SubmitAsync(button: "Delete it");
        Assert.DoesNotContain(url, browser.Text, StringComparison.Ordinal);

        using var developer = await side.MemberAsync(Role.Developer);
        foreach (var page in new[] { "/developer/scopes", "/developer/resource-servers" })
        {
            await developer.OpenAsync(page);
            Assert.Empty(developer.Page.QuerySelectorAll("main form"));
            await developer.PostAsync(side, $"{page}?organization={side.Acme.Id}", ("act", "create"), ("name", "mine:it"), ("url", "https://mine.example"), ("description", "Mine"));
            Assert.Equal(HttpStatusCode.Forbidden, developer.Response.StatusCode);
        }
    }

    private async Task AssertTokenAsync(string id, string secret, HttpStatusCode status)
    {
        using var answer = await Flows.TokenAsync(side.Server, id, secret, ("grant_type", "client_credentials"));
        Assert.Equal(status, answer.StatusCode);
    }

    private async Task<(string Id, string Secret)> MadeAsync(object body)
    {
        var made = await side.Acme.AskAsync(HttpMethod.Post, "/api/v1/applications", body, HttpStatusCode.Created);
        return (made.GetProperty("id").GetString()!, made.GetProperty("clientSecret").GetString()!);
    }

    private static string Name() => "App " + Guid.NewGuid().ToString("N");
}
