using System.Net;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Scopes;
using AuthServer.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using static AuthServer.Tests.Scopes.TwoOrganizations;

namespace AuthServer.Tests.Scopes;

public sealed class ScopesApiTests(TwoOrganizations side) : IClassFixture<TwoOrganizations>
{
    private static int _names;

    [Fact]
    public async Task Anybody_reads_the_catalogue_and_a_category()
    {
        var all = (await side.GetAsync("/scopes", null)).Ok();
        var files = (await side.GetAsync("/scopes/files", null)).Ok();

        Assert.Equal(PredefinedScopes.All.Select(line => line.Name), all.Names);
        Assert.Equal(PredefinedScopes.All.Count, all.Json.GetProperty("meta").GetProperty("total").GetInt32());
        Assert.Equal(["files:read", "files:write", "files:delete", "files.read", "files.write", "files.delete"], files.Names);
        var delete = files.Json.GetProperty("data")[2];
        Assert.Equal(["category", "custom", "description", "name", "riskLevel", "scope", "title"], delete.EnumerateObject().Select(member => member.Name).Order());
        Assert.Equal(("files:delete", "files", "critical", "Delete your files", false), (
            delete.GetProperty("scope").GetString(), delete.GetProperty("category").GetString(), delete.GetProperty("riskLevel").GetString(),
            delete.GetProperty("title").GetString(), delete.GetProperty("custom").GetBoolean()));
    }

    [Theory]
    [InlineData("/scopes/none")]
    [InlineData("/scopes/FILES")]
    [InlineData("/scopes/custom")]
    public async Task A_category_that_is_not_there_is_not_found(string path) =>
        (await side.GetAsync(path, null)).Refused(HttpStatusCode.NotFound, "not_found");

    [Fact]
    public async Task A_bad_credential_is_refused_where_none_would_do() =>
        (await side.GetAsync("/scopes", "ag_nobody")).Refused(HttpStatusCode.Unauthorized, "unauthenticated");

    [Fact]
    public async Task An_organizations_own_scopes_are_seen_changed_and_deleted_by_it_alone()
    {
        var name = Name();
        var created = (await side.PostAsync("/scopes", KeyOf(Acme), new { name, title = "Move the robots", description = "They may bump into people.", riskLevel = "standard", category = "robots" })).Ok(HttpStatusCode.Created);
        Assert.Equal((name, name, "robots", "standard", true), (created.Text("name"), created.Text("scope"), created.Text("category"), created.Text("riskLevel"), created.Json.GetProperty("custom").GetBoolean()));
        Assert.Equal($"/api/v1/scopes/{Uri.EscapeDataString(name)}", created.Location);

        Assert.Contains(name, (await side.GetAsync("/scopes", KeyOf(Acme, Role.Auditor))).Ok().Names);
        Assert.Contains(name, (await side.GetAsync("/scopes/robots", KeyOf(Acme, Role.Auditor))).Ok().Names);
        Assert.DoesNotContain(name, (await side.GetAsync("/scopes", null)).Ok().Names);
        Assert.DoesNotContain(name, (await side.GetAsync("/scopes", KeyOf(Rival))).Ok().Names);
        (await ChangeAsync(name, KeyOf(Rival), new { title = "Nothing" })).Refused(HttpStatusCode.NotFound, "not_found");
        (await DeleteAsync(name, KeyOf(Rival))).Refused(HttpStatusCode.NotFound, "not_found");

        var changed = (await ChangeAsync(name, KeyOf(Acme), new { risk_level = "critical" })).Ok();
        Assert.Equal(("critical", "Move the robots"), (changed.Text("riskLevel"), changed.Text("title")));
        (await DeleteAsync(name, KeyOf(Acme))).Ok(HttpStatusCode.NoContent);
        Assert.DoesNotContain(name, (await side.GetAsync("/scopes", KeyOf(Acme))).Ok().Names);
        foreach (var type in new[] { ScopeEvents.Created, ScopeEvents.Changed, ScopeEvents.Deleted })
        {
            Assert.Equal("usr_of_" + Acme, Assert.Single(await side.Server.TrailAsync(type), row => row.Target == name).Subject);
        }
    }

