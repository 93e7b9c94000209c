using System.Net;
using AuthServer.Tests.Support;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Specs;

/// <summary>A restart in the middle of a flow costs nobody anything, and forgets nothing that must be remembered.</summary>
[Trait("negative", "59")]
public sealed class RestartTests(TokenSide side) : IClassFixture<TokenSide>
{
    [Fact]
    public async Task Between_the_pages_of_a_sign_in()
    {
        using var browser = new TestBrowser(side.Server);
        await browser.GoAsync(Flows.AuthorizeUrl("web", Flows.WebRedirect, ("prompt", "consent")));
        Assert.Equal("/sign-in", browser.Address.AbsolutePath);

        await RestartAsync();
        await browser.SignInAsync(Flows.Email, Flows.Password);
        Assert.Equal("/consent", browser.Address.AbsolutePath);

        await RestartAsync();
        await browser.SubmitAsync(button: "Allow");
        var code = Flows.Query(browser.Left!)["code"];

        await RestartAsync();
        using var response = await side.RedeemAsync("web", code);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Between_code_token_and_refresh_and_the_session_lives_on()
    {
        var code = await side.CodeAsync();
        await RestartAsync();
        using var redeemed = await side.RedeemAsync("web", code);
        var tokens = await OkAsync(redeemed);

        await RestartAsync();
        Assert.True(await side.IsActiveAsync(Text(tokens, "access_token")));
        using var userInfo = await side.UserInfoAsync(Text(tokens, "access_token"));
        Assert.Equal(HttpStatusCode.OK, userInfo.StatusCode);
        using var refreshed = await side.RefreshAsync("web", Text(tokens, "refresh_token"));
        Assert.Equal(HttpStatusCode.OK, refreshed.StatusCode);
        Assert.NotEmpty(await side.CodeAsync());
    }

    [Fact]
    public async Task A_replay_is_a_replay_after_a_restart_too()
    {
        var code = await side.CodeAsync();
        using var redeemed = await side.RedeemAsync("web", code);
        var tokens = await OkAsync(redeemed);

        await RestartAsync();
        using var replayed = await side.RedeemAsync("web", code);
        await Flows.AssertErrorAsync(replayed, 400, "invalid_grant");

        await RestartAsync();
        Assert.False(await side.IsActiveAsync(Text(tokens, "access_token")));
    }

    [Fact]
    public async Task The_grace_gives_the_same_successor_after_a_restart()
    {
        var tokens = await side.TokensAsync("spa");
        using var first = await side.RefreshAsync("spa", Text(tokens, "refresh_token"));
        var successor = Text(await OkAsync(first), "refresh_token");

        await RestartAsync();
        using var again = await side.RefreshAsync("spa", Text(tokens, "refresh_token"));

        Assert.Equal(successor, Text(await OkAsync(again), "refresh_token"));
    }

    private Task RestartAsync() => side.Server.RestartAsync([.. Flows.Settings, ("AuthServer:Resources:1:Url", Flows.Other), .. Clients]);
}
