using System.Net;
using System.Text.Json;
using AuthServer.Data.OpenIddict;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Specs;

/// <summary>RFC 6749 §6 and RFC 9700 §4.14: refresh tokens rotate, and a second use is a theft.</summary>
[Trait("negative", "31")]
public sealed class Rfc6749RefreshTokenTests(TokenSide side) : IClassFixture<TokenSide>
{
    [Fact]
    public async Task A_refresh_gives_a_new_access_token_a_new_refresh_token_and_an_id_token_of_the_same_sign_in()
    {
        var before = await side.TokensAsync();
        side.Server.Clock.Advance(TimeSpan.FromSeconds(10));

        using var response = await side.RefreshAsync("web", Text(before, "refresh_token"));

        var after = await OkAsync(response);
        Assert.NotEqual(Text(before, "refresh_token"), Text(after, "refresh_token"));
        var (oldToken, newToken) = (Flows.Claims(Text(before, "access_token")), Flows.Claims(Text(after, "access_token")));
        Assert.NotEqual(Text(oldToken, "jti"), Text(newToken, "jti"));
        foreach (var same in new[] { "sub", "scope", "aud", "client_id", "fam", "authorization_id", "sid", "acr" })
        {
            Assert.Equal(Text(oldToken, same), Text(newToken, same));
        }

        // OIDC Core §12.2: the same person, the same sign-in, a new time of issue, and no nonce of an earlier request.
        var (oldId, newId) = (Flows.Claims(Text(before, "id_token")), Flows.Claims(Text(after, "id_token")));
        Assert.Equal(oldId.GetProperty("auth_time").GetInt64(), newId.GetProperty("auth_time").GetInt64());
        Assert.Equal(Text(oldId, "sub"), Text(newId, "sub"));
        Assert.True(newId.GetProperty("iat").GetInt64() > oldId.GetProperty("iat").GetInt64());
        Assert.False(newId.TryGetProperty("nonce", out _));
    }

    [Fact]
    public async Task Another_clients_refresh_token_is_refused_without_effect()
    {
        var tokens = await side.TokensAsync();
        var publicTokens = await side.TokensAsync("spa");

        using var byConfidential = await side.RefreshAsync("other", Text(tokens, "refresh_token"));
        await Flows.AssertErrorAsync(byConfidential, 400, "invalid_grant");
        using var byPublic = await side.RefreshAsync("spa", Text(tokens, "refresh_token"));
        await Flows.AssertErrorAsync(byPublic, 400, "invalid_grant");
        using var ofPublic = await side.RefreshAsync("other", Text(publicTokens, "refresh_token"));
        await Flows.AssertErrorAsync(ofPublic, 400, "invalid_grant");

        using var honest = await side.RefreshAsync("web", Text(tokens, "refresh_token"));
        Assert.Equal(HttpStatusCode.OK, honest.StatusCode);
        using var honestPublic = await side.RefreshAsync("spa", Text(publicTokens, "refresh_token"));
        Assert.Equal(HttpStatusCode.OK, honestPublic.StatusCode);
    }

    [Fact]
    public async Task A_used_token_that_another_client_presents_ends_nothing()
    {
        var tokens = await side.TokensAsync();
        using var refreshed = await side.RefreshAsync("web", Text(tokens, "refresh_token"));
        var after = await OkAsync(refreshed);

        using var stolen = await side.RefreshAsync("other", Text(tokens, "refresh_token"));

        await Flows.AssertErrorAsync(stolen, 400, "invalid_grant");
        Assert.True(await side.IsActiveAsync(Text(after, "refresh_token")));
    }

    [Fact]
    public async Task The_token_of_a_confidential_client_is_useless_without_its_secret()
    {
        var tokens = await side.TokensAsync();

        using var response = await Flows.TokenAsync(side.Server, "web", null, ("grant_type", "refresh_token"), ("refresh_token", Text(tokens, "refresh_token")));

        await Flows.AssertErrorAsync(response, 401, "invalid_client");
        Assert.True(await side.IsActiveAsync(Text(tokens, "refresh_token")));
    }

