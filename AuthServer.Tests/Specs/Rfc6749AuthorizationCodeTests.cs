using System.Net;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Specs;

/// <summary>RFC 6749 §4.1.2, §4.1.3 and §10.5: what a code is bound to, and that it works once.</summary>
[Trait("negative", "27")]
public sealed class Rfc6749AuthorizationCodeTests(TokenSide side) : IClassFixture<TokenSide>
{
    [Fact]
    public async Task A_code_is_refused_to_another_confidential_client_and_still_works_for_its_own()
    {
        var code = await side.CodeAsync();

        using var stolen = await Flows.TokenAsync(
            side.Server, "other", OtherSecret, ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Flows.WebRedirect), ("code_verifier", Flows.Verifier));

        await Flows.AssertErrorAsync(stolen, 400, "invalid_grant");
        using var honest = await side.RedeemAsync("web", code);
        Assert.Equal(HttpStatusCode.OK, honest.StatusCode);
    }

    [Fact]
    public async Task A_used_code_that_another_client_presents_ends_nothing()
    {
        var code = await side.CodeAsync();
        using var honest = await side.RedeemAsync("web", code);
        var tokens = await OkAsync(honest);

        using var stolen = await Flows.TokenAsync(
            side.Server, "spa", null, ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Flows.WebRedirect), ("code_verifier", Flows.Verifier));

        await Flows.AssertErrorAsync(stolen, 400, "invalid_grant");
        Assert.True(await side.IsActiveAsync(Text(tokens, "access_token")));
    }

    [Theory]
    [InlineData("https://client.example/callback/")]
    [InlineData("https://client.example/callback?a=b")]
    [InlineData("https://client.example/Callback")]
    [InlineData("https://attacker.example/callback")]
    [InlineData(null)]
    public async Task A_code_is_refused_with_another_redirect_uri_or_none_and_still_works_with_its_own(string? redirectUri)
    {
        var code = await side.CodeAsync();

        using var wrong = await side.RedeemAsync("web", code, ("redirect_uri", redirectUri));

        await Flows.AssertErrorAsync(wrong, 400, "invalid_grant");
        using var right = await side.RedeemAsync("web", code);
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
    }

    [Fact]
    public async Task A_redirect_uri_that_the_authorization_request_did_not_name_is_refused_at_the_token_endpoint()
    {
        var code = await side.CodeAsync("web", ("redirect_uri", null));

        using var named = await side.RedeemAsync("web", code);
        await Flows.AssertErrorAsync(named, 400, "invalid_grant");

        using var unnamed = await side.RedeemAsync("web", code, ("redirect_uri", null));
        Assert.Equal(HttpStatusCode.OK, unnamed.StatusCode);
    }

    [Fact]
    public async Task A_code_expires_after_a_minute()
    {
        var code = await side.CodeAsync();
        side.Server.Clock.Advance(TimeSpan.FromSeconds(60));

        using var late = await side.RedeemAsync("web", code);

        await Flows.AssertErrorAsync(late, 400, "invalid_grant");
    }

    [Fact]
    public async Task A_code_works_until_its_last_second()
    {
        var code = await side.CodeAsync();
        side.Server.Clock.Advance(TimeSpan.FromSeconds(59));

        using var late = await side.RedeemAsync("web", code);

        Assert.Equal(HttpStatusCode.OK, late.StatusCode);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(30)]
    [InlineData(3600)]
    public async Task A_second_use_of_a_code_is_refused_and_ends_every_token_of_the_first(int secondsLater)
    {
        var code = await side.CodeAsync();
        using var first = await side.RedeemAsync("web", code);
        var tokens = await OkAsync(first);
        using var refreshed = await side.RefreshAsync("web", Text(tokens, "refresh_token"));
        var later = await OkAsync(refreshed);
        side.Server.Clock.Advance(TimeSpan.FromSeconds(secondsLater));

        using var second = await side.RedeemAsync("web", code);

        await Flows.AssertErrorAsync(second, 400, "invalid_grant");
        Assert.False(await side.IsActiveAsync(Text(tokens, "access_token")));
        Assert.False(await side.IsActiveAsync(Text(later, "access_token")));
        Assert.False(await side.IsActiveAsync(Text(later, "refresh_token")));
        using var userInfo = await side.UserInfoAsync(Text(later, "access_token"));
        Assert.Equal(HttpStatusCode.Unauthorized, userInfo.StatusCode);
        using var refresh = await side.RefreshAsync("web", Text(later, "refresh_token"));
        await Flows.AssertErrorAsync(refresh, 400, "invalid_grant");
    }

    [Fact]
    public async Task A_second_use_with_a_wrong_verifier_ends_the_family_too()
    {
        var code = await side.CodeAsync();
        using var first = await side.RedeemAsync("web", code);
        var tokens = await OkAsync(first);

        using var second = await side.RedeemAsync("web", code, ("code_verifier", new string('a', 43)));

        await Flows.AssertErrorAsync(second, 400, "invalid_grant");
        Assert.False(await side.IsActiveAsync(Text(tokens, "access_token")));
    }

    [Fact]
    public async Task Of_64_redemptions_at_once_exactly_one_wins_and_afterwards_the_family_is_dead()
    {
        var code = await side.CodeAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => side.RedeemAsync("web", code)));

        var won = Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        foreach (var lost in answers.Where(answer => answer != won))
        {
            await Flows.AssertErrorAsync(lost, 400, "invalid_grant");
        }

        var tokens = await OkAsync(won);
        Assert.False(await side.IsActiveAsync(Text(tokens, "access_token")));
        Assert.False(await side.IsActiveAsync(Text(tokens, "refresh_token")));
        var family = Text(Flows.Claims(Text(tokens, "access_token")), "fam");
        Assert.Equal(1, await side.Server.QueryAsync(context => context.AuditEvents.CountAsync(row => row.Type == AuditEventTypes.TokenIssued && row.Target == family)));
        Array.ForEach(answers, answer => answer.Dispose());
    }

    [Fact]
    public async Task A_wrong_code_with_a_right_beginning_ends_nobodys_family()
    {
        var code = await side.CodeAsync();
        using var first = await side.RedeemAsync("web", code);
        var tokens = await OkAsync(first);

        foreach (var wrong in new[] { code[..^1] + (code[^1] == 'A' ? 'B' : 'A'), code[..^1], code + "A", code[..20], code.ToUpperInvariant() + "_" })
        {
            using var guess = await side.RedeemAsync("web", wrong);
            await Flows.AssertErrorAsync(guess, 400, "invalid_grant");
        }

        Assert.True(await side.IsActiveAsync(Text(tokens, "access_token")));
        Assert.True(await side.IsActiveAsync(Text(tokens, "refresh_token")));
    }

    [Fact]
    public async Task A_code_of_somebody_who_signed_out_is_refused_and_is_no_replay()
    {
        using var browser = new TestBrowser(side.Server);
        var answer = await Flows.AuthorizeAsync(browser, "web", Flows.WebRedirect);
        await browser.GoAsync("/sign-out");
        await browser.SubmitAsync();
        var replays = (await side.Server.TrailAsync(AuditEventTypes.TokenReplayed)).Count;

        using var response = await side.RedeemAsync("web", answer["code"]);

        await Flows.AssertErrorAsync(response, 400, "invalid_grant");
        Assert.Equal(replays, (await side.Server.TrailAsync(AuditEventTypes.TokenReplayed)).Count);
        Assert.Contains(await side.Server.TrailAsync(AuditEventTypes.TokenRefused), row => row.Reason == "code_revoked");
    }

    [Fact]
    public async Task A_refresh_token_is_no_code_and_a_code_is_no_refresh_token()
    {
        var code = await side.CodeAsync();
        using var asRefreshToken = await side.RefreshAsync("web", code);
        await Flows.AssertErrorAsync(asRefreshToken, 400, "invalid_grant");

        var tokens = await side.TokensAsync();
        using var asCode = await side.RedeemAsync("web", Text(tokens, "refresh_token"));
        await Flows.AssertErrorAsync(asCode, 400, "invalid_grant");
    }

    [Fact]
    public async Task A_missing_code_is_an_invalid_request()
    {
        using var response = await side.RedeemAsync("web", "", ("code", null));
        await Flows.AssertErrorAsync(response, 400, "invalid_request");
    }

    [Fact]
    public async Task Without_offline_access_there_is_no_refresh_token_and_without_openid_no_id_token()
    {
        var withoutOffline = await side.TokensAsync("web", ("scope", "openid profile"));
        Assert.False(withoutOffline.TryGetProperty("refresh_token", out _));
        Assert.Equal("openid profile", Text(withoutOffline, "scope"));

        var withoutOpenId = await side.TokensAsync("web", ("scope", "profile offline_access"));
        Assert.False(withoutOpenId.TryGetProperty("id_token", out _));
        Assert.True(withoutOpenId.TryGetProperty("refresh_token", out _));
    }
}
