using System.Net;
using System.Text.Json;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Specs;

/// <summary>OIDC RP-Initiated Logout 1.0.</summary>
public sealed class OidcLogoutTests(BrowserSide side) : IClassFixture<BrowserSide>
{
    private const string Bye = "https://client.example/bye";

    [Fact]
    [Trait("negative", "23")]
    public async Task Without_a_hint_a_page_asks_and_nothing_happens_before_the_answer()
    {
        using var browser = await side.SignedInAsync();

        await browser.GoAsync(Url(("client_id", "web"), ("post_logout_redirect_uri", Bye), ("state", "s-9")));
        BrowserSide.AssertAt(browser, "/sign-out");
        Assert.Contains("The web client", browser.Text, StringComparison.Ordinal);
        Assert.True(await IsSignedInAsync(browser));

        await browser.GoAsync(Url(("client_id", "web"), ("post_logout_redirect_uri", Bye), ("state", "s-9")));
        await browser.SubmitAsync(button: "Sign out");
        Assert.Equal(Bye + "?state=s-9", browser.Left!.OriginalString);
        Assert.False(await IsSignedInAsync(browser));
    }

    [Fact]
    [Trait("negative", "23")]
    public async Task With_nothing_at_all_a_page_asks_and_our_own_page_says_goodbye()
    {
        using var browser = await side.SignedInAsync();

        await browser.GoAsync("/connect/endsession");
        BrowserSide.AssertAt(browser, "/sign-out");
        await browser.SubmitAsync(button: "Sign out");

        BrowserSide.AssertAt(browser, "/signed-out");
        Assert.False(await IsSignedInAsync(browser));
    }

    [Fact]
    [Trait("negative", "23")]
    public async Task A_hint_of_this_very_session_signs_out_at_once()
    {
        foreach (var post in new[] { false, true })
        {
            using var browser = side.Browser();
            var tokens = await TokensAsync(browser);

            await EndAsync(browser, post, ("id_token_hint", IdToken(tokens)), ("post_logout_redirect_uri", Bye), ("state", "a&b=c"));

            Assert.Equal(Bye + "?state=a%26b%3Dc", browser.Left!.OriginalString);
            Assert.False(await IsSignedInAsync(browser));
        }
    }

    [Fact]
    [Trait("negative", "23")]
    public async Task A_hint_that_another_site_posts_signs_out_too_although_the_cookies_stay_behind()
    {
        using var browser = side.Browser();
        var tokens = await TokensAsync(browser);
        using var bare = side.Server.CreateClient();
        using var posted = await bare.PostAsync("/connect/endsession", new FormUrlEncodedContent([new("id_token_hint", IdToken(tokens)), new("post_logout_redirect_uri", Bye)]));
        Assert.Equal(HttpStatusCode.SeeOther, posted.StatusCode);

        await browser.GoAsync(posted.Headers.Location!.OriginalString);

        Assert.Equal(Bye, browser.Left!.OriginalString);
        Assert.False(await IsSignedInAsync(browser));
    }

    [Fact]
    [Trait("negative", "23")]
    public async Task Signing_out_ends_the_tokens_of_the_session_and_of_no_other()
    {
        using var browser = side.Browser();
        var tokens = await TokensAsync(browser);
        using var elsewhere = side.Browser();
        var others = await TokensAsync(elsewhere);
        var open = (await BrowserSide.AnswerAsync(browser, "web", Flows.WebRedirect))["code"];

        await browser.GoAsync(Url(("id_token_hint", IdToken(tokens))));

        BrowserSide.AssertAt(browser, "/signed-out");
        using var refreshed = await Flows.RefreshAsync(side.Server, tokens.GetProperty("refresh_token").GetString()!);
        await Flows.AssertErrorAsync(refreshed, 400, "invalid_grant");
        using var redeemed = await Flows.RedeemAsync(side.Server, open);
        await Flows.AssertErrorAsync(redeemed, 400, "invalid_grant");
        Assert.Equal(HttpStatusCode.Unauthorized, await UserInfoStatusAsync(tokens));
        Assert.Equal(HttpStatusCode.OK, await UserInfoStatusAsync(others));
        Assert.True(await IsSignedInAsync(elsewhere));
    }

    /// <summary>An application that was let in before the person typed the password once more belongs to the same visit.</summary>
    [Fact]
    [Trait("negative", "23")]
    public async Task Signing_out_ends_what_began_before_the_password_was_asked_for_again()
    {
        using var browser = side.Browser();
        var tokens = await TokensAsync(browser);
        side.Clock.Advance(TimeSpan.FromSeconds(10));
        await BrowserSide.AskAsync(browser, "/sign-in", "implicit", Flows.WebRedirect, ("prompt", "login"));
        await browser.SignInAsync(Flows.Email, Flows.Password);

        await browser.GoAsync("/sign-out");
        await browser.SubmitAsync(button: "Sign out");

        Assert.Equal(HttpStatusCode.Unauthorized, await UserInfoStatusAsync(tokens));
        using var refreshed = await Flows.RefreshAsync(side.Server, tokens.GetProperty("refresh_token").GetString()!);
        await Flows.AssertErrorAsync(refreshed, 400, "invalid_grant");
    }

