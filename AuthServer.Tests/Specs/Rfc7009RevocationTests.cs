using System.Net;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Specs;

/// <summary>RFC 7009: a client gives a token up.</summary>
[Trait("negative", "45")]
public sealed class Rfc7009RevocationTests(TokenSide side) : IClassFixture<TokenSide>
{
    [Theory]
    [InlineData("refresh_token")]
    [InlineData("access_token")]
    public async Task Revoking_one_token_ends_its_whole_family(string name)
    {
        var tokens = await side.TokensAsync();
        using var refreshed = await side.RefreshAsync("web", Text(tokens, "refresh_token"));
        var after = await OkAsync(refreshed);

        await RevokeAsync("web", Text(after, name));

        foreach (var token in new[] { Text(tokens, "access_token"), Text(after, "access_token"), Text(after, "refresh_token") })
        {
            Assert.False(await side.IsActiveAsync(token));
        }

        using var userInfo = await side.UserInfoAsync(Text(after, "access_token"));
        Assert.Equal(HttpStatusCode.Unauthorized, userInfo.StatusCode);
        using var refresh = await side.RefreshAsync("web", Text(after, "refresh_token"));
        await Flows.AssertErrorAsync(refresh, 400, "invalid_grant");
    }

    [Fact]
    public async Task Revoking_a_refresh_token_that_was_used_already_ends_the_family_too()
    {
        var tokens = await side.TokensAsync();
        using var refreshed = await side.RefreshAsync("web", Text(tokens, "refresh_token"));
        var after = await OkAsync(refreshed);

        await RevokeAsync("web", Text(tokens, "refresh_token"));

        Assert.False(await side.IsActiveAsync(Text(after, "refresh_token")));
    }

    [Fact]
    public async Task Other_families_of_the_same_person_and_client_live_on()
    {
        var (one, two) = (await side.TokensAsync(), await side.TokensAsync());

        await RevokeAsync("web", Text(one, "refresh_token"));

        Assert.False(await side.IsActiveAsync(Text(one, "access_token")));
        Assert.True(await side.IsActiveAsync(Text(two, "access_token")));
        Assert.True(await side.IsActiveAsync(Text(two, "refresh_token")));
    }

    [Fact]
    public async Task A_token_without_a_family_ends_alone()
    {
        using var first = await side.AssertAsync(side.Assertion());
        using var second = await side.AssertAsync(side.Assertion());
        var (one, two) = (Text(await OkAsync(first), "access_token"), Text(await OkAsync(second), "access_token"));

        using var response = await side.SendAsync(HttpMethod.Post, "/connect/revoke", Form(
            ("token", one), ("client_assertion_type", AssertionType), ("client_assertion", side.Assertion())));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.False(await IsActiveForSignerAsync(one));
        Assert.True(await IsActiveForSignerAsync(two));
    }

    [Fact]
    public async Task Another_clients_token_is_answered_alike_and_lives_on()
    {
        var tokens = await side.TokensAsync();
        foreach (var name in new[] { "access_token", "refresh_token" })
        {
            await RevokeAsync("other", Text(tokens, name));
            await RevokeAsync("spa", Text(tokens, name));
            Assert.True(await side.IsActiveAsync(Text(tokens, name)));
        }
    }

    [Fact]
    public async Task A_resource_server_cannot_end_a_token_that_it_may_see()
    {
        var tokens = await side.TokensAsync("web", ("scope", "things.read"), ("resource", Flows.Api));
        using var response = await Flows.PostAsync(side.Server, "/connect/revoke", "api", Flows.Secret, ("token", Text(tokens, "access_token")));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(await side.IsActiveAsync(Text(tokens, "access_token")));
    }

    [Fact]
    public async Task Unknown_malformed_and_dead_tokens_are_no_error()
    {
        var tokens = await side.TokensAsync();
        await RevokeAsync("web", Text(tokens, "refresh_token"));
        foreach (var token in new[] { Text(tokens, "refresh_token"), Text(tokens, "access_token"), "AAAA", "a.b.c", new string('x', 20_000) })
        {
            await RevokeAsync("web", token);
        }
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("access_token")]
    public async Task A_hint_that_is_wrong_changes_nothing(string hint)
    {
        var tokens = await side.TokensAsync();
        await RevokeAsync("web", Text(tokens, "refresh_token"), ("token_type_hint", hint));
        Assert.False(await side.IsActiveAsync(Text(tokens, "refresh_token")));
    }

    [Fact]
    public async Task A_public_client_may_revoke_its_own()
    {
        var tokens = await side.TokensAsync("spa");

        await RevokeAsync("spa", Text(tokens, "refresh_token"));

        using var refresh = await side.RefreshAsync("spa", Text(tokens, "refresh_token"));
        await Flows.AssertErrorAsync(refresh, 400, "invalid_grant");
    }

    [Fact]
    public async Task A_revocation_outlives_a_restart()
    {
        var tokens = await side.TokensAsync();
        await RevokeAsync("web", Text(tokens, "access_token"));

        await side.Server.RestartAsync([.. Flows.Settings, ("AuthServer:Resources:1:Url", Flows.Other), .. Clients]);

        Assert.False(await side.IsActiveAsync(Text(tokens, "access_token")));
        Assert.False(await side.IsActiveAsync(Text(tokens, "refresh_token")));
    }

    [Fact]
    public async Task A_code_is_no_token_and_cannot_be_revoked_here()
    {
        var code = await side.CodeAsync();
        await RevokeAsync("web", code);
        using var response = await side.RedeemAsync("web", code);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_missing_token_is_an_invalid_request()
    {
        using var response = await Flows.PostAsync(side.Server, "/connect/revoke", "web", Flows.Secret);
        await Flows.AssertErrorAsync(response, 400, "invalid_request");
    }

    [Fact]
    public async Task A_revocation_is_in_the_trail_once()
    {
        var tokens = await side.TokensAsync();
        var family = Text(Flows.Claims(Text(tokens, "access_token")), "fam");

        await RevokeAsync("other", Text(tokens, "access_token"));
        await RevokeAsync("web", Text(tokens, "access_token"));
        await RevokeAsync("web", Text(tokens, "access_token"));

        var told = Assert.Single(await side.Server.TrailAsync(AuditEventTypes.TokenRevoked), row => row.Target == family);
        Assert.Equal(("web", "client_request", AuditOutcomes.Success), (told.ClientId, told.Reason, told.Outcome));
    }

    private async Task RevokeAsync(string clientId, string token, params (string, string?)[] more)
    {
        using var response = await Flows.PostAsync(side.Server, "/connect/revoke", clientId, Secret(clientId), [("token", token), .. more]);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        Assert.Empty(await response.Content.ReadAsStringAsync());
    }

    private async Task<bool> IsActiveForSignerAsync(string token)
    {
        using var response = await side.SendAsync(HttpMethod.Post, "/connect/introspect", Form(
            ("token", token), ("client_assertion_type", AssertionType), ("client_assertion", side.Assertion())));
        return (await OkAsync(response)).GetProperty("active").GetBoolean();
    }
}