    [Theory]
    [InlineData("openid profile email offline_access things.read")]
    [InlineData("things.write")]
    [InlineData("openid\tprofile")]
    [InlineData("openid \"quoted\"")]
    public async Task A_scope_beyond_what_was_granted_is_refused_and_does_not_use_up_the_token(string scope)
    {
        var tokens = await side.TokensAsync();

        using var wider = await side.RefreshAsync("web", Text(tokens, "refresh_token"), ("scope", scope));

        await Flows.AssertErrorAsync(wider, 400, "invalid_scope");
        using var same = await side.RefreshAsync("web", Text(tokens, "refresh_token"));
        Assert.Equal(WebScopes, Text(await OkAsync(same), "scope"));
    }

    [Fact]
    public async Task A_narrower_scope_narrows_the_access_token_only()
    {
        var tokens = await side.TokensAsync();

        using var narrow = await side.RefreshAsync("web", Text(tokens, "refresh_token"), ("scope", "profile"));
        var narrowed = await OkAsync(narrow);
        Assert.Equal("profile", Text(narrowed, "scope"));
        Assert.Equal("profile", Text(Flows.Claims(Text(narrowed, "access_token")), "scope"));
        Assert.False(narrowed.TryGetProperty("id_token", out _));

        using var wide = await side.RefreshAsync("web", Text(narrowed, "refresh_token"));
        Assert.Equal(WebScopes, Text(await OkAsync(wide), "scope"));
    }

