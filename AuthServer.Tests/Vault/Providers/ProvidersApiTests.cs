using System.Net;
using System.Text.Json;
using AuthServer.Organizations;
using AuthServer.Tests.Support;
using AuthServer.Vault.Providers;

namespace AuthServer.Tests.Vault.Providers;

/// <summary>What members and agents read of providers.</summary>
public sealed class ProvidersApiTests(ChainSide side) : IClassFixture<ChainSide>
{
    private const string Route = "/api/v1/providers";

    [Fact]
    public async Task All_that_ship_are_listed_by_name_in_parts()
    {
        var first = await side.Organization.GetAsync(Route + "?limit=20");
        var second = await side.Organization.GetAsync(Route + "?limit=20&offset=20");
        Assert.Equal(35, first.GetProperty("meta").GetProperty("total").GetInt32());
        string[] names = [.. new[] { first, second }.SelectMany(page => page.GetProperty("data").EnumerateArray()).Select(item => Text(item, "name"))];
        Assert.Equal(ShippedProviders.All.Select(provider => provider.Name), names);
        var slack = Assert.Single((await side.Organization.GetAsync(Route + "?search=slack")).GetProperty("data").EnumerateArray());
        Assert.Equal(
            """{"id":"slack","name":"Slack","category":"communication","description":"Channels, messages and files of a Slack workspace","auth_types":["oauth2"],"origin":"shipped","shared_app":false}""",
            slack.GetRawText());
    }

    [Theory]
    [InlineData("category=design", "figma")]
    [InlineData("family=microsoft", "microsoft_calendar microsoft_teams onedrive outlook")]
    [InlineData("family=google", "gmail google_calendar google_drive google_workspace")]
    [InlineData("category=ai&auth_type=api_key", "anthropic google_ai openai")]
    [InlineData("category=crm&auth_type=oauth2&search=CONTACTS", "hubspot")]
    [InlineData("search=MONDAY", "monday")]
    [InlineData("origin=organization", "")]
    [InlineData("search=%25", "")]
    public async Task They_are_filtered(string query, string ids)
    {
        var found = await side.Organization.GetAsync($"{Route}?{query}");
        Assert.Equal(ids, string.Join(' ', found.GetProperty("data").EnumerateArray().Select(item => Text(item, "id")).Order(StringComparer.Ordinal)));
        Assert.Equal(ids.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length, found.GetProperty("meta").GetProperty("total").GetInt32());
    }

