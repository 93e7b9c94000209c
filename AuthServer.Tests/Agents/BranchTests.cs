using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Agents;
using AuthServer.Tests.Support;
using static AuthServer.Tests.Agents.AgentInstallation;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Agents;

/// <summary>What happens to an agent happens to all that it made: it holds them up, and bounds them.</summary>
public sealed class BranchTests(AgentInstallation installation) : IClassFixture<AgentInstallation>
{
    private readonly TestServer _server = installation.Server;
    private readonly OrganizationSide _acme = installation.Acme;

    [Fact]
    public async Task With_a_suspended_agent_all_that_it_made_stops_and_goes_on_when_it_is_resumed()
    {
        var (parent, child, grandchild) = await BranchAsync();
        var sibling = await _acme.RegisterAsync();
        string[] tokens = [await TokenAsync(_server, parent), await TokenAsync(_server, child), await TokenAsync(_server, grandchild)];
        using var redeemed = await RedeemAsync(_server, grandchild, await CodeAsync(_server, grandchild));
        var refresh = Text(await OkAsync(redeemed), "refresh_token");
        var beside = await TokenAsync(_server, sibling);

        await _acme.PostAsync(PathOf(parent, "/suspend"));

        foreach (var token in tokens)
        {
            Assert.False(await IsActiveAsync(_server, token));
        }

        Assert.True(await IsActiveAsync(_server, beside));
        foreach (var below in new[] { child, grandchild })
        {
            using var asked = await AskTokenAsync(_server, below);
            await Flows.AssertErrorAsync(asked, 401, "invalid_client");
            var shown = await _acme.GetAsync(PathOf(below));
            Assert.Equal(("suspended", Text(parent, "id")), (Text(shown, "status"), Text(shown, "suspendedWithAgentId")));
        }

        _server.Clock.Advance(TimeSpan.FromSeconds(2));
        await _acme.PostAsync(PathOf(parent, "/resume"));

        Assert.True(await IsActiveAsync(_server, await TokenAsync(_server, grandchild)));
        Assert.False((await _acme.GetAsync(PathOf(grandchild))).TryGetProperty("suspendedWithAgentId", out _));
        foreach (var token in tokens)
        {
            Assert.False(await IsActiveAsync(_server, token));
        }

        using var refreshed = await RefreshAsync(_server, grandchild, refresh);
        await Flows.AssertErrorAsync(refreshed, 400, "invalid_grant");
        foreach (var type in new[] { AgentEvents.Suspended, AgentEvents.Resumed })
        {
            var told = (await _server.TrailAsync(type)).Where(entry => entry.Target == Text(grandchild, "id"));
            var entry = Assert.Single(told);
            Assert.Equal((_acme.UserId, Text(grandchild, "clientId"), _acme.Id), (entry.Subject, entry.ClientId, entry.OrganizationId));
            Assert.Contains($"\"above\":\"{Text(parent, "id")}\"", entry.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_was_suspended_by_itself_stays_so_and_holds_what_it_made()
    {
        var (parent, child, grandchild) = await BranchAsync();
        await _acme.PostAsync(PathOf(child, "/suspend"));
        await _acme.PostAsync(PathOf(parent, "/suspend"));
        await _acme.PostAsync(PathOf(parent, "/resume"));

        Assert.Equal("suspended", Text(await _acme.GetAsync(PathOf(child)), "status"));
        Assert.Equal(Text(child, "id"), Text(await _acme.GetAsync(PathOf(grandchild)), "suspendedWithAgentId"));
        await _acme.PostAsync(PathOf(child, "/resume"));
        Assert.Equal("active", Text(await _acme.GetAsync(PathOf(grandchild)), "status"));
    }

    [Fact]
    public async Task What_is_suspended_with_another_can_be_suspended_by_itself_too()
    {
        var (parent, child, grandchild) = await BranchAsync();
        await _acme.PostAsync(PathOf(parent, "/suspend"));
        await _acme.PostAsync(PathOf(child, "/suspend"));
        Assert.False((await _acme.GetAsync(PathOf(child))).TryGetProperty("suspendedWithAgentId", out _));
        await _acme.PostAsync(PathOf(parent, "/resume"));

        foreach (var below in new[] { child, grandchild })
        {
            Assert.Equal("suspended", Text(await _acme.GetAsync(PathOf(below)), "status"));
        }
    }

    [Fact]
    public async Task Nothing_is_resumed_below_a_suspended_agent()
    {
        var (parent, child, grandchild) = await BranchAsync();
        await _acme.PostAsync(PathOf(grandchild, "/suspend"));
        await _acme.PostAsync(PathOf(parent, "/suspend"));

        foreach (var below in new[] { child, grandchild })
        {
            Assert.Equal("parent_suspended", Text(await _acme.AskAsync(HttpMethod.Post, PathOf(below, "/resume"), null, HttpStatusCode.Conflict), "code"));
            Assert.Equal("suspended", Text(await _acme.GetAsync(PathOf(below)), "status"));
        }
    }

    [Theory]
    [InlineData("POST", "/revoke", HttpStatusCode.OK)]
    [InlineData("DELETE", "", HttpStatusCode.NoContent)]
    public async Task With_a_revoked_agent_all_that_it_made_is_revoked(string method, string path, HttpStatusCode status)
    {
        var (parent, child, grandchild) = await BranchAsync();
        await _acme.PostAsync(PathOf(child, "/suspend"));
        await _acme.PostAsync(PathOf(child, "/resume"));
        _server.Clock.Advance(TimeSpan.FromSeconds(2));
        var token = await TokenAsync(_server, grandchild);

        await _acme.AskAsync(HttpMethod.Parse(method), PathOf(parent, path), null, status);

        Assert.False(await IsActiveAsync(_server, token));
        foreach (var below in new[] { child, grandchild })
        {
            using var asked = await AskTokenAsync(_server, below);
            await Flows.AssertErrorAsync(asked, 401, "invalid_client");
            Assert.Equal("revoked", Text(await _acme.GetAsync(PathOf(below)), "status"));
            Assert.Equal("agent_revoked", Text(await _acme.AskAsync(HttpMethod.Post, PathOf(below, "/resume"), null, HttpStatusCode.Conflict), "code"));
            Assert.Single(await _server.TrailAsync(AgentEvents.Revoked), entry => entry.Target == Text(below, "id"));
        }

        await _acme.RegisterAsync(OrganizationSide.Agent(("name", Text(child, "name"))));
    }

    [Fact]
    public async Task An_agent_never_may_more_than_the_one_that_made_it()
    {
        var parent = await _acme.RegisterAsync(OrganizationSide.Agent(("allowedScopes", new JsonArray("email:*"))));
        var child = await ChildAsync(parent, "email:read", "calendar:read");
        var grandchild = await ChildAsync(child, "email:*", "calendar:read");

        Assert.Equal("email:read", await ScopeAsync(child));
        Assert.Equal("email:read", await ScopeAsync(grandchild));
        using var wider = await Flows.TokenAsync(
            _server, Text(grandchild, "clientId"), Text(grandchild, "clientSecret"), ("grant_type", "client_credentials"), ("scope", "calendar:read"));
        await Flows.AssertErrorAsync(wider, 400, "invalid_scope");

        // More for the one above is more for those below, as far as they were let.
        await _acme.AskAsync(HttpMethod.Patch, PathOf(parent), new { allowedScopes = new[] { "email:*", "calendar:*" } });
        Assert.Equal("calendar:read email:read", await ScopeAsync(child));
    }

    [Fact]
    public async Task What_is_taken_from_an_agent_is_taken_from_what_it_made_and_wider_tokens_end()
    {
        var parent = await _acme.RegisterAsync();
        var (wide, narrow) = (await ChildAsync(parent, "email:read", "email:send"), await ChildAsync(parent, "email:read"));
        var below = await ChildAsync(wide, "email:send", "email:read");
        using var redeemed = await RedeemAsync(_server, below, await CodeAsync(_server, below));
        var refresh = Text(await OkAsync(redeemed), "refresh_token");
        string[] dead = [await TokenAsync(_server, parent), await TokenAsync(_server, wide), await TokenAsync(_server, below)];
        var alive = await TokenAsync(_server, narrow);

        await _acme.AskAsync(HttpMethod.Patch, PathOf(parent), new { allowedScopes = new[] { "email:read" } });

        foreach (var token in dead)
        {
            Assert.False(await IsActiveAsync(_server, token));
        }

        Assert.True(await IsActiveAsync(_server, alive));
        string[] told = [.. (await _server.TrailAsync(AgentEvents.TokensEnded)).Select(entry => entry.Target!)];
        Assert.All(new[] { parent, wide, below }, agent => Assert.Single(told, Text(agent, "id")));
        Assert.DoesNotContain(Text(narrow, "id"), told);
        Assert.Equal("email:read", await ScopeAsync(below));
        _server.Clock.Advance(TimeSpan.FromSeconds(2));
        using var refreshed = await RefreshAsync(_server, below, refresh);
        Assert.True(await IsActiveAsync(_server, Text(await OkAsync(refreshed), "access_token")));
        Assert.True(await IsActiveAsync(_server, await TokenAsync(_server, wide)));
    }

    [Fact]
    public async Task A_change_that_takes_nothing_away_ends_nothing()
    {
        var (parent, child, _) = await BranchAsync();
        var token = await TokenAsync(_server, child);

        await _acme.AskAsync(HttpMethod.Patch, PathOf(parent), new { allowedScopes = new[] { "email:*" }, description = "Reads and sends" });

        Assert.True(await IsActiveAsync(_server, token));
    }

    [Fact]
    public async Task An_agent_that_a_key_made_ends_with_the_key_whatever_it_proves_itself_by()
    {
        var maker = await _acme.RegisterAsync(OrganizationSide.Agent(("allowedScopes", new JsonArray("agents.write", "credentials.write", "delegations.write", "api.read"))));
        var until = _server.Clock.Now.AddMinutes(10);
        var key = Text(await _acme.AskAsync(HttpMethod.Post, "/api/v1/credentials", new { agent_id = Text(maker, "id"), expires_at = until }, HttpStatusCode.Created), "raw_key");
        using var rest = new Rest(_server, key);
        var child = (await rest.PostAsync("/agents", new { name = $"child {Guid.NewGuid():N}", allowed_scopes = new[] { "agents.write", "credentials.write", "api.read" } }))
            .Is(HttpStatusCode.Created).Json;

        // With its own secret it makes itself a key, and an agent below: none lasts longer.
        using var own = new Rest(_server, await TokenAsync(_server, child));
        var made = (await own.PostAsync("/credentials", new { })).Is(HttpStatusCode.Created).Json;
        var grandchild = (await own.PostAsync("/agents", new { name = $"grandchild {Guid.NewGuid():N}" })).Is(HttpStatusCode.Created).Json;
        foreach (var end in new[] { child.GetProperty("expiresAt"), grandchild.GetProperty("expiresAt"), made.GetProperty("credential").GetProperty("expires_at") })
        {
            Assert.True(end.GetDateTimeOffset() <= until, end.ToString());
        }

        var given = await _acme.AskAsync(
            HttpMethod.Post, "/api/v1/delegations", new { delegator_agent_id = Text(child, "id"), delegate_agent_id = Text(maker, "id"), scopes = new[] { "api.read" } }, HttpStatusCode.Created);
        Assert.True(given.GetProperty("expires_at").GetDateTimeOffset() <= until);

        _server.Clock.AdvanceTo(until.AddMinutes(-1));
        using var last = await AskTokenAsync(_server, child);
        Assert.True((await OkAsync(last)).GetProperty("expires_in").GetInt32() <= 60);
        _server.Clock.AdvanceTo(until);
        using var asked = await AskTokenAsync(_server, child);
        await Flows.AssertErrorAsync(asked, 401, "invalid_client");
    }

    private async Task<(JsonElement Parent, JsonElement Child, JsonElement Grandchild)> BranchAsync()
    {
        var parent = await _acme.RegisterAsync();
        var child = await ChildAsync(parent, "email:read", "email:send");
        return (parent, child, await ChildAsync(child, "email:read", "email:send"));
    }

    private Task<JsonElement> ChildAsync(JsonElement parent, params string[] scopes) => _acme.RegisterAsync(OrganizationSide.Agent(
        ("parentAgentId", Text(parent, "id")), ("allowedScopes", new JsonArray([.. scopes.Select(scope => JsonValue.Create(scope))]))));

    private async Task<string> ScopeAsync(JsonElement agent)
    {
        using var response = await AskTokenAsync(_server, agent);
        return string.Join(' ', Text(await OkAsync(response), "scope").Split(' ').Order(StringComparer.Ordinal));
    }
}