    /// <summary>What the caller may do was read before; what counts is what they may do when it is saved.</summary>
    [Fact]
    public async Task Whoever_loses_the_role_meanwhile_changes_no_scope()
    {
        var (name, scopes) = (Name(), side.Server.Services.GetRequiredService<OrganizationScopes>());
        await CreateAsync(name, KeyOf(Acme));
        var gone = new Developer(Acme, "usr_of_nobody", Role.Admin, keyId: null);
        var (http, any) = (new DefaultHttpContext(), new IfMatch((IReadOnlyList<string>?)null));

        var answers = new[]
        {
            (await scopes.CreateAsync(http, gone, new NewScope { Name = Name(), Description = "Of nobody." }, default)).Problem,
            (await scopes.ChangeAsync(http, gone, name, new ScopeChange { Title = "Changed" }, any, default)).Problem,
            (await scopes.DeleteAsync(http, gone, name, any, default)).Problem,
        };

        Assert.All(answers, problem => Assert.Equal((403, "role"), (problem!.Status, problem.Code)));
        Assert.Contains(name, (await side.GetAsync("/scopes", KeyOf(Acme))).Ok().Names);
    }

    [Fact]
    public async Task Two_organizations_can_have_scopes_of_the_same_name()
    {
        var name = Name();

        await CreateAsync(name, KeyOf(Acme));
        await CreateAsync(name, KeyOf(Rival));
    }

    [Fact]
    public async Task Without_a_word_about_its_risk_a_scope_is_taken_for_dangerous()
    {
        var name = Name();
        var created = (await side.PostAsync("/scopes", KeyOf(Acme), new { name, description = "Nobody knows." })).Ok(HttpStatusCode.Created);

        Assert.Equal(("high", "custom", name), (created.Text("riskLevel"), created.Text("category"), created.Text("title")));
    }

    [Theory]
    [InlineData("files:read")]
    [InlineData("files_read")]
    [InlineData("Files.READ")]
    [InlineData("filesread")]
    [InlineData("email:read:")]
    [InlineData("openid")]
    [InlineData("open-id")]
    [InlineData("organization")]
    [InlineData("account")]
    [InlineData("things:read")]
    public async Task No_scope_can_be_made_that_people_would_take_for_one_of_the_servers(string name) =>
        (await side.PostAsync("/scopes", KeyOf(Acme), new { name, description = "Looks harmless." })).Refused(HttpStatusCode.Conflict, "scope_taken");

    [Fact]
    public async Task Nor_for_one_of_the_organizations_own()
    {
        await CreateAsync("warehouse:open", KeyOf(Acme));

        foreach (var name in new[] { "warehouse:open", "warehouse.open", "Warehouse:Open" })
        {
            (await side.PostAsync("/scopes", KeyOf(Acme), new { name, description = "Looks harmless." })).Refused(HttpStatusCode.Conflict, "scope_taken");
        }
    }

    [Theory]
    [InlineData("name", "")]
    [InlineData("name", "a b")]
    [InlineData("name", "crm.*")]
    [InlineData("name", "*")]
    [InlineData("name", "a\"b")]
    [InlineData("name", "a\u0000b")]
    [InlineData("name", "ä")]
    [InlineData("name", ":a")]
    [InlineData("name", "a%2Fb")]
    [InlineData("name", "a\n")]
    [InlineData("title", "")]
    [InlineData("title", " ")]
    [InlineData("title", "Move\u202Eevil")]
    [InlineData("title", "two\nlines")]
    [InlineData("description", "")]
    [InlineData("description", "\u0000")]
    [InlineData("category", "Robots")]
    [InlineData("category", "a/b")]
    [InlineData("riskLevel", "harmless")]
    [InlineData("riskLevel", "")]
    public async Task What_cannot_be_is_refused_with_the_field_named(string field, string value)
    {
        var body = new Dictionary<string, string> { ["name"] = Name(), ["title"] = "Move", ["description"] = "It moves.", ["category"] = "robots", ["riskLevel"] = "low", [field] = value };

        (await side.PostAsync("/scopes", KeyOf(Acme), body)).Refused(HttpStatusCode.BadRequest, "invalid_request", field);
    }

