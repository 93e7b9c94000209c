using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Agents;
using AuthServer.Organizations;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using static AuthServer.Tests.Agents.AgentInstallation;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Agents;

/// <summary><c>PATCH</c> and <c>PUT /api/v1/agents/{id}</c>.</summary>
public sealed class ChangeTests(AgentInstallation installation) : IClassFixture<AgentInstallation>
{
    private readonly TestServer _server = installation.Server;
    private readonly OrganizationSide _acme = installation.Acme;

    [Theory]
    [InlineData("PATCH")]
    [InlineData("PUT")]
    public async Task What_is_said_changes_and_what_is_left_out_stays(string method)
    {
        var agent = await _acme.RegisterAsync(OrganizationSide.Agent(("metadata", JsonNode.Parse("""{"team":"mail"}"""))));
        _server.Clock.Advance(TimeSpan.FromSeconds(2));

        using var response = await _acme.SendAsync(
            new HttpMethod(method), PathOf(agent), $$"""{"name":"Smarter {{method}}","allowedScopes":["email:read"],"description":"","type":"tool"}""", $"\"{Text(agent, "version")}\"");
        var changed = await OkAsync(response);

        Assert.Equal(($"Smarter {method}", "tool", "[\"email:read\"]"), (Text(changed, "name"), Text(changed, "type"), changed.GetProperty("allowedScopes").GetRawText()));
        Assert.False(changed.TryGetProperty("description", out _));
        Assert.Equal(agent.GetProperty("redirectUris").GetRawText(), changed.GetProperty("redirectUris").GetRawText());
        Assert.Equal("mail", Text(changed.GetProperty("metadata"), "team"));
        Assert.Equal(Text(agent, "createdAt"), Text(changed, "createdAt"));
        Assert.NotEqual(Text(agent, "updatedAt"), Text(changed, "updatedAt"));
        Assert.NotEqual(Text(agent, "version"), Text(changed, "version"));
        Assert.Equal($"\"{Text(changed, "version")}\"", response.Headers.ETag?.Tag);
        Assert.Equal(changed.GetRawText(), (await _acme.GetAsync(PathOf(agent))).GetRawText());
        var told = Assert.Single(await _server.TrailAsync(AgentEvents.Updated), entry => entry.Target == Text(agent, "id"));
        Assert.Equal((Text(agent, "id"), _acme.Id), (told.AgentId, told.OrganizationId));
        Assert.Contains("\"changed\":[\"name\",\"description\",\"type\",\"allowedScopes\"]", told.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_is_in_force_at_once()
    {
        var agent = await _acme.RegisterAsync();
        Assert.NotEmpty(await TokenAsync(_server, agent));

        await _acme.AskAsync(HttpMethod.Patch, PathOf(agent), """{"allowedScopes":["files:read"],"redirectUris":["https://elsewhere.example/cb"]}""");

        Assert.Equal("files:read", Text(Flows.Claims(await TokenAsync(_server, agent)), "scope"));
        using var browser = new TestBrowser(_server);
        await browser.GoAsync(Flows.AuthorizeUrl(Text(agent, "clientId"), OrganizationSide.Redirect, ("scope", "files:read")));
        Assert.Equal(HttpStatusCode.BadRequest, browser.Response.StatusCode);
        Assert.Equal(["https://elsewhere.example"], await _server.QueryAsync(context => context.ClientOrigins
            .Where(origin => context.Applications.Any(row => row.Id == origin.ApplicationId && row.ClientId == Text(agent, "clientId"))).Select(origin => origin.Origin).ToListAsync()));
    }

    [Fact]
    public async Task A_scope_that_is_taken_away_is_in_no_token_that_a_consent_still_gives()
    {
        var agent = await _acme.RegisterAsync();
        using var browser = new TestBrowser(_server);
        Task<Dictionary<string, string>> AskAsync(string scopes) =>
            Flows.AuthorizeAsync(browser, Text(agent, "clientId"), OrganizationSide.Redirect, ("scope", scopes));
        const string all = "email:read email:send offline_access";
        var tokens = await RedeemedAsync(agent, (await AskAsync(all))["code"]);
        var code = (await AskAsync(all))["code"];
        _server.Clock.Advance(TimeSpan.FromSeconds(1));

        await _acme.AskAsync(HttpMethod.Patch, PathOf(agent), """{"allowedScopes":["email:read"]}""");
        using var wider = await RefreshAsync(_server, agent, Text(tokens, "refresh_token"), ("scope", "email:send"));
        await Flows.AssertErrorAsync(wider, 400, "invalid_scope");
        tokens = await RefreshedAsync(agent, tokens);
        Assert.Equal("email:read offline_access", Text(tokens, "scope"));
        Assert.Equal("email:read offline_access", Text(Flows.Claims(Text(tokens, "access_token")), "scope"));

        // A code that nobody had redeemed yet ends with the tokens that say more: asking again costs the person nothing, since the consent stands.
        using var redeemed = await RedeemAsync(_server, agent, code);
        await Flows.AssertErrorAsync(redeemed, 400, "invalid_grant");
        _server.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("email:read offline_access", Text(await RedeemedAsync(agent, (await AskAsync("email:read offline_access"))["code"]), "scope"));

        // What the person granted is given again when the agent may have it again.
        await _acme.AskAsync(HttpMethod.Patch, PathOf(agent), """{"allowedScopes":["email:*"]}""");
        Assert.Equal("email:read email:send offline_access", Text(await RefreshedAsync(agent, tokens), "scope"));
    }

    [Fact]
    public async Task Where_no_scope_is_left_a_consent_gives_no_token()
    {
        var agent = await _acme.RegisterAsync();
        using var browser = new TestBrowser(_server);
        var answer = await Flows.AuthorizeAsync(browser, Text(agent, "clientId"), OrganizationSide.Redirect, ("scope", "email:read"));
        await _acme.AskAsync(HttpMethod.Patch, PathOf(agent), """{"allowedScopes":["files:read"]}""");

        using var redeemed = await RedeemAsync(_server, agent, answer["code"]);

        await Flows.AssertErrorAsync(redeemed, 400, "invalid_grant");
    }

    [Fact]
    public async Task Saying_what_is_so_already_changes_nothing()
    {
        var agent = await _acme.RegisterAsync();

        var same = await _acme.AskAsync(HttpMethod.Patch, PathOf(agent), $$$"""{"name":"{{{Text(agent, "name")}}}","allowedScopes":["email:read","email:send"],"homepageUrl":"","metadata":{}}""");
        var nothing = await _acme.AskAsync(HttpMethod.Put, PathOf(agent), "{}");

        Assert.Equal(Text(agent, "version"), Text(same, "version"));
        Assert.Equal(Text(agent, "version"), Text(nothing, "version"));
        Assert.DoesNotContain(await _server.TrailAsync(AgentEvents.Updated), entry => entry.Target == Text(agent, "id"));
    }

    [Fact]
    public async Task An_older_version_is_refused_and_changes_nothing()
    {
        var agent = await _acme.RegisterAsync();
        var first = await _acme.AskAsync(HttpMethod.Patch, PathOf(agent), """{"name":"First"}""");

        using var stale = await _acme.SendAsync(HttpMethod.Patch, PathOf(agent), """{"name":"Second"}""", $"\"{Text(agent, "version")}\"");
        Assert.Equal(HttpStatusCode.PreconditionFailed, stale.StatusCode);
        using var weak = await _acme.SendAsync(HttpMethod.Patch, PathOf(agent), """{"name":"Second"}""", $"W/\"{Text(first, "version")}\"");
        Assert.Equal(HttpStatusCode.PreconditionFailed, weak.StatusCode);
        Assert.Equal("First", Text(await _acme.GetAsync(PathOf(agent)), "name"));

        using var any = await _acme.SendAsync(HttpMethod.Patch, PathOf(agent), """{"name":"Third"}""", "*");
        Assert.Equal("Third", Text(await OkAsync(any), "name"));
    }

    [Theory]
    [InlineData("""{"name":""}""", "name")]
    [InlineData("""{"trustLevel":"root"}""", "trustLevel")]
    [InlineData("""{"status":"active"}""", "status")]
    [InlineData("""{"parentAgentId":null}""", "parentAgentId")]
    [InlineData("""{"organizationId":"acct_other"}""", "organizationId")]
    [InlineData("""{"clientId":"agc_other"}""", "clientId")]
    [InlineData("""{"ownerId":"usr_nobody"}""", "ownerId")]
    [InlineData("""{"allowedScopes":["organization"]}""", "allowedScopes[0]")]
    [InlineData("""{"redirectUris":["https://good.example/","javascript:alert(1)"]}""", "redirectUris[1]")]
    [Trait("negative", "61")]
    public async Task What_cannot_be_changed_is_refused_by_name(string body, string field)
    {
        var agent = await _acme.RegisterAsync();
        var problem = await _acme.AskAsync(HttpMethod.Patch, PathOf(agent), body, HttpStatusCode.BadRequest);
        Assert.Equal([field], problem.GetProperty("errors").EnumerateObject().Select(member => member.Name));
        Assert.Equal(Text(agent, "version"), Text(await _acme.GetAsync(PathOf(agent)), "version"));
    }

    [Fact]
    public async Task A_revoked_agent_can_be_read_and_nothing_else()
    {
        var agent = await _acme.RegisterAsync();
        Assert.Equal("revoked", Text(await _acme.PostAsync(PathOf(agent, "/revoke")), "status"));

        foreach (var (method, more, body) in new[] { ("PATCH", "", """{"name":"Back"}"""), ("POST", "/resume", null), ("POST", "/suspend", null), ("POST", "/rotate-secret", null) })
        {
            var problem = await _acme.AskAsync(new HttpMethod(method), PathOf(agent, more), body, HttpStatusCode.Conflict);
            Assert.Equal("agent_revoked", Text(problem, "code"));
        }

        Assert.Equal("revoked", Text(await _acme.PostAsync(PathOf(agent, "/revoke")), "status"));
        await _acme.AskAsync(HttpMethod.Delete, PathOf(agent), null, HttpStatusCode.NoContent);
        Assert.Equal(("revoked", Text(agent, "name")), (Text(await _acme.GetAsync(PathOf(agent)), "status"), Text(await _acme.GetAsync(PathOf(agent)), "name")));
        Assert.Single(await _server.TrailAsync(AgentEvents.Revoked), entry => entry.Target == Text(agent, "id"));
    }

    [Fact]
    public async Task The_owner_can_become_any_member()
    {
        var agent = await _acme.RegisterAsync();
        var colleague = await _acme.ColleagueAsync(Role.Developer);
        Assert.Equal(colleague.UserId, Text(await _acme.AskAsync(HttpMethod.Patch, PathOf(agent), $$"""{"owner_id":"{{colleague.UserId}}"}"""), "ownerId"));
    }

    private async Task<JsonElement> RedeemedAsync(JsonElement agent, string code)
    {
        using var response = await RedeemAsync(_server, agent, code);
        return await OkAsync(response);
    }

    private async Task<JsonElement> RefreshedAsync(JsonElement agent, JsonElement tokens)
    {
        using var response = await RefreshAsync(_server, agent, Text(tokens, "refresh_token"));
        return await OkAsync(response);
    }
}
