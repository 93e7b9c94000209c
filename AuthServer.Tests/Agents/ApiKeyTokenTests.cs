using System.Net;
using System.Text.Json;
using AuthServer.Protocol;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Agents;

/// <summary>The tokens that API keys give at the agents' own door.</summary>
public sealed class ApiKeyTokenTests(ChainSide side) : IClassFixture<ChainSide>
{
    [Fact]
    public async Task A_key_gives_a_token_with_its_times_and_a_refresh_token()
    {
        var agent = await side.AgentAsync();
        var answer = await agent.AuthenticateAsync("api.read");
        var claims = ChainSide.Claims(answer.GetProperty("access_token").GetString()!);

        Assert.Equal((agent.Id, "api.read", 900), (claims.GetProperty("sub").GetString(), claims.GetProperty("scope").GetString(), answer.GetProperty("expires_in").GetInt32()));
        Assert.Equal(agent.ClientId, claims.GetProperty("client_id").GetString());
        Assert.False(claims.TryGetProperty("act", out _) || claims.TryGetProperty("sid", out _) || claims.TryGetProperty("auth_time", out _));
        Assert.Equal(TimeSpan.FromMinutes(14), answer.GetProperty("refresh_before").GetDateTimeOffset() - answer.GetProperty("issued_at").GetDateTimeOffset());
        Assert.Equal(43, answer.GetProperty("refresh_token").GetString()!.Length);
    }

    [Fact]
    public async Task The_standard_endpoint_gives_client_credentials_no_refresh_token()
    {
        var agent = await side.AgentAsync();
        using var http = side.Server.CreateClient();
        var answer = (await RestAnswer.ReadAsync(await http.PostAsync(
            "/connect/token", TokenSide.Form(("grant_type", "client_credentials"), ("client_secret", agent.Key), ("scope", "api.read"))))).Is(HttpStatusCode.OK).Json;

        Assert.False(answer.TryGetProperty("refresh_token", out _));
        Assert.False(answer.TryGetProperty("refresh_before", out _));
    }

    [Theory]
    [InlineData("agt")]
    [InlineData("agc")]
    [InlineData("uuid")]
    public async Task The_agent_may_be_named_beside_its_key(string how)
    {
        var agent = await side.AgentAsync();
        var name = how switch { "agt" => agent.Id, "agc" => agent.ClientId, _ => Identifiers.ToUuid("agt_", agent.Id).ToString() };

        (await side.AuthAsync(new { grant_type = "client_credentials", client_id = name, client_secret = agent.Key })).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_key_under_another_agents_name_is_refused()
    {
        var (agent, other) = (await side.AgentAsync(), await side.AgentAsync());
        var answer = await side.AuthAsync(new { grant_type = "client_credentials", client_id = other.ClientId, client_secret = agent.Key });

        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (answer.Status, answer.Json.GetProperty("error").GetString()));
    }

    [Fact]
    public async Task A_scope_beyond_the_key_is_refused_and_one_within_it_is_given()
    {
        var agent = await side.AgentAsync();
        using var rest = agent.Rest();
        var key = (await rest.PostAsync("/credentials", new { scopes = new[] { "api.read" } })).Is(HttpStatusCode.Created).Json.GetProperty("raw_key").GetString();

        var refused = await side.AuthAsync(new { grant_type = "client_credentials", client_secret = key, scope = "api.write" });
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_scope"), (refused.Status, refused.Json.GetProperty("error").GetString()));
        var given = (await side.AuthAsync(new { grant_type = "client_credentials", client_secret = key })).Is(HttpStatusCode.OK);
        Assert.Equal("api.read", given.Json.GetProperty("scope").GetString());
    }

    [Fact]
    public async Task A_refresh_token_of_a_key_is_enough_by_itself_and_rotates()
    {
        var agent = await side.AgentAsync();
        var first = await agent.AuthenticateAsync();
        var second = (await RefreshAsync(first)).Is(HttpStatusCode.OK).Json;

        Assert.NotEqual(first.GetProperty("refresh_token").GetString(), second.GetProperty("refresh_token").GetString());
        Assert.True(await side.IsActiveAsync(agent, first.GetProperty("access_token").GetString()!));
        Assert.True(await side.IsActiveAsync(agent, second.GetProperty("access_token").GetString()!));
    }

