using System.Net;
using System.Text.Json;
using AuthServer.Tests.Support;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Specs;

/// <summary>RFC 7662: what a token is, for clients that may know.</summary>
[Trait("negative", "44")]
public sealed class Rfc7662IntrospectionTests(TokenSide side) : IClassFixture<TokenSide>
{
    [Fact]
    public async Task An_access_token_is_described_to_its_client_and_to_its_resource()
    {
        var tokens = await side.TokensAsync("web", ("scope", "things.read offline_access"), ("resource", Flows.Api));
        var claims = Flows.Claims(Text(tokens, "access_token"));

        foreach (var caller in new[] { "web", "api" })
        {
            var answer = await side.IntrospectAsync(Text(tokens, "access_token"), caller);

            Assert.True(answer.GetProperty("active").GetBoolean());
            Assert.Equal("Bearer", Text(answer, "token_type"));
            Assert.Equal("web", Text(answer, "client_id"));
            Assert.Equal("things.read offline_access", Text(answer, "scope"));
            Assert.Equal(Flows.Api, Text(answer, "aud"));
            Assert.Equal(side.Server.Issuer, Text(answer, "iss"));
            Assert.Equal(Text(claims, "sub"), Text(answer, "sub"));
            Assert.Equal(Text(claims, "jti"), Text(answer, "jti"));
            Assert.Equal(claims.GetProperty("exp").GetInt64(), answer.GetProperty("exp").GetInt64());
            Assert.Equal(claims.GetProperty("iat").GetInt64(), answer.GetProperty("iat").GetInt64());
        }
    }

    [Fact]
    public async Task A_refresh_token_is_described_to_its_client_only()
    {
        var tokens = await side.TokensAsync();

        var answer = await side.IntrospectAsync(Text(tokens, "refresh_token"));
        Assert.True(answer.GetProperty("active").GetBoolean());
        Assert.Equal("web", Text(answer, "client_id"));
        Assert.Equal(WebScopes, Text(answer, "scope"));
        Assert.Equal(7 * 86400, answer.GetProperty("exp").GetInt64() - answer.GetProperty("iat").GetInt64());

        AssertInactive(await side.IntrospectAsync(Text(tokens, "refresh_token"), "other"));
        AssertInactive(await side.IntrospectAsync(Text(tokens, "refresh_token"), "api"));
    }

    [Fact]
    public async Task Another_clients_token_is_not_active_and_nothing_else_is_said()
    {
        var tokens = await side.TokensAsync();
        AssertInactive(await side.IntrospectAsync(Text(tokens, "access_token"), "other"));
        AssertInactive(await side.IntrospectAsync(Text(tokens, "access_token"), "machine"));
    }

    [Fact]
    public async Task Expired_used_unknown_and_malformed_tokens_are_answered_alike()
    {
        var tokens = await side.TokensAsync();
        using var refreshed = await side.RefreshAsync("web", Text(tokens, "refresh_token"));
        var used = Text(tokens, "refresh_token");
        side.Server.Clock.Advance(TimeSpan.FromMinutes(15));
        foreach (var token in new[] { Text(tokens, "access_token"), used, "AAAA", "a.b.c", new string('.', 1000), new string('x', 20_000), "\uD83D\uDE00", "' OR 1=1 --" })
        {
            AssertInactive(await side.IntrospectAsync(token));
        }
    }

    [Fact]
    public async Task An_access_token_is_active_to_its_last_second()
    {
        var tokens = await side.TokensAsync();
        var expires = DateTimeOffset.FromUnixTimeSeconds(Flows.Claims(Text(tokens, "access_token")).GetProperty("exp").GetInt64());

        side.Server.Clock.AdvanceTo(expires - TimeSpan.FromMilliseconds(1));
        Assert.True(await side.IsActiveAsync(Text(tokens, "access_token")));
        side.Server.Clock.AdvanceTo(expires);
        Assert.False(await side.IsActiveAsync(Text(tokens, "access_token")));
    }

    [Theory]
    [InlineData("refresh_token")]
    [InlineData("access_token")]
    [InlineData("nonsense")]
    public async Task A_hint_that_is_wrong_changes_nothing(string hint)
    {
        var tokens = await side.TokensAsync();
        foreach (var name in new[] { "access_token", "refresh_token" })
        {
            using var response = await Flows.PostAsync(
                side.Server, "/connect/introspect", "web", Flows.Secret, ("token", Text(tokens, name)), ("token_type_hint", hint));
            Assert.True((await OkAsync(response)).GetProperty("active").GetBoolean());
        }
    }

    [Fact]
    public async Task A_public_client_cannot_ask()
    {
        var tokens = await side.TokensAsync("spa");
        using var response = await Flows.PostAsync(side.Server, "/connect/introspect", "spa", null, ("token", Text(tokens, "access_token")));
        await Flows.AssertErrorAsync(response, 401, "invalid_client");
    }

    [Fact]
    public async Task A_bearer_token_is_no_way_to_ask()
    {
        var tokens = await side.TokensAsync();
        using var response = await side.SendAsync(
            HttpMethod.Post, "/connect/introspect", Form(("token", Text(tokens, "access_token"))), ("Authorization", "Bearer " + Text(tokens, "access_token")));
        await Flows.AssertErrorAsync(response, 401, "invalid_client");
    }

    [Fact]
    public async Task A_missing_token_is_an_invalid_request()
    {
        using var response = await Flows.PostAsync(side.Server, "/connect/introspect", "web", Flows.Secret, ("token_type_hint", "access_token"));
        await Flows.AssertErrorAsync(response, 400, "invalid_request");
    }

    [Fact]
    public async Task The_answer_is_json_that_nobody_keeps()
    {
        using var response = await Flows.PostAsync(side.Server, "/connect/introspect", "web", Flows.Secret, ("token", "x"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
    }

    private static void AssertInactive(JsonElement answer) => Assert.Equal("""{"active":false}""", answer.GetRawText());
}
