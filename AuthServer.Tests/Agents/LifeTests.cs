using System.Net;
using System.Text.Json;
using AuthServer.Agents;
using AuthServer.Configuration;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using static AuthServer.Tests.Agents.AgentInstallation;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Agents;

/// <summary>Suspending, resuming, revoking an agent, and ending what it has.</summary>
public sealed class LifeTests(AgentInstallation installation) : IClassFixture<AgentInstallation>
{
    private readonly TestServer _server = installation.Server;
    private readonly OrganizationSide _acme = installation.Acme;

    [Fact]
    public async Task A_suspended_agent_has_nothing_and_gets_nothing()
    {
        var agent = await _acme.RegisterAsync();
        var own = await TokenAsync(_server, agent);
        var tokens = await TokensAsync(agent);
        var code = await CodeAsync(_server, agent);
        Assert.True(await IsActiveAsync(_server, own));
        Assert.True(await IsActiveAsync(_server, Text(tokens, "access_token")));

        var suspended = await _acme.PostAsync(PathOf(agent, "/suspend"));

        Assert.Equal("suspended", Text(suspended, "status"));
        Assert.True(suspended.TryGetProperty("deactivatedAt", out _));
        Assert.NotEqual(Text(agent, "version"), Text(suspended, "version"));
        Assert.False(await IsActiveAsync(_server, own));
        Assert.False(await IsActiveAsync(_server, Text(tokens, "access_token")));
        using var asked = await AskTokenAsync(_server, agent);
        await Flows.AssertErrorAsync(asked, 401, "invalid_client");
        using var refreshed = await RefreshAsync(_server, agent, Text(tokens, "refresh_token"));
        await Flows.AssertErrorAsync(refreshed, 401, "invalid_client");
        using var redeemed = await RedeemAsync(_server, agent, code);
        await Flows.AssertErrorAsync(redeemed, 401, "invalid_client");
        using var browser = new TestBrowser(_server);
        await browser.GoAsync(Flows.AuthorizeUrl(Text(agent, "clientId"), OrganizationSide.Redirect, ("scope", "email:read")));
        Assert.Equal(HttpStatusCode.BadRequest, browser.Response.StatusCode);
    }

    [Fact]
    public async Task A_code_that_was_given_after_another_node_suspended_the_agent_gives_nothing()
    {
        var agent = await _acme.RegisterAsync();
        await TokenAsync(_server, agent); // its row is in memory, and the clock stands still

        // As another node does it, whose word has not arrived: the code is younger than the end.
        var id = Text(agent, "id");
        await _server.QueryAsync(context => context.Agents.Where(row => row.Id == id).ExecuteUpdateAsync(row => row.SetProperty(it => it.Status, AgentStatus.Suspended)));
        var code = await CodeAsync(_server, agent);

        using var redeemed = await RedeemAsync(_server, agent, code);
        await Flows.AssertErrorAsync(redeemed, 400, "invalid_grant");
        Assert.False(await _server.QueryAsync(context => context.TokenFamilies.AnyAsync(row => row.ActorId == id)));
    }

    [Fact]
    public async Task Resuming_revives_nothing_and_new_tokens_work()
    {
        var agent = await _acme.RegisterAsync();
        var own = await TokenAsync(_server, agent);
        var tokens = await TokensAsync(agent);
        var code = await CodeAsync(_server, agent);
        await _acme.PostAsync(PathOf(agent, "/suspend"));
        _server.Clock.Advance(TimeSpan.FromSeconds(2));

        var resumed = await _acme.PostAsync(PathOf(agent, "/resume"));

        Assert.Equal("active", Text(resumed, "status"));
        Assert.False(resumed.TryGetProperty("deactivatedAt", out _));
        Assert.False(await IsActiveAsync(_server, own));
        Assert.False(await IsActiveAsync(_server, Text(tokens, "access_token")));
        using var refreshed = await RefreshAsync(_server, agent, Text(tokens, "refresh_token"));
        await Flows.AssertErrorAsync(refreshed, 400, "invalid_grant");
        using var redeemed = await RedeemAsync(_server, agent, code);
        await Flows.AssertErrorAsync(redeemed, 400, "invalid_grant");
        Assert.True(await IsActiveAsync(_server, await TokenAsync(_server, agent)));
        var again = await TokensAsync(agent);
        Assert.True(await IsActiveAsync(_server, Text(again, "access_token")));
        using var refreshedAgain = await RefreshAsync(_server, agent, Text(again, "refresh_token"));
        Assert.Equal(HttpStatusCode.OK, refreshedAgain.StatusCode);
    }

