using System.Net;
using System.Text.Json;
using AuthServer.Protocol;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Agents;

/// <summary>Agents' API keys: who makes, sees, replaces and ends them.</summary>
public sealed class ApiKeyTests(ChainSide side) : IClassFixture<ChainSide>
{
    [Fact]
    public async Task It_is_known_to_the_minute_when_a_key_was_last_used()
    {
        var agent = await side.AgentAsync();
        async Task<DateTimeOffset?> UsedAsync() =>
            (await side.Organization.GetAsync("/api/v1/credentials/" + agent.KeyId)).TryGetProperty("last_used_at", out var used) && used.ValueKind != JsonValueKind.Null ? used.GetDateTimeOffset() : null;
        Assert.Null(await UsedAsync());

        await agent.TokenAsync();
        var first = side.Server.Clock.Now;
        Assert.Equal(first, (await UsedAsync())!.Value, TimeSpan.FromMilliseconds(1));

        // Within the minute it is not written again, by whatever door.
        side.Server.Clock.Advance(TimeSpan.FromSeconds(59));
        using var rest = agent.Rest();
        (await rest.GetAsync("/credentials")).Is(HttpStatusCode.OK);
        Assert.Equal(first, (await UsedAsync())!.Value, TimeSpan.FromMilliseconds(1));
        side.Server.Clock.Advance(TimeSpan.FromSeconds(6));
        (await rest.GetAsync("/credentials")).Is(HttpStatusCode.OK);
        Assert.Equal(side.Server.Clock.Now, (await UsedAsync())!.Value, TimeSpan.FromMilliseconds(1));

        // What is refused is no use of it.
        var other = await side.AgentAsync();
        await side.Organization.AskAsync(HttpMethod.Delete, "/api/v1/credentials/" + other.KeyId);
        (await side.AuthAsync(new { grant_type = "client_credentials", client_secret = other.Key })).Is(HttpStatusCode.Unauthorized);
        Assert.DoesNotContain(
            (await side.Organization.GetAsync($"/api/v1/credentials/{other.KeyId}")).EnumerateObject(), field => field.Name == "last_used_at" && field.Value.ValueKind != JsonValueKind.Null);
    }

    [Fact]
    public async Task A_key_is_shown_once_and_then_by_its_first_characters()
    {
        var agent = await side.AgentAsync();
        using var rest = agent.Rest();
        var made = (await rest.PostAsync("/credentials", new { scopes = new[] { "api.read" }, expires_at = side.Server.Clock.Now.AddDays(1) })).Is(HttpStatusCode.Created).Json;
        var key = made.GetProperty("raw_key").GetString()!;
        var credential = made.GetProperty("credential");

        Assert.StartsWith("ak_live_", key, StringComparison.Ordinal);
        Assert.Equal(key[..16], credential.GetProperty("prefix").GetString());
        Assert.Equal((agent.Id, "api_key", true), (credential.GetProperty("agent_id").GetString(), credential.GetProperty("type").GetString(), credential.GetProperty("is_valid").GetBoolean()));
        var read = (await rest.GetAsync("/credentials/" + credential.GetProperty("id").GetString())).Is(HttpStatusCode.OK);
        Assert.DoesNotContain(key, read.Text, StringComparison.Ordinal);
        Assert.Equal("api.read", read.Json.GetProperty("scopes")[0].GetString());
        Assert.Equal(2, (await rest.GetAsync("/credentials")).Is(HttpStatusCode.OK).Json.GetProperty("meta").GetProperty("total").GetInt64());
    }