    [Theory]
    [InlineData("auth_type=basic", "auth_type")]
    [InlineData("auth_type=Oauth2", "auth_type")]
    [InlineData("family=apple", "family")]
    [InlineData("origin=mine", "origin")]
    [InlineData("search=", "search")]
    [InlineData("category=", "category")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=201", "limit")]
    [InlineData("offset=-1", "offset")]
    public async Task A_filter_that_means_nothing_is_refused_by_its_name(string query, string name)
    {
        var answer = (await RestAnswer.ReadAsync(await side.Organization.SendAsync(HttpMethod.Get, $"{Route}?{query}"))).Is(HttpStatusCode.BadRequest, "invalid_request");
        Assert.True(answer.Json.GetProperty("errors").TryGetProperty(name, out _), answer.Text);
    }

    [Fact]
    public async Task One_says_how_it_is_set_up_and_what_it_can_be_asked_for()
    {
        var gmail = await side.Organization.GetAsync(Route + "/gmail");
        var setup = gmail.GetProperty("setup");
        Assert.Equal($"{side.Server.Issuer}/connect/accounts/callback", Text(setup, "callback_url"));
        Assert.False(setup.GetProperty("callback_of_connection").GetBoolean());
        Assert.Equal("Authorized redirect URIs", Text(setup, "callback_label"));
        Assert.NotEmpty(setup.GetProperty("steps").EnumerateArray());
        Assert.NotEmpty(setup.GetProperty("cautions").EnumerateArray());
        var scope = gmail.GetProperty("scopes").EnumerateArray().Single(one => Text(one, "short_name") == "gmail.readonly");
        Assert.Equal(
            ("https://www.googleapis.com/auth/gmail.readonly", "read all your e-mail and settings", "read", true, true),
            (Text(scope, "name"), Text(scope, "words"), Text(scope, "access"), scope.GetProperty("reviewed").GetBoolean(), scope.GetProperty("default").GetBoolean()));
        Assert.Equal("https://www.googleapis.com/auth/gmail.readonly", gmail.GetProperty("presets").GetProperty("read_only")[0].GetString());
        Assert.Equal("https://oauth2.googleapis.com/token", Text(gmail.GetProperty("definition").GetProperty("oauth").GetProperty("token"), "url"));
    }

    /// <summary>The templates of the seed document, member for member.</summary>
    [Theory]
    [InlineData("google_workspace", """{"provider":"google_workspace","auth_type":"oauth2","scopes":["https://www.googleapis.com/auth/gmail.readonly","https://www.googleapis.com/auth/calendar.readonly"],"settings":{"auto_refresh":true,"rate_limit":100,"timeout":30}}""")]
    [InlineData("slack", """{"provider":"slack","auth_type":"oauth2","scopes":["channels:read","chat:write","users:read"],"settings":{"auto_refresh":true,"rate_limit":50,"timeout":15}}""")]
    [InlineData("openai", """{"provider":"openai","auth_type":"api_key","settings":{"rate_limit":60,"timeout":30}}""")]
    public async Task One_has_a_template_of_a_connection(string id, string template) =>
        Assert.Equal(template, (await side.Organization.GetAsync($"{Route}/{id}")).GetProperty("template").GetRawText());

    [Fact]
    public async Task A_server_of_ones_own_has_a_callback_address_for_each_connection()
    {
        var setup = (await side.Organization.GetAsync(Route + "/gitlab")).GetProperty("setup");
        Assert.False(setup.TryGetProperty("callback_url", out _));
        Assert.True(setup.GetProperty("callback_of_connection").GetBoolean());
        Assert.Equal("https://gitlab.com/-/user_settings/applications", Text(setup, "app_url"));
        Assert.Equal("gitlab.com", Text(setup.GetProperty("fields")[0], "default"));
        Assert.Equal("api_key", Text(setup.GetProperty("key_fields")[0], "name"));
    }

    [Fact]
    public async Task Agents_and_members_of_every_role_read_them_and_nobody_else_does()
    {
        var agent = await side.AgentAsync("api.read");
        foreach (var credential in new[] { agent.Key, await agent.TokenAsync(), (await side.Organization.ColleagueAsync(Role.Auditor)).Key })
        {
            using var rest = side.As(credential);
            (await rest.GetAsync("/providers")).Is(HttpStatusCode.OK);
            (await rest.GetAsync("/providers/jira")).Is(HttpStatusCode.OK);
        }

        using var nobody = side.As(null);
        (await nobody.GetAsync("/providers")).Is(HttpStatusCode.Unauthorized);
        (await nobody.GetAsync("/providers/jira")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Agents_change_none()
    {
        var agent = await side.AgentAsync("admin.full");
        using var rest = agent.Rest();
        (await rest.PostAsync("/providers", OwnProvider.Valid())).Is(HttpStatusCode.Forbidden, "members_only");
        (await rest.SendAsync(HttpMethod.Put, "/providers/slack", OwnProvider.Valid())).Is(HttpStatusCode.Forbidden, "members_only");
        (await rest.DeleteAsync("/providers/slack")).Is(HttpStatusCode.Forbidden, "members_only");
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("google")]
    [InlineData("Slack")]
    [InlineData("slack.json")]
    [InlineData("..%2Fslack")]
    public async Task What_is_not_there_is_not_found(string id) =>
        (await RestAnswer.ReadAsync(await side.Organization.SendAsync(HttpMethod.Get, $"{Route}/{id}"))).Is(HttpStatusCode.NotFound, "not_found");

    private static string Text(JsonElement json, string member) => json.GetProperty(member).GetString()!;
}