    [Fact]
    public async Task Saying_it_twice_is_no_error_and_is_told_once()
    {
        var agent = await _acme.RegisterAsync();
        var first = await _acme.PostAsync(PathOf(agent, "/suspend"));
        _server.Clock.Advance(TimeSpan.FromSeconds(2));
        var second = await _acme.PostAsync(PathOf(agent, "/suspend"));

        Assert.Equal(first.GetRawText(), second.GetRawText());
        var told = Assert.Single(await _server.TrailAsync(AgentEvents.Suspended), entry => entry.Target == Text(agent, "id"));
        Assert.Equal((_acme.UserId, Text(agent, "clientId"), Text(agent, "id"), _acme.Id), (told.Subject, told.ClientId, told.AgentId, told.OrganizationId));
        await _acme.PostAsync(PathOf(agent, "/resume"));
        await _acme.PostAsync(PathOf(agent, "/resume"));
        Assert.Single(await _server.TrailAsync(AgentEvents.Resumed), entry => entry.Target == Text(agent, "id"));
    }

    [Fact]
    public async Task A_suspended_or_revoked_parent_gets_no_more_children()
    {
        var parent = await _acme.RegisterAsync();
        var body = OrganizationSide.Agent(("parentAgentId", Text(parent, "id"))).ToJsonString();
        await _acme.PostAsync(PathOf(parent, "/suspend"));
        var refused = await _acme.AskAsync(HttpMethod.Post, "/api/v1/agents", body, HttpStatusCode.BadRequest);
        Assert.True(refused.GetProperty("errors").TryGetProperty("parentAgentId", out _));

        await _acme.PostAsync(PathOf(parent, "/resume"));
        await _acme.AskAsync(HttpMethod.Post, "/api/v1/agents", body, HttpStatusCode.Created);
        await _acme.AskAsync(HttpMethod.Delete, PathOf(parent), null, HttpStatusCode.NoContent);
        await _acme.AskAsync(HttpMethod.Post, "/api/v1/agents", body, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_deleted_agents_tokens_are_dead()
    {
        var agent = await _acme.RegisterAsync();
        var token = await TokenAsync(_server, agent);

        await _acme.AskAsync(HttpMethod.Delete, PathOf(agent), null, HttpStatusCode.NoContent);

        Assert.False(await IsActiveAsync(_server, token));
        using var asked = await AskTokenAsync(_server, agent);
        await Flows.AssertErrorAsync(asked, 401, "invalid_client");
    }

    [Fact]
    public async Task Everything_an_agent_has_can_be_ended_and_it_goes_on()
    {
        var agent = await _acme.RegisterAsync();
        var own = await TokenAsync(_server, agent);
        var tokens = await TokensAsync(agent);

        await _acme.AskAsync(HttpMethod.Post, PathOf(agent, "/end"), null, HttpStatusCode.NoContent);

        Assert.False(await IsActiveAsync(_server, own));
        Assert.False(await IsActiveAsync(_server, Text(tokens, "access_token")));
        using var refreshed = await RefreshAsync(_server, agent, Text(tokens, "refresh_token"));
        await Flows.AssertErrorAsync(refreshed, 400, "invalid_grant");
        _server.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.True(await IsActiveAsync(_server, await TokenAsync(_server, agent)));
        Assert.Equal("active", Text(await _acme.GetAsync(PathOf(agent)), "status"));
    }

    [Fact]
    public async Task What_was_issued_before_a_moment_can_be_ended_alone()
    {
        var agent = await _acme.RegisterAsync();
        var old = await TokenAsync(_server, agent);
        _server.Clock.Advance(TimeSpan.FromSeconds(10));
        var before = _server.Clock.Now - TimeSpan.FromSeconds(5);
        var young = await TokenAsync(_server, agent);

        await _acme.AskAsync(HttpMethod.Post, PathOf(agent, "/end"), new { before }, HttpStatusCode.NoContent);

        Assert.False(await IsActiveAsync(_server, old));
        Assert.True(await IsActiveAsync(_server, young));
        var told = Assert.Single(await _server.TrailAsync(AgentEvents.TokensEnded), entry => entry.Target == Text(agent, "id"));
        Assert.Contains("\"before\":", told.Detail, StringComparison.Ordinal);
        var future = await _acme.AskAsync(HttpMethod.Post, PathOf(agent, "/end"), new { before = _server.Clock.Now.AddMinutes(1) }, HttpStatusCode.BadRequest);
        Assert.True(future.GetProperty("errors").TryGetProperty("before", out _));
        await _acme.AskAsync(HttpMethod.Post, PathOf(agent, "/end"), """{"before":"soon"}""", HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task The_trail_names_agent_and_organization_of_what_is_issued_and_refused()
    {
        var agent = await _acme.RegisterAsync();
        var token = Flows.Claims(await TokenAsync(_server, agent));
        using var refused = await Flows.TokenAsync(
            _server, Text(agent, "clientId"), Text(agent, "clientSecret"), ("grant_type", "client_credentials"), ("scope", "payments:charge"));
        await Flows.AssertErrorAsync(refused, 400, "invalid_scope");

        var issued = Assert.Single(await _server.TrailAsync(AuditEventTypes.TokenIssued), entry => entry.Id == Text(token, "jti"));
        Assert.Equal((Text(agent, "id"), Text(agent, "id"), _acme.Id, "email:read email:send"), (issued.Subject, issued.AgentId, issued.OrganizationId, issued.Scope));
        var denied = Assert.Single(await _server.TrailAsync(AuditEventTypes.TokenRefused), entry => entry.ClientId == Text(agent, "clientId"));
        Assert.Equal((Text(agent, "id"), _acme.Id), (denied.AgentId, denied.OrganizationId));
    }

    [Fact]
    public async Task A_token_for_a_person_names_the_acting_agent()
    {
        var agent = await _acme.RegisterAsync();
        var claims = Flows.Claims(Text(await TokensAsync(agent), "access_token"));

        Assert.StartsWith("usr_", Text(claims, "sub"), StringComparison.Ordinal);
        Assert.Equal(Text(agent, "id"), Text(claims.GetProperty("act"), "sub"));
        Assert.Equal((Text(agent, "clientId"), "assistant", "root", _acme.Id),
            (Text(claims, "client_id"), Text(claims, "agent_type"), Text(claims, "trust_level"), Text(claims, "org_id")));
    }

    [Fact]
    public async Task An_agents_refresh_token_idles_for_weeks_and_ends_after_thirty_days()
    {
        await using var server = await Flows.StartAsync();
        var side = await OrganizationSide.CreateAsync(server);
        var agent = await side.RegisterAsync();
        using var redeemed = await RedeemAsync(server, agent, await CodeAsync(server, agent));
        var tokens = await OkAsync(redeemed);
        server.Clock.Advance(TimeSpan.FromDays(20));

        using var refreshed = await RefreshAsync(server, agent, Text(tokens, "refresh_token"));
        var next = Text(await OkAsync(refreshed), "refresh_token");

        server.Clock.Advance(TimeSpan.FromDays(10));
        using var late = await RefreshAsync(server, agent, next);
        await Flows.AssertErrorAsync(late, 400, "invalid_grant");
    }

    [Fact]
    public async Task The_configuration_neither_takes_over_an_agent_nor_disables_it()
    {
        await using var server = await Flows.StartAsync();
        var side = await OrganizationSide.CreateAsync(server);
        var agent = await side.RegisterAsync();
        (string, string)[] settings = [.. Flows.Settings, ("AuthServer:Resources:1:Url", Flows.Other)];
        var before = await RowAsync(server, agent);

        await server.RestartAsync([.. settings.Where(pair => !pair.Item1.StartsWith("AuthServer:Clients:", StringComparison.Ordinal))]);
        Assert.Equal(before, await RowAsync(server, agent));
        Assert.NotEmpty(await TokenAsync(server, agent));

        await Assert.ThrowsAsync<StartRefusedException>(() => server.RestartAsync(
            [.. settings, .. Machine(4, Text(agent, "clientId"))]));
        await Assert.ThrowsAsync<StartRefusedException>(() => server.RestartAsync([.. settings, .. Machine(4, Text(agent, "id"))]));
        await server.RestartAsync(settings);
        Assert.Equal(before, await RowAsync(server, agent));
    }

    private async Task<JsonElement> TokensAsync(JsonElement agent)
    {
        using var redeemed = await RedeemAsync(_server, agent, await CodeAsync(_server, agent));
        return await OkAsync(redeemed);
    }

    private static Task<string?> RowAsync(TestServer server, JsonElement agent) =>
        server.QueryAsync(context => context.Applications.Where(row => row.ClientId == Text(agent, "clientId")).Select(row => row.ConcurrencyToken).SingleAsync());
}