    [Fact]
    public async Task What_is_said_of_a_key_goes_over_to_the_one_that_takes_its_place_and_it_is_known_when()
    {
        var agent = await side.AgentAsync();
        using var rest = agent.Rest();
        var made = (await rest.PostAsync("/credentials", new { credential_metadata = new { team = "backend" } })).Is(HttpStatusCode.Created).Json;
        Assert.False(string.IsNullOrEmpty(made.GetProperty("message").GetString()));
        Assert.Equal("backend", made.GetProperty("credential").GetProperty("credential_metadata").GetProperty("team").GetString());

        side.Server.Clock.Advance(TimeSpan.FromMinutes(1));
        var rotated = (await rest.PostAsync($"/credentials/{made.GetProperty("credential").GetProperty("id").GetString()}/rotate")).Is(HttpStatusCode.OK).Json;
        var next = rotated.GetProperty("new_credential");
        Assert.Equal("backend", next.GetProperty("credential_metadata").GetProperty("team").GetString());
        Assert.Equal(side.Server.Clock.Now, next.GetProperty("last_rotated_at").GetDateTimeOffset(), TimeSpan.FromMilliseconds(1));
        Assert.False(string.IsNullOrEmpty(rotated.GetProperty("message").GetString()));
    }

    [Fact]
    public async Task A_key_for_an_agent_that_the_caller_cannot_see_is_not_found_and_told()
    {
        var (agent, stranger) = (await side.AgentAsync(), await side.AgentAsync(await OrganizationSide.CreateAsync(side.Server)));
        using var rest = agent.Rest();
        (await rest.PostAsync("/credentials", new { agent_id = stranger.Id })).Is(HttpStatusCode.NotFound, "not_found");
        Assert.Equal("createCredential", Assert.Single(await side.Server.TrailAsync("access.refused"), row => row.Subject == agent.Id && row.Reason == "agent_not_visible").Target);
    }