    [Theory]
    [InlineData("name", 101)]
    [InlineData("title", 101)]
    [InlineData("description", 301)]
    [InlineData("category", 41)]
    public async Task What_is_too_long_is_refused(string field, int length)
    {
        var body = new Dictionary<string, string> { ["name"] = Name(), ["title"] = "Move", ["description"] = "It moves.", [field] = new string('x', length) };

        (await side.PostAsync("/scopes", KeyOf(Acme), body)).Refused(HttpStatusCode.BadRequest, "invalid_request", field);
    }

    [Theory]
    [InlineData(Role.Auditor)]
    [InlineData(Role.Developer)]
    public async Task Only_admins_change_what_scopes_mean(Role role)
    {
        var name = Name();
        await CreateAsync(name, KeyOf(Acme));

        (await side.PostAsync("/scopes", KeyOf(Acme, role), new { name = Name(), description = "x" })).Refused(HttpStatusCode.Forbidden, "role");
        (await ChangeAsync(name, KeyOf(Acme, role), new { title = "x" })).Refused(HttpStatusCode.Forbidden, "role");
        (await DeleteAsync(name, KeyOf(Acme, role))).Refused(HttpStatusCode.Forbidden, "role");
        (await side.PostAsync("/scopes", null, new { name = Name(), description = "x" })).Refused(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task A_predefined_scope_cannot_be_changed_or_deleted()
    {
        (await ChangeAsync("payments:charge", KeyOf(Acme, Role.Owner), new { title = "Look around" })).Refused(HttpStatusCode.Forbidden, "predefined_scope");
        (await DeleteAsync("payments:charge", KeyOf(Acme, Role.Owner))).Refused(HttpStatusCode.Forbidden, "predefined_scope");
    }

    [Theory]
    [InlineData("none")]
    [InlineData("%20")]
    [InlineData("%01")]
    public async Task What_is_not_there_is_not_found(string name)
    {
        (await side.SendAsync(HttpMethod.Patch, $"/scopes/{name}", KeyOf(Acme), new { title = "x" })).Refused(HttpStatusCode.NotFound, "not_found");
        (await side.SendAsync(HttpMethod.Delete, $"/scopes/{name}", KeyOf(Acme))).Refused(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task A_name_with_slashes_is_found_percent_encoded()
    {
        var name = $"https://robots.example/auth/{Guid.NewGuid():N}";
        await CreateAsync(name, KeyOf(Acme));

        (await ChangeAsync(name, KeyOf(Acme), new { title = "Move" })).Ok();
        (await DeleteAsync(name, KeyOf(Acme))).Ok(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_change_of_an_old_version_is_refused()
    {
        var name = Name();
        var first = await CreateAsync(name, KeyOf(Acme));
        var second = (await ChangeAsync(name, KeyOf(Acme), new { title = "Second" }, first.ETag)).Ok();

        (await ChangeAsync(name, KeyOf(Acme), new { title = "Third" }, first.ETag)).Refused(HttpStatusCode.PreconditionFailed, "stale_version");
        (await DeleteAsync(name, KeyOf(Acme), first.ETag)).Refused(HttpStatusCode.PreconditionFailed, "stale_version");
        (await DeleteAsync(name, KeyOf(Acme), second.ETag)).Ok(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Of_many_who_define_alike_names_at_once_one_wins()
    {
        var name = Name();
        string[] alike = [name, name.Replace(':', '.'), name.Replace(':', '-'), name.ToUpperInvariant()];

        var answers = await Task.WhenAll(alike.Concat(alike).Select(one => side.PostAsync("/scopes", KeyOf(Acme), new { name = one, description = "x" })));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Created);
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.Created), answer => answer.Refused(HttpStatusCode.Conflict, "scope_taken"));
        Assert.Single(await side.Server.TrailAsync(ScopeEvents.Created), row => alike.Contains(row.Target));
    }

    [Fact]
    public async Task Wildcards_resolve_to_what_the_caller_knows_and_unknown_names_are_named()
    {
        await CreateAsync("calendar:holidays", KeyOf(Acme));
        object asked = new { scopes = new[] { "openid", "calendar:*", "calendar:read", "calendar.*", "nobody:knows" } };

        var own = (await side.PostAsync("/scopes/resolve", KeyOf(Acme, Role.Auditor), asked)).Ok();
        var anybody = (await side.PostAsync("/scopes/resolve", null, asked)).Ok();

        Assert.Equal(["openid", "calendar:holidays", "calendar:read", "calendar:write"], own.Texts("scopes"));
        Assert.Equal(["openid", "calendar:read", "calendar:write"], anybody.Texts("scopes"));
        Assert.Equal(["calendar.*", "nobody:knows"], own.Texts("unknown"));
    }

    [Fact]
    public async Task The_list_alone_is_resolved_as_well() => Assert.Equal(
        ["calendar:read", "calendar:write"],
        (await side.PostAsync("/scopes/resolve", null, new[] { "calendar:*" })).Ok().Texts("scopes"));

    [Theory]
    [InlineData("""[]""")]
    [InlineData("""["a b"]""")]
    [InlineData("""[null]""")]
    [InlineData("""{"scopes":[]}""")]
    [InlineData("""{}""")]
    [InlineData("""{"scopes":[null]}""")]
    [InlineData("""{"scopes":["a b"]}""")]
    [InlineData("""{"scopes":[""]}""")]
    public async Task What_is_no_list_of_scopes_is_not_resolved(string body) =>
        (await side.PostAsync("/scopes/resolve", null, System.Text.Json.JsonDocument.Parse(body).RootElement)).Refused(HttpStatusCode.BadRequest, "invalid_request", "scopes");

    [Fact]
    public async Task An_organizations_scopes_are_what_its_agents_wildcards_stand_for_and_no_others()
    {
        await CreateAsync("robots:stop", KeyOf(Acme));
        await CreateAsync("robots:sell", KeyOf(Rival));

        var (own, rivals) = (await ScopesAsync(Acme), await ScopesAsync(Rival));
        Assert.Contains("robots:stop", own);
        Assert.DoesNotContain("robots:sell", own);
        Assert.Contains("robots:sell", rivals);
        Assert.DoesNotContain("robots:stop", rivals);

        async Task<string[]> ScopesAsync(string organization)
        {
            using var response = await Flows.TokenAsync(side.Server, AgentOf(organization), Flows.Secret, ("grant_type", "client_credentials"), ("scope", "robots:*"));
            return (await TokenSide.OkAsync(response)).GetProperty("scope").GetString()!.Split(' ');
        }
    }

    [Fact]
    public async Task The_consent_page_says_what_the_organization_says_of_its_scopes()
    {
        await side.PostAsync("/scopes", KeyOf(Acme), new { name = "robots:move", title = "Move the robots", description = "They may bump into people." });
        using var browser = new TestBrowser(side.Server);
        await browser.GoAsync(Flows.AuthorizeUrl(AgentOf(Acme), Flows.WebRedirect, ("scope", "robots:move")));
        await browser.SignInAsync(Flows.Email, Flows.Password);

        Assert.Contains("Move the robots", browser.Text, StringComparison.Ordinal);
        await browser.GoAsync(Flows.AuthorizeUrl(AgentOf(Rival), Flows.WebRedirect, ("scope", "robots:move")));
        Assert.DoesNotContain("Move the robots", browser.Text, StringComparison.Ordinal);
        Assert.Contains("Nobody has described what this allows.", browser.Text, StringComparison.Ordinal);
    }

    private static string Name() => $"robots:test:{Interlocked.Increment(ref _names)}x{Guid.NewGuid():N}"[..40];

    private async Task<ApiAnswer> CreateAsync(string name, string key) =>
        (await side.PostAsync("/scopes", key, new { name, title = "Do a thing", description = "Something may happen." })).Ok(HttpStatusCode.Created);

    private Task<ApiAnswer> ChangeAsync(string name, string key, object body, string? ifMatch = null) =>
        side.SendAsync(HttpMethod.Patch, $"/scopes/{Uri.EscapeDataString(name)}", key, body, ifMatch);

    private Task<ApiAnswer> DeleteAsync(string name, string key, string? ifMatch = null) =>
        side.SendAsync(HttpMethod.Delete, $"/scopes/{Uri.EscapeDataString(name)}", key, null, ifMatch);
}