    [Fact]
    public async Task A_resource_beyond_what_was_granted_is_refused_and_does_not_use_up_the_token()
    {
        var tokens = await side.TokensAsync("web", ("scope", "things.read offline_access"), ("resource", Flows.Api));

        foreach (var resource in new[] { Flows.Other, "https://api.example/v2", "https://unknown.example", "not a uri", side.Server.Issuer })
        {
            using var changed = await side.RefreshAsync("web", Text(tokens, "refresh_token"), ("resource", resource));
            await Flows.AssertErrorAsync(changed, 400, "invalid_target");
        }

        using var same = await side.RefreshAsync("web", Text(tokens, "refresh_token"));
        Assert.Equal(Flows.Api, Text(Flows.Claims(Text(await OkAsync(same), "access_token")), "aud"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(31)]
    public async Task A_confidential_clients_second_use_kills_the_family_at_any_time(int secondsLater)
    {
        var tokens = await side.TokensAsync();
        using var refreshed = await side.RefreshAsync("web", Text(tokens, "refresh_token"));
        var after = await OkAsync(refreshed);
        side.Server.Clock.Advance(TimeSpan.FromSeconds(secondsLater));

        using var replayed = await side.RefreshAsync("web", Text(tokens, "refresh_token"));

        await Flows.AssertErrorAsync(replayed, 400, "invalid_grant");
        await AssertDeadAsync("web", tokens, after);
    }

    [Fact]
    public async Task A_public_client_gets_the_same_successor_again_within_thirty_seconds()
    {
        var tokens = await side.TokensAsync("spa");
        using var first = await side.RefreshAsync("spa", Text(tokens, "refresh_token"));
        var after = await OkAsync(first);
        side.Server.Clock.Advance(TimeSpan.FromSeconds(29));

        using var again = await side.RefreshAsync("spa", Text(tokens, "refresh_token"));

        var repeated = await OkAsync(again);
        Assert.Equal(Text(after, "refresh_token"), Text(repeated, "refresh_token"));
        Assert.NotEqual(Text(after, "access_token"), Text(repeated, "access_token"));
        using var next = await side.RefreshAsync("spa", Text(repeated, "refresh_token"));
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Fact]
    public async Task After_the_grace_a_public_clients_second_use_kills_the_family()
    {
        var tokens = await side.TokensAsync("spa");
        using var first = await side.RefreshAsync("spa", Text(tokens, "refresh_token"));
        var after = await OkAsync(first);
        side.Server.Clock.Advance(TimeSpan.FromSeconds(30));

        using var replayed = await side.RefreshAsync("spa", Text(tokens, "refresh_token"));

        await Flows.AssertErrorAsync(replayed, 400, "invalid_grant");
        await AssertDeadAsync("spa", tokens, after);
    }

    [Fact]
    public async Task Inside_the_grace_a_second_use_kills_the_family_once_the_successor_was_used()
    {
        var tokens = await side.TokensAsync("spa");
        using var first = await side.RefreshAsync("spa", Text(tokens, "refresh_token"));
        var second = await OkAsync(first);
        using var used = await side.RefreshAsync("spa", Text(second, "refresh_token"));
        var third = await OkAsync(used);

        using var replayed = await side.RefreshAsync("spa", Text(tokens, "refresh_token"));

        await Flows.AssertErrorAsync(replayed, 400, "invalid_grant");
        await AssertDeadAsync("spa", second, third);
    }

    [Fact]
    public async Task The_grace_cannot_be_used_for_more_scope_and_not_by_another_client()
    {
        var tokens = await side.TokensAsync("spa");
        using var first = await side.RefreshAsync("spa", Text(tokens, "refresh_token"));
        var after = await OkAsync(first);

        using var wider = await side.RefreshAsync("spa", Text(tokens, "refresh_token"), ("scope", "things.write"));
        await Flows.AssertErrorAsync(wider, 400, "invalid_scope");
        using var stolen = await side.RefreshAsync("other", Text(tokens, "refresh_token"));
        await Flows.AssertErrorAsync(stolen, 400, "invalid_grant");

        Assert.Equal(HttpStatusCode.OK, (await side.RefreshAsync("spa", Text(after, "refresh_token"))).StatusCode);
    }

    [Fact]
    public async Task Concurrent_refreshes_of_a_public_client_give_one_successor()
    {
        var tokens = await side.TokensAsync("spa");

        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => side.RefreshAsync("spa", Text(tokens, "refresh_token"))));

        var successors = new HashSet<string>();
        foreach (var answer in answers)
        {
            successors.Add(Text(await OkAsync(answer), "refresh_token"));
            answer.Dispose();
        }

        var successor = Assert.Single(successors);
        var family = Text(Flows.Claims(Text(tokens, "access_token")), "fam");
        Assert.Equal(2, await side.Server.QueryAsync(context => context.Tokens.CountAsync(row => row.Type == OpenIddictTokenTypes.RefreshToken && row.Id.StartsWith(family + "."))));
        using var next = await side.RefreshAsync("spa", successor);
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Fact]
    public async Task Of_concurrent_refreshes_of_a_confidential_client_one_wins_and_the_family_dies()
    {
        var tokens = await side.TokensAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => side.RefreshAsync("web", Text(tokens, "refresh_token"))));

        var won = Assert.Single(answers, answer => answer.IsSuccessStatusCode);
        await AssertDeadAsync("web", tokens, await OkAsync(won));
        Array.ForEach(answers, answer => answer.Dispose());
    }

    [Fact]
    public async Task A_revocation_is_never_undone_by_a_refresh_that_was_on_its_way()
    {
        for (var round = 0; round < 8; round++)
        {
            var tokens = await side.TokensAsync("spa");
            var refreshes = Enumerable.Range(0, 4).Select(_ => side.RefreshAsync("spa", Text(tokens, "refresh_token"))).ToArray();
            using var revoked = await Flows.PostAsync(side.Server, "/connect/revoke", "spa", null, ("token", Text(tokens, "refresh_token")));
            Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);

            foreach (var answer in await Task.WhenAll(refreshes))
            {
                // Whatever they were answered, nothing of it lives.
                if (answer.IsSuccessStatusCode)
                {
                    await AssertDeadAsync("spa", tokens, await OkAsync(answer));
                }
                else
                {
                    await Flows.AssertErrorAsync(answer, 400, "invalid_grant");
                }

                answer.Dispose();
            }

            Assert.False(await side.Server.QueryAsync(context => context.Tokens.AnyAsync(
                row => row.Status == "valid" && row.Id.StartsWith(Text(Flows.Claims(Text(tokens, "access_token")), "fam") + "."))));
        }
    }

    [Fact]
    public async Task An_idle_refresh_token_ends_after_seven_days_and_each_use_begins_them_anew()
    {
        var tokens = await side.TokensAsync();
        side.Server.Clock.Advance(TimeSpan.FromDays(7) - TimeSpan.FromSeconds(1));
        using var inTime = await side.RefreshAsync("web", Text(tokens, "refresh_token"));
        var after = await OkAsync(inTime);
        side.Server.Clock.Advance(TimeSpan.FromDays(7));

        using var late = await side.RefreshAsync("web", Text(after, "refresh_token"));

        await Flows.AssertErrorAsync(late, 400, "invalid_grant");
        Assert.False(await side.IsActiveAsync(Text(after, "refresh_token")));
    }

    [Fact]
    public async Task A_clients_own_lifetimes_come_first()
    {
        var tokens = await side.TokensAsync("brief");
        Assert.Equal(300, tokens.GetProperty("expires_in").GetInt32());
        var claims = Flows.Claims(Text(tokens, "access_token"));
        Assert.Equal(300, claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64());

        side.Server.Clock.Advance(TimeSpan.FromMinutes(10));
        using var idle = await side.RefreshAsync("brief", Text(tokens, "refresh_token"));
        await Flows.AssertErrorAsync(idle, 400, "invalid_grant");
    }

    [Fact]
    public async Task A_family_ends_with_its_absolute_lifetime_however_busy_it_was()
    {
        var tokens = await side.TokensAsync("brief");
        var token = Text(tokens, "refresh_token");
        for (var minute = 0; minute < 24; minute += 8)
        {
            side.Server.Clock.Advance(TimeSpan.FromMinutes(8));
            using var response = await side.RefreshAsync("brief", token);
            token = Text(await OkAsync(response), "refresh_token");
        }

        side.Server.Clock.Advance(TimeSpan.FromMinutes(1));
        using var late = await side.RefreshAsync("brief", token);

        await Flows.AssertErrorAsync(late, 400, "invalid_grant");
    }

    [Fact]
    public async Task No_access_token_outlives_its_family()
    {
        var tokens = await side.TokensAsync("brief");
        var token = Text(tokens, "refresh_token");
        var expiresIn = 0;
        for (var minute = 0; minute < 24; minute += 8)
        {
            side.Server.Clock.Advance(TimeSpan.FromMinutes(8));
            using var response = await side.RefreshAsync("brief", token);
            var answer = await OkAsync(response);
            (token, expiresIn) = (Text(answer, "refresh_token"), answer.GetProperty("expires_in").GetInt32());
        }

        Assert.Equal(60, expiresIn);
    }

    [Fact]
    public async Task A_confidential_client_may_be_given_a_grace_of_its_own()
    {
        var tokens = await side.TokensAsync("brief");
        using var first = await side.RefreshAsync("brief", Text(tokens, "refresh_token"));
        var successor = Text(await OkAsync(first), "refresh_token");
        side.Server.Clock.Advance(TimeSpan.FromSeconds(19));

        using var again = await side.RefreshAsync("brief", Text(tokens, "refresh_token"));
        Assert.Equal(successor, Text(await OkAsync(again), "refresh_token"));

        side.Server.Clock.Advance(TimeSpan.FromSeconds(1));
        using var late = await side.RefreshAsync("brief", Text(tokens, "refresh_token"));
        await Flows.AssertErrorAsync(late, 400, "invalid_grant");
        Assert.False(await side.IsActiveAsync(successor, "brief"));
    }

    [Fact]
    public async Task A_missing_refresh_token_is_an_invalid_request_and_an_unknown_one_an_invalid_grant()
    {
        using var missing = await Flows.TokenAsync(side.Server, "web", Flows.Secret, ("grant_type", "refresh_token"));
        await Flows.AssertErrorAsync(missing, 400, "invalid_request");
        using var unknown = await side.RefreshAsync("web", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        await Flows.AssertErrorAsync(unknown, 400, "invalid_grant");
        var tokens = await side.TokensAsync();
        using var accessToken = await side.RefreshAsync("web", Text(tokens, "access_token"));
        await Flows.AssertErrorAsync(accessToken, 400, "invalid_grant");
    }

    [Fact]
    public async Task A_replay_is_in_the_trail_with_its_family_and_reason()
    {
        var tokens = await side.TokensAsync();
        using var refreshed = await side.RefreshAsync("web", Text(tokens, "refresh_token"));
        using var replayed = await side.RefreshAsync("web", Text(tokens, "refresh_token"));

        var claims = Flows.Claims(Text(tokens, "access_token"));
        var told = Assert.Single(await side.Server.TrailAsync(AuditEventTypes.TokenReplayed), row => row.Target == Text(claims, "fam"));
        Assert.Equal(("refresh_token_replayed", "web", Text(claims, "sub"), AuditOutcomes.Denied), (told.Reason, told.ClientId, told.Subject, told.Outcome));
    }

    private async Task AssertDeadAsync(string clientId, params JsonElement[] answers)
    {
        foreach (var answer in answers)
        {
            using var userInfo = await side.UserInfoAsync(Text(answer, "access_token"));
            Assert.Equal(HttpStatusCode.Unauthorized, userInfo.StatusCode);
            using var refresh = await side.RefreshAsync(clientId, Text(answer, "refresh_token"));
            await Flows.AssertErrorAsync(refresh, 400, "invalid_grant");
        }
    }
}
