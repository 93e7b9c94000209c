using System.Net;
using System.Text.Json.Nodes;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using static AuthServer.Tests.Support.AgentSide;

namespace AuthServer.Tests.Tokens;

/// <summary><c>POST /api/v1/tokens/verify</c>: revocation, scopes and policies in one answer, and who may know how much of it.</summary>
public sealed class VerifyTests(AgentSide side) : IClassFixture<AgentSide>
{
    [Fact]
    public async Task Whoever_holds_a_token_learns_whether_for_whom_and_which_scopes_and_nothing_else()
    {
        var (tokens, _, userId) = await side.ConsentedAsync();
        var verified = await side.VerifyAsync(Text(tokens, "accessToken"), ["email:send"]);
        Assert.True(verified.GetProperty("allowed").GetBoolean());
        Assert.Equal(userId, Text(verified, "userId"));
        Assert.Equal(["email:read", "email:send"], Texts(verified, "grantedScopes").Order(StringComparer.Ordinal));
        Assert.Equal(["allowed", "grantedScopes", "reasonCode", "userId"], verified.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_agents_own_organization_learns_the_whole_decision_and_finds_it_in_the_trail()
    {
        var (tokens, _, userId) = await side.ConsentedAsync();
        var verified = await side.VerifyAsync(Text(tokens, "accessToken"), ["email:send", "files:delete"], null, side.DeveloperKey);
        Assert.False(verified.GetProperty("allowed").GetBoolean());
        Assert.Equal(("scope_missing", userId, side.AgentId, side.ClientId, side.Organization.Id), (
            Text(verified, "reasonCode"), Text(verified, "userId"), Text(verified, "agentId"), Text(verified, "clientId"), Text(verified, "organizationId")));
        Assert.Equal(["files:delete"], Texts(verified, "missingScopes"));
        Assert.False(string.IsNullOrEmpty(Text(verified, "reason")));

        var told = Assert.Single(await side.Server.TrailAsync("token.verified"), row => row.Id == Text(verified, "decisionId"));
        Assert.Equal(("denied", "scope_missing", side.AgentId, side.Organization.Id, userId), (told.Outcome, told.Reason, told.AgentId, told.OrganizationId, told.Subject));
    }

    [Fact]
    public async Task What_the_resource_server_tells_of_its_request_goes_to_the_trail_without_the_secrets_in_it()
    {
        var (tokens, _, _) = await side.ConsentedAsync();
        var context = new JsonObject { ["ip"] = "192.0.2.7", ["mailbox"] = "inbox", ["session_token"] = "abc", ["link"] = "https://x.example/?code=abc" };
        var verified = await side.VerifyAsync(Text(tokens, "accessToken"), ["email:send"], new JsonObject { ["context"] = context }, side.DeveloperKey);

        var told = Assert.Single(await side.Server.TrailAsync("token.verified"), row => row.Id == Text(verified, "decisionId"));
        Assert.Equal("""{"context":{"mailbox":"inbox","session_token":"***","link":"https://x.example/?code=***"}}""", told.Personal);
        Assert.Equal("192.0.2.7", told.Address);
    }

    [Fact]
    public async Task Whoever_merely_holds_a_token_tells_the_trail_nothing()
    {
        var (tokens, _, _) = await side.ConsentedAsync();
        await side.VerifyAsync(Text(tokens, "accessToken"), ["email:send"], new JsonObject { ["context"] = new JsonObject { ["mailbox"] = "of-a-stranger" } });
        Assert.DoesNotContain(await side.Server.TrailAsync("token.verified"), row => row.Personal?.Contains("of-a-stranger", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task Another_organization_learns_no_more_than_whoever_holds_the_token()
    {
        var (tokens, _, _) = await side.ConsentedAsync();
        var other = await OrganizationSide.CreateAsync(side.Server);
        var verified = await side.VerifyAsync(Text(tokens, "accessToken"), ["email:send"], null, ("X-Api-Key", other.Key));
        Assert.True(verified.GetProperty("allowed").GetBoolean());
        Assert.False(verified.TryGetProperty("agentId", out _));
    }

    [Fact]
    public async Task A_resource_server_accepts_no_token_that_was_made_for_another()
    {
        var (tokens, _, _) = await side.ConsentedAsync();
        var verified = await side.VerifyAsync(Text(tokens, "accessToken"), ["email:send"], null, Basic("api", Flows.Secret));
        Assert.False(verified.GetProperty("allowed").GetBoolean());
        Assert.Equal("wrong_audience", Text(verified, "reasonCode"));
    }

    [Theory]
    [InlineData("X-Api-Key", "ag_wrong")]
    [InlineData("Authorization", "Bearer ag_wrong")]
    [InlineData("Authorization", "Basic YXBpOndyb25n")]
    [InlineData("Authorization", "Basic !")]
    public async Task A_wrong_credential_is_refused_rather_than_ignored(string header, string value)
    {
        var (tokens, _, _) = await side.ConsentedAsync();
        using var response = await side.PostAsync("/api/v1/tokens/verify", new JsonObject { ["token"] = Text(tokens, "accessToken") }, (header, value));
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [InlineData("eyJhbG")]
    [InlineData("a.b.c")]
    [InlineData("ags_not-a-token")]
    public async Task What_is_no_live_token_is_not_allowed_and_says_no_more(string token)
    {
        var verified = await side.VerifyAsync(token, ["email:send"]);
        Assert.False(verified.GetProperty("allowed").GetBoolean());
        Assert.Equal("token_invalid", Text(verified, "reasonCode"));
        Assert.False(verified.TryGetProperty("reason", out _));
    }

    [Fact]
    public async Task Revoking_by_the_token_itself_ends_everything_of_the_consents_family_at_once()
    {
        var (tokens, _, _) = await side.ConsentedAsync();
        var refresh = Refresh(Text(tokens, "refreshToken"));
        var next = await side.AskAsync("/api/v1/tokens/refresh", refresh);
        Assert.True((await side.VerifyAsync(Text(next, "accessToken"), ["email:read"])).GetProperty("allowed").GetBoolean());

        await side.AskAsync("/api/v1/tokens/revoke", new JsonObject { ["token"] = Text(next, "accessToken") });
        Assert.False((await side.VerifyAsync(Text(next, "accessToken"), ["email:read"])).GetProperty("allowed").GetBoolean());
        Assert.False((await side.VerifyAsync(Text(tokens, "accessToken"), ["email:read"])).GetProperty("allowed").GetBoolean());
        refresh["refreshToken"] = Text(next, "refreshToken");
        await side.AskAsync("/api/v1/tokens/refresh", refresh, HttpStatusCode.BadRequest);

        // Twice, and of what never was, is answered alike.
        await side.AskAsync("/api/v1/tokens/revoke", new JsonObject { ["token"] = Text(next, "accessToken") });
        await side.AskAsync("/api/v1/tokens/revoke", new JsonObject { ["token"] = "garbage" });
    }

    [Fact]
    public async Task Whoever_holds_an_old_refresh_token_ends_its_family_once_and_is_told_once()
    {
        var (tokens, _, _) = await side.ConsentedAsync();
        var old = Text(tokens, "refreshToken");
        await side.AskAsync("/api/v1/tokens/refresh", Refresh(old));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => side.AskAsync("/api/v1/tokens/revoke", new JsonObject { ["token"] = old })));
        await side.AskAsync("/api/v1/tokens/revoke", new JsonObject { ["token"] = old });

        var family = Text(Flows.Claims(Text(tokens, "accessToken")), "fam");
        var told = Assert.Single(await side.Server.TrailAsync(AuditEventTypes.TokenRevoked), row => row.Target == family);
        Assert.Equal((side.ClientId, side.AgentId, side.Organization.Id, "holder_request"), (told.ClientId, told.AgentId, told.OrganizationId, told.Reason));
    }

    [Fact]
    public async Task A_replay_is_told_once_however_often_it_is_tried()
    {
        var (tokens, _, _) = await side.ConsentedAsync();
        var refresh = Refresh(Text(tokens, "refreshToken"));
        await side.AskAsync("/api/v1/tokens/refresh", refresh);
        for (var i = 0; i < 3; i++)
        {
            await side.AskAsync("/api/v1/tokens/refresh", refresh, HttpStatusCode.BadRequest);
        }

        var family = Text(Flows.Claims(Text(tokens, "accessToken")), "fam");
        var told = Assert.Single(await side.Server.TrailAsync(AuditEventTypes.TokenReplayed), row => row.Target == family);
        Assert.Equal((side.AgentId, side.Organization.Id), (told.AgentId, told.OrganizationId));
    }

    [Fact]
    public async Task A_code_or_refresh_token_of_one_agent_is_worth_nothing_to_another_organizations()
    {
        var rival = await OrganizationSide.CreateAsync(side.Server);
        var thief = await rival.RegisterAsync();
        var (browser, userId) = await side.PersonAsync();
        var code = (await AllowAsync(browser, await side.FileAsync(userId)))["code"];

        await side.ExchangeAsync(code, HttpStatusCode.BadRequest, ("clientId", Text(thief, "clientId")), ("clientSecret", Text(thief, "clientSecret")));
        var tokens = await side.ExchangeAsync(code);
        var refresh = Refresh(Text(tokens, "refreshToken"));
        (refresh["clientId"], refresh["clientSecret"]) = (Text(thief, "clientId"), Text(thief, "clientSecret"));
        await side.AskAsync("/api/v1/tokens/refresh", refresh, HttpStatusCode.BadRequest);
        await side.AskAsync("/api/v1/tokens/refresh", Refresh(Text(tokens, "refreshToken")));
    }

    [Fact]
    public async Task A_refresh_token_used_twice_ends_its_family()
    {
        var (tokens, _, _) = await side.ConsentedAsync();
        var refresh = Refresh(Text(tokens, "refreshToken"));
        var next = await side.AskAsync("/api/v1/tokens/refresh", refresh);
        await side.AskAsync("/api/v1/tokens/refresh", refresh, HttpStatusCode.BadRequest);
        Assert.False((await side.VerifyAsync(Text(next, "accessToken"), [])).GetProperty("allowed").GetBoolean());
    }

    [Theory]
    [InlineData("exchange", "{}", 400)]
    [InlineData("exchange", "{\"code\":\"x\",\"clientId\":\"agc_x\",\"clientSecret\":\"y\"}", 401)]
    [InlineData("refresh", "{\"refreshToken\":\"x\"}", 400)]
    [InlineData("revoke", "{}", 400)]
    [InlineData("verify", "{}", 400)]
    [InlineData("verify", "{\"token\":\"x\",\"token\":\"y\"}", 400)]
    [InlineData("verify", "{\"token\":1}", 400)]
    [InlineData("verify", "[]", 400)]
    [InlineData("verify", "", 400)]
    [InlineData("verify", "{\"token\":\"x\",\"context\":{\"ip\":\"300.1.1.1\"}}", 400)]
    [InlineData("verify", "{\"token\":\"x\",\"context\":{\"amount\":-1}}", 400)]
    [InlineData("verify", "{\"token\":\"x\",\"requiredScopes\":[null]}", 400)]
    [InlineData("verify", "{\"token\":\"x\",\"requiredScopes\":[\"a b\"]}", 400)]
    public async Task A_body_that_cannot_be_taken_is_a_problem_and_never_an_outage(string path, string body, int status)
    {
        using var http = side.Server.CreateClient();
        using var response = await http.PostAsync("/api/v1/tokens/" + path, new StringContent(body, null, "application/json"));
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await TestServer.JsonAsync(response);
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.Equal($"{side.Server.Issuer}/docs/errors#{Text(problem, "code")}", Text(problem, "type"));
    }

    [Fact]
    public async Task Suspending_an_agent_stops_its_tokens_at_once_and_resuming_revives_none()
    {
        var agent = await side.Organization.RegisterAsync();
        using var issued = await Flows.TokenAsync(side.Server, Text(agent, "clientId"), Text(agent, "clientSecret"), ("grant_type", "client_credentials"));
        var token = Text(await ReadAsync(issued, HttpStatusCode.OK), "access_token");
        Assert.True((await side.VerifyAsync(token, ["email:read"])).GetProperty("allowed").GetBoolean());

        await side.Organization.PostAsync($"/api/v1/agents/{Text(agent, "id")}/suspend");
        Assert.False((await side.VerifyAsync(token, ["email:read"])).GetProperty("allowed").GetBoolean());
        side.Server.Clock.Advance(TimeSpan.FromSeconds(2));
        await side.Organization.PostAsync($"/api/v1/agents/{Text(agent, "id")}/resume");
        Assert.False((await side.VerifyAsync(token, ["email:read"])).GetProperty("allowed").GetBoolean());
    }

    private JsonObject Refresh(string token) => new() { ["refreshToken"] = token, ["clientId"] = side.ClientId, ["clientSecret"] = side.ClientSecret };
}