    [Fact]
    public async Task A_refresh_token_that_was_used_twice_ends_its_family_the_new_access_token_included()
    {
        var agent = await side.AgentAsync();
        var first = await agent.AuthenticateAsync();
        var second = (await RefreshAsync(first)).Is(HttpStatusCode.OK).Json;
        var replayed = await RefreshAsync(first);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (replayed.Status, replayed.Json.GetProperty("error").GetString()));
        Assert.False(await side.IsActiveAsync(agent, second.GetProperty("access_token").GetString()!));
        Assert.Equal(HttpStatusCode.BadRequest, (await RefreshAsync(second)).Status);
    }

    [Fact]
    public async Task Revoking_either_token_of_a_pair_ends_both()
    {
        var agent = await side.AgentAsync();
        foreach (var name in new[] { "access_token", "refresh_token" })
        {
            var pair = await agent.AuthenticateAsync();
            using var rest = side.As(null);
            (await rest.PostAsync("/auth/token/revoke", new { client_secret = agent.Key, token = pair.GetProperty(name).GetString() })).Is(HttpStatusCode.OK);

            Assert.False(await side.IsActiveAsync(agent, pair.GetProperty("access_token").GetString()!));
            Assert.Equal(HttpStatusCode.BadRequest, (await RefreshAsync(pair)).Status);
        }
    }

    [Fact]
    public async Task A_family_ends_after_seven_days_or_with_its_key()
    {
        var agent = await side.AgentAsync();
        var lasting = await agent.AuthenticateAsync();
        using var rest = agent.Rest();
        var brief = (await rest.PostAsync("/credentials", new { expires_at = side.Server.Clock.Now.AddMinutes(5), token_lifetime_seconds = 600 })).Is(HttpStatusCode.Created).Json;
        var ending = (await side.AuthAsync(new { grant_type = "client_credentials", client_secret = brief.GetProperty("raw_key").GetString() })).Is(HttpStatusCode.OK).Json;

        Assert.Equal(300, ending.GetProperty("expires_in").GetInt32());
        side.Server.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(HttpStatusCode.BadRequest, (await RefreshAsync(ending)).Status);
        side.Server.Clock.Advance(TimeSpan.FromDays(6));
        var later = (await RefreshAsync(lasting)).Is(HttpStatusCode.OK).Json;
        side.Server.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(HttpStatusCode.BadRequest, (await RefreshAsync(later)).Status);
    }

    [Fact]
    public async Task A_suspended_agents_keys_give_nothing()
    {
        var agent = await side.AgentAsync();
        var tokens = await agent.AuthenticateAsync();
        await side.Organization.PostAsync($"/api/v1/agents/{agent.Id}/suspend");

        Assert.Equal(HttpStatusCode.Unauthorized, (await side.AuthAsync(new { grant_type = "client_credentials", client_secret = agent.Key })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await RefreshAsync(tokens)).Status);
        using var rest = agent.Rest();
        (await rest.GetAsync("/credentials")).Is(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"grant_type\":1}")]
    [InlineData("{\"grant_type\":\"client_credentials\",\"grant_type\":\"refresh_token\"}")]
    [InlineData("{\"grant_type\":\"a\\u0000b\"}")]
    [InlineData("{\"grant_type\":{}}")]
    [InlineData("{")]
    public async Task A_body_that_is_no_object_of_texts_is_an_invalid_request(string body)
    {
        using var http = side.Server.CreateClient();
        var answer = await RestAnswer.ReadAsync(await http.PostAsync("/api/v1/auth/token", new StringContent(body, null, "application/json")));

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (answer.Status, answer.Json.GetProperty("error").GetString()));
    }

    [Fact]
    public async Task The_standard_token_endpoint_takes_no_json()
    {
        using var http = side.Server.CreateClient();
        var answer = await RestAnswer.ReadAsync(await http.PostAsync("/connect/token", new StringContent("{\"grant_type\":\"client_credentials\"}", null, "application/json")));

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
    }

    private Task<RestAnswer> RefreshAsync(JsonElement tokens) =>
        side.AuthAsync(new { grant_type = "refresh_token", refresh_token = tokens.GetProperty("refresh_token").GetString() });
}