    [Fact]
    [Trait("negative", "23")]
    public async Task A_hint_of_another_session_or_person_asks_first()
    {
        using var browser = side.Browser();
        using var elsewhere = side.Browser();
        using var newcomer = await side.NewcomerAsync();
        var hint = IdToken(await TokensAsync(elsewhere));
        await Flows.AuthorizeAsync(browser, "web", Flows.WebRedirect);

        foreach (var other in new[] { browser, newcomer })
        {
            await other.GoAsync(Url(("id_token_hint", hint), ("post_logout_redirect_uri", Bye)));

            BrowserSide.AssertAt(other, "/sign-out");
            Assert.True(await IsSignedInAsync(other));
        }
    }

    [Fact]
    [Trait("negative", "23")]
    public async Task A_hint_that_is_wrong_altered_or_of_another_client_is_told_to_the_person_and_signs_nobody_out()
    {
        using var browser = side.Browser();
        var tokens = await TokensAsync(browser);
        var hint = IdToken(tokens);
        var parts = hint.Split('.');
        (string, string)[][] requests =
        [
            [("id_token_hint", "nonsense")],
            [("id_token_hint", $"{parts[0]}.{parts[1]}.{(parts[2][0] == 'A' ? 'B' : 'A')}{parts[2][1..]}")],
            [("id_token_hint", $"eyJhbGciOiJub25lIn0.{parts[1]}.")],
            [("id_token_hint", tokens.GetProperty("access_token").GetString()!)],
            [("id_token_hint", hint), ("client_id", "twin")],
            [("id_token_hint", hint), ("client_id", "nobody")],
            [("id_token_hint", hint), ("post_logout_redirect_uri", "https://twin.example/bye?from=here")],
            [("client_id", "nobody")],
        ];
        foreach (var request in requests)
        {
            await browser.GoAsync(Url([.. request]));

            BrowserSide.AssertDisplayed(browser);
            Assert.True(await IsSignedInAsync(browser));
        }
    }

    [Theory]
    [Trait("negative", "23")]
    [InlineData("https://evil.example/")]
    [InlineData("https://client.example/bye/")]
    [InlineData("https://client.example/bye?x=1")]
    [InlineData("https://client.example/bye#x")]
    [InlineData("https://client.example/callback")]
    [InlineData("https://client.example.evil.example/bye")]
    [InlineData("//evil.example")]
    [InlineData("javascript:alert(1)")]
    public async Task An_address_that_is_not_registered_is_never_followed(string uri)
    {
        using var browser = await side.SignedInAsync();
        using var stranger = side.Browser();
        foreach (var page in new[] { "/connect/endsession", "/sign-out" })
        {
            foreach (var who in new[] { browser, stranger })
            {
                await who.GoAsync(Url(("client_id", "web"), ("post_logout_redirect_uri", uri)).Replace("/connect/endsession", page, StringComparison.Ordinal));
                BrowserSide.AssertDisplayed(who);
                await who.GoAsync(Url(("post_logout_redirect_uri", uri)).Replace("/connect/endsession", page, StringComparison.Ordinal));
                BrowserSide.AssertDisplayed(who);
            }
        }

        // Nor when the form of a good page is sent with it.
        await browser.GoAsync("/sign-out");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(side.Server.Address, "/sign-out?client_id=web&post_logout_redirect_uri=" + Uri.EscapeDataString(uri)))
        {
            Content = BrowserSide.Form(browser, ("post_logout_redirect_uri", uri)),
        };
        await browser.SendAsync(request);
        BrowserSide.AssertDisplayed(browser);
        Assert.True(await IsSignedInAsync(browser));
    }

    [Fact]
    [Trait("negative", "7")]
    [Trait("negative", "23")]
    public async Task A_parameter_that_stands_twice_is_refused()
    {
        using var browser = await side.SignedInAsync();

        await browser.GoAsync(Url(("client_id", "web"), ("post_logout_redirect_uri", Bye), ("state", "a"), ("state", "b")));

        BrowserSide.AssertDisplayed(browser);
    }

    [Fact]
    public async Task The_state_is_added_to_an_address_that_has_a_query()
    {
        using var browser = side.Browser();

        await browser.GoAsync(Url(("client_id", "twin"), ("post_logout_redirect_uri", "https://twin.example/bye?from=here"), ("state", "x y")));

        Assert.Equal("https://twin.example/bye?from=here&state=x%20y", browser.Left!.OriginalString);
    }

    private static string Url(params (string Name, string Value)[] parameters) =>
        "/connect/endsession?" + string.Join('&', parameters.Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value)}"));

    private static string IdToken(JsonElement tokens) => tokens.GetProperty("id_token").GetString()!;

    private async Task EndAsync(TestBrowser browser, bool post, params (string Name, string Value)[] parameters)
    {
        if (!post)
        {
            await browser.GoAsync(Url(parameters));
            return;
        }

        using var content = new FormUrlEncodedContent(parameters.Select(pair => KeyValuePair.Create(pair.Name, pair.Value)));
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(side.Server.Address, "/connect/endsession")) { Content = content };
        await browser.SendAsync(request);
    }

    private async Task<JsonElement> TokensAsync(TestBrowser browser)
    {
        var answer = await Flows.AuthorizeAsync(browser, "web", Flows.WebRedirect);
        return await side.TokensAsync("web", answer["code"]);
    }

    private static async Task<bool> IsSignedInAsync(TestBrowser browser)
    {
        await browser.GoAsync("/account");
        return browser.Address.AbsolutePath == "/account";
    }

    private async Task<HttpStatusCode> UserInfoStatusAsync(JsonElement tokens)
    {
        using var http = side.Server.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/connect/userinfo");
        request.Headers.Authorization = new("Bearer", tokens.GetProperty("access_token").GetString());
        using var response = await http.SendAsync(request);
        return response.StatusCode;
    }
}