    [Fact]
    public async Task A_key_can_be_made_for_nothing_that_its_maker_may_not_do()
    {
        var agent = await side.AgentAsync();
        using var narrow = side.As(await agent.TokenAsync("credentials.write api.read"));

        var refused = (await narrow.PostAsync("/credentials", new { scopes = new[] { "api.write" } })).Is(HttpStatusCode.BadRequest, "invalid_request");
        Assert.True(refused.Json.GetProperty("errors").TryGetProperty("scopes[0]", out _));
        Assert.Equal("beyond_own_rights", (await side.ReasonsAsync("access.refused"))[^1]);
        var made = (await narrow.PostAsync("/credentials", new { })).Is(HttpStatusCode.Created).Json.GetProperty("credential").GetProperty("scopes");
        Assert.Equal(["api.read", "credentials.write"], made.EnumerateArray().Select(scope => scope.GetString()!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Only_a_credential_without_bounds_makes_a_key_that_may_do_what_its_agent_is_let_do_later()
    {
        string[] scopes = ["api.read", "credentials.write"];
        var agent = await side.AgentAsync(scopes);
        using var byKey = agent.Rest();
        var bounded = await KeyAsync(byKey, new { scopes });
        using var byToken = side.As(await agent.TokenAsync());
        using var byBounded = side.As(bounded);
        string[] now = [bounded, await KeyAsync(byToken, new { }), await KeyAsync(byBounded, new { })];
        var later = await KeyAsync(byKey, new { });
        await side.Organization.AskAsync(HttpMethod.Patch, "/api/v1/agents/" + agent.Id, new { allowedScopes = new[] { "api.read", "api.write", "credentials.write" } });

        Assert.Contains("api.write", await ScopeAsync(later), StringComparison.Ordinal);
        foreach (var key in now)
        {
            Assert.DoesNotContain("api.write", await ScopeAsync(key), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_token_without_the_scope_cannot_make_keys()
    {
        var agent = await side.AgentAsync();
        using var rest = side.As(await agent.TokenAsync("api.read"));

        var refused = (await rest.PostAsync("/credentials", new { })).Is(HttpStatusCode.Forbidden, "insufficient_scope");
        Assert.Contains("scope=\"credentials.write\"", refused.Response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rotating_kills_the_old_key_and_all_that_it_gave_and_the_new_one_may_do_the_same()
    {
        var agent = await side.AgentAsync();
        var tokens = await agent.AuthenticateAsync();
        using var rest = side.As(await agent.TokenAsync());
        var rotated = (await rest.PostAsync($"/credentials/{agent.KeyId}/rotate")).Is(HttpStatusCode.OK).Json;
        var next = agent with { Key = rotated.GetProperty("raw_key").GetString()! };

        Assert.Equal(agent.KeyId, rotated.GetProperty("old_credential").GetProperty("id").GetString());
        Assert.False(rotated.GetProperty("old_credential").GetProperty("is_valid").GetBoolean());
        Assert.Equal(HttpStatusCode.Unauthorized, (await side.AuthAsync(new { grant_type = "client_credentials", client_secret = agent.Key })).Status);
        Assert.False(await side.IsActiveAsync(next, tokens.GetProperty("access_token").GetString()!));
        Assert.Equal(HttpStatusCode.BadRequest, (await side.AuthAsync(new { grant_type = "refresh_token", refresh_token = tokens.GetProperty("refresh_token").GetString() })).Status);
        Assert.True(await side.IsActiveAsync(next, await next.TokenAsync()));
    }

    [Fact]
    public async Task A_narrow_or_brief_credential_rotates_no_key_that_may_do_more_or_lasts_longer()
    {
        var agent = await side.AgentAsync();
        using var rest = agent.Rest();
        var brief = (await rest.PostAsync("/credentials", new { expires_at = side.Server.Clock.Now.AddHours(1) })).Is(HttpStatusCode.Created).Json;
        using var narrow = side.As(await agent.TokenAsync("credentials.write"));
        using var ending = side.As(brief.GetProperty("raw_key").GetString());

        (await narrow.PostAsync($"/credentials/{agent.KeyId}/rotate")).Is(HttpStatusCode.Forbidden, "beyond_own_rights");
        (await ending.PostAsync($"/credentials/{agent.KeyId}/rotate")).Is(HttpStatusCode.Forbidden, "beyond_own_rights");
        await agent.TokenAsync();
        (await ending.PostAsync($"/credentials/{brief.GetProperty("credential").GetProperty("id").GetString()}/rotate")).Is(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("/api/v1/auth/token")]
    [InlineData("/connect/token")]
    public async Task A_brief_key_makes_itself_no_lasting_one_by_way_of_its_token(string door)
    {
        var agent = await side.AgentAsync();
        using var rest = agent.Rest();
        var end = side.Server.Clock.Now.AddHours(1);
        var brief = (await rest.PostAsync("/credentials", new { expires_at = end })).Is(HttpStatusCode.Created).Json;
        using var http = side.Server.CreateClient();
        var form = TokenSide.Form(("grant_type", "client_credentials"), ("client_secret", brief.GetProperty("raw_key").GetString()!));
        var token = (await RestAnswer.ReadAsync(await http.PostAsync(door, form))).Is(HttpStatusCode.OK).Json.GetProperty("access_token").GetString()!;

        foreach (var credential in new[] { token, await agent.ExchangedAsync(token) })
        {
            using var ending = side.As(credential);
            foreach (var wanted in new object[] { new { }, new { expires_at = end.AddDays(1) } })
            {
                var made = (await ending.PostAsync("/credentials", wanted)).Is(HttpStatusCode.Created).Json.GetProperty("credential");
                Assert.Equal(end, made.GetProperty("expires_at").GetDateTimeOffset(), TimeSpan.FromMilliseconds(1));
            }

            (await ending.PostAsync($"/credentials/{agent.KeyId}/rotate")).Is(HttpStatusCode.Forbidden, "beyond_own_rights");
        }

        await agent.TokenAsync();
    }

    [Fact]
    public async Task A_revoked_key_and_the_token_without_family_that_it_gave_are_dead_and_revoking_again_is_no_error()
    {
        var (agent, watcher) = (await side.AgentAsync(), await side.AgentAsync());
        using var http = side.Server.CreateClient();
        var token = (await RestAnswer.ReadAsync(await http.PostAsync(
            "/connect/token", TokenSide.Form(("grant_type", "client_credentials"), ("client_secret", agent.Key), ("scope", "credentials.delete credentials.read"))))).Json.GetProperty("access_token").GetString()!;
        using var rest = side.As(token);
        (await rest.DeleteAsync("/credentials/" + agent.KeyId)).Is(HttpStatusCode.OK);

        (await rest.GetAsync("/credentials")).Is(HttpStatusCode.Unauthorized);
        Assert.Equal(HttpStatusCode.Unauthorized, (await side.AuthAsync(new { grant_type = "client_credentials", client_secret = agent.Key })).Status);
        var again = await side.Organization.AskAsync(HttpMethod.Delete, "/api/v1/credentials/" + agent.KeyId);
        Assert.False(again.GetProperty("is_valid").GetBoolean());
        Assert.True(await side.IsActiveAsync(watcher, await watcher.TokenAsync()));
    }

    [Fact]
    public async Task Keys_of_an_agent_that_is_nothing_to_the_caller_do_not_exist_and_those_of_a_peer_are_not_its_own()
    {
        var (agent, stranger, peer) = (await side.AgentAsync(), await side.AgentAsync(), await side.AgentAsync());
        await agent.DelegatedAsync(peer, ["api.read"]);
        using var rest = agent.Rest();

        foreach (var (other, status) in new[] { (stranger, HttpStatusCode.NotFound), (peer, HttpStatusCode.Forbidden) })
        {
            (await rest.PostAsync("/credentials", new { agent_id = other.Id })).Is(status);
            (await rest.PostAsync($"/credentials/{other.KeyId}/rotate")).Is(status);
            (await rest.DeleteAsync("/credentials/" + other.KeyId)).Is(status);
            (await rest.GetAsync($"/agents/{other.Id}/credentials")).Is(status);
        }

        Assert.True(await side.IsActiveAsync(peer, await peer.TokenAsync()));
    }

    [Theory]
    [InlineData("client_secret", "rotate-secret")]
    [InlineData("mtls_cert", "/jwks")]
    [InlineData("bootstrap", "/quickstart")]
    [InlineData("password", "api_key, client_secret, mtls_cert, bootstrap")]
    public async Task Of_a_credential_that_is_not_made_here_it_is_said_where_it_is(string type, string said)
    {
        var agent = await side.AgentAsync();
        using var rest = agent.Rest();

        var errors = (await rest.PostAsync("/credentials", new { type })).Is(HttpStatusCode.BadRequest, "invalid_request").Json.GetProperty("errors");
        Assert.Contains(said, errors.GetProperty("type")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal("api_key", (await rest.PostAsync("/credentials", new { type = "api_key" })).Is(HttpStatusCode.Created).Json.GetProperty("credential").GetProperty("type").GetString());
    }

    [Theory]
    [InlineData("token_lifetime_seconds", 59)]
    [InlineData("token_lifetime_seconds", 43201)]
    [InlineData("expires_at", "2020-01-01T00:00:00Z")]
    public async Task What_a_key_cannot_be_is_refused_by_its_field(string field, object value)
    {
        var agent = await side.AgentAsync();
        using var rest = agent.Rest();

        var refused = (await rest.PostAsync("/credentials", new Dictionary<string, object> { [field] = value })).Is(HttpStatusCode.BadRequest, "invalid_request");
        Assert.True(refused.Json.GetProperty("errors").TryGetProperty(field, out _), refused.Text);
    }

    /// <summary>All that a key gives.</summary>
    private async Task<string> ScopeAsync(string key) =>
        (await side.AuthAsync(new { grant_type = "client_credentials", client_secret = key })).Is(HttpStatusCode.OK).Json.GetProperty("scope").GetString()!;

    private static async Task<string> KeyAsync(Rest rest, object body) =>
        (await rest.PostAsync("/credentials", body)).Is(HttpStatusCode.Created).Json.GetProperty("raw_key").GetString()!;
}
