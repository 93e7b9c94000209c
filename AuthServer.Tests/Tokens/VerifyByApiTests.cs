using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Tests.Support;
using static AuthServer.Tests.Support.AgentSide;

namespace AuthServer.Tests.Tokens;

/// <summary><c>POST /api/v1/tokens/verify</c> as an organization's API asks it, with the API's own credential, about tokens that were made for it.</summary>
public sealed class VerifyByApiTests(AgentSide side) : IClassFixture<AgentSide>, IAsyncLifetime
{
    private const string Api = "https://mail.acme.example";

    private OrganizationSide _acme = null!;
    private JsonElement _agent;
    private (string Name, string Value) _api;
    private string _apiClientId = "";
    private string _url = "";

    public async Task InitializeAsync()
    {
        _acme = await OrganizationSide.CreateAsync(side.Server);
        _agent = await _acme.RegisterAsync(OrganizationSide.Agent(("allowedScopes", new JsonArray("email:read", "email:send"))));
        _url = $"{Api}/{Guid.NewGuid():n}";
        var registered = await _acme.AskAsync(HttpMethod.Post, "/api/v1/resources", new { url = _url }, HttpStatusCode.Created);
        _apiClientId = Text(registered.GetProperty("resource"), "clientId");
        _api = Basic(_apiClientId, Text(registered, "clientSecret"));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task An_auditors_key_makes_no_decision()
    {
        var auditor = await _acme.ColleagueAsync(AuthServer.Organizations.Role.Auditor);

        await side.AskAsync("/api/v1/tokens/verify", new JsonObject { ["token"] = await TokenAsync() }, HttpStatusCode.Forbidden, ("X-Api-Key", auditor.Key));
    }

    [Fact]
    public async Task It_learns_the_whole_decision_and_the_trail_says_who_asked()
    {
        var verified = await side.VerifyAsync(await TokenAsync(), ["email:send"], null, _api);
        Assert.Equal((true, "allowed", Text(_agent, "id"), _acme.Id), (
            verified.GetProperty("allowed").GetBoolean(), Text(verified, "reasonCode"), Text(verified, "agentId"), Text(verified, "organizationId")));

        var told = Assert.Single(await side.Server.TrailAsync("token.verified"), row => row.Id == Text(verified, "decisionId"));
        Assert.Contains($"\"enforcer\":\"{_apiClientId}\"", told.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_it_was_shown_that_is_no_token_is_in_its_organizations_trail()
    {
        await side.VerifyAsync("eyJhbG", ["email:send"], null, _api);
        var told = Assert.Single(await side.Server.TrailAsync("token.verified"), row => row.OrganizationId == _acme.Id);
        Assert.Equal(("denied", "token_invalid", _apiClientId), (told.Outcome, told.Reason, told.ClientId));
    }

    [Fact]
    public async Task Its_word_on_the_agents_address_is_believed_and_nobody_elses_is()
    {
        await PolicyAsync("""{"name":"Office","rules":[{"type":"ip_allowlist","config":{"cidrs":["192.0.2.0/24"]}}]}""");
        var token = await TokenAsync();
        Assert.True(await MayAsync(token, "192.0.2.7", _api));
        Assert.False(await MayAsync(token, "198.51.100.7", _api));
        Assert.False(await MayAsync(token, "192.0.2.7"));
        Assert.False(await MayAsync(token, "192.0.2.7", Basic(Text(_agent, "clientId"), Text(_agent, "clientSecret"))));
        Assert.False(await MayAsync(token, "192.0.2.7", ("X-Api-Key", side.Organization.Key)));
    }

    [Fact]
    public async Task An_agent_that_may_introspect_for_the_API_does_not_vouch_for_itself()
    {
        var resource = (await _acme.AskAsync(HttpMethod.Get, "/api/v1/resources", null)).GetProperty("data")[0];
        await _acme.AskAsync(HttpMethod.Patch, $"/api/v1/resources/{Text(resource, "id")}", new { introspectors = new[] { Text(_agent, "clientId") } });
        await PolicyAsync("""{"name":"Office","rules":[{"type":"ip_allowlist","config":{"cidrs":["192.0.2.0/24"]}}]}""");
        Assert.False(await MayAsync(await TokenAsync(), "192.0.2.7", Basic(Text(_agent, "clientId"), Text(_agent, "clientSecret"))));
    }

    [Fact]
    public async Task A_limit_names_its_policy_and_what_is_left_and_the_same_action_counts_once()
    {
        var policy = await PolicyAsync("""{"name":"Two","rules":[{"type":"rate_limit","config":{"maxRequests":2,"windowSeconds":60,"scope":"per_agent"}}]}""");
        var token = await TokenAsync();
        var (first, again) = (await CountAsync(token, "mail-1"), await CountAsync(token, "mail-1"));
        Assert.Equal((1, 1), (first.GetProperty("rate").GetProperty("remaining").GetInt32(), again.GetProperty("rate").GetProperty("remaining").GetInt32()));
        Assert.True((await CountAsync(token, "mail-2")).GetProperty("allowed").GetBoolean());

        var refused = await CountAsync(token, "mail-3");
        Assert.Equal((false, "rate_limit_exceeded", Text(policy, "id"), "Two"), (
            refused.GetProperty("allowed").GetBoolean(), Text(refused, "reasonCode"), Text(refused, "policyId"), Text(refused, "policyName")));
    }

    [Theory]
    [InlineData("{\"resource\":\"a\\nb\"}", "resource")]
    [InlineData("{\"actionId\":\"a\\u0000b\"}", "actionId")]
    [InlineData("{\"requiredScopes\":[\"SCOPE\"]}", "requiredScopes")]
    public async Task What_no_trail_should_hold_is_refused(string body, string field)
    {
        var asked = JsonNode.Parse(body.Replace("SCOPE", new string('x', 201), StringComparison.Ordinal))!.AsObject();
        asked["token"] = await TokenAsync();
        var problem = await side.AskAsync("/api/v1/tokens/verify", asked, HttpStatusCode.BadRequest, _api);
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.ToString());
    }

    [Fact]
    public async Task A_resource_is_kept_in_the_trail_without_the_secrets_in_its_name()
    {
        var verified = await side.VerifyAsync(await TokenAsync(), ["email:send"], new JsonObject { ["resource"] = "https://x.example/?access_token=abcdef" }, _api);
        var told = Assert.Single(await side.Server.TrailAsync("token.verified"), row => row.Id == Text(verified, "decisionId"));
        Assert.Contains("access_token=***", told.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("abcdef", told.Detail, StringComparison.Ordinal);
    }

    private Task<JsonElement> PolicyAsync(string policy) => _acme.AskAsync(HttpMethod.Post, "/api/v1/policies", policy, HttpStatusCode.Created);

    private Task<JsonElement> CountAsync(string token, string actionId) =>
        side.VerifyAsync(token, ["email:send"], new JsonObject { ["actionId"] = actionId }, _api);

    private async Task<bool> MayAsync(string token, string ip, params (string Name, string Value)[] credential) =>
        (await side.VerifyAsync(token, ["email:send"], new JsonObject { ["context"] = new JsonObject { ["ip"] = ip } }, credential)).GetProperty("allowed").GetBoolean();

    /// <summary>A token that the agent got for itself, made for the API.</summary>
    private async Task<string> TokenAsync()
    {
        using var response = await Flows.TokenAsync(
            side.Server, Text(_agent, "clientId"), Text(_agent, "clientSecret"), ("grant_type", "client_credentials"), ("scope", "email:send"), ("resource", _url));
        return Text(await ReadAsync(response, HttpStatusCode.OK), "access_token");
    }
}
