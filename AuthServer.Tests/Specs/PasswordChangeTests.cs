using System.Net;
using System.Text.Json;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Specs;

/// <summary>ASVS 6.2.2 and 7.4.3: whoever changes a password is alone in the account afterwards.</summary>
public sealed class PasswordChangeTests(BrowserSide side) : IClassFixture<BrowserSide>
{
    private const string Wanted = "seventeen purple umbrellas sing";

    [Fact]
    public async Task It_ends_every_other_session_and_every_token_and_this_browser_goes_on()
    {
        var email = $"{Guid.NewGuid():N}@example.com";
        using var browser = await side.NewcomerAsync(email);
        using var elsewhere = await side.SignedInAsync(email);
        var tokens = await TokensAsync(elsewhere);
        var own = await TokensAsync(browser);
        var open = (await BrowserSide.AnswerAsync(browser, "web", Flows.WebRedirect))["code"];
        side.Clock.Advance(TimeSpan.FromSeconds(1));

        await ChangeAsync(browser, Flows.Password, Wanted);

        BrowserSide.AssertAt(browser, "/account");
        Assert.Contains("Your password is changed", browser.Text, StringComparison.Ordinal);
        Assert.Contains("code", (await BrowserSide.AnswerAsync(browser, "web", Flows.WebRedirect, ("prompt", "none"))).Keys);
        Assert.Equal("login_required", (await BrowserSide.AnswerAsync(elsewhere, "web", Flows.WebRedirect, ("prompt", "none")))["error"]);
        foreach (var dead in new[] { tokens, own })
        {
            using var refreshed = await Flows.RefreshAsync(side.Server, dead.GetProperty("refresh_token").GetString()!);
            await Flows.AssertErrorAsync(refreshed, 400, "invalid_grant");
            Assert.Equal(HttpStatusCode.Unauthorized, await UserInfoStatusAsync(dead));
        }

        using var redeemed = await Flows.RedeemAsync(side.Server, open);
        await Flows.AssertErrorAsync(redeemed, 400, "invalid_grant");
        using var old = side.Browser();
        await old.GoAsync("/sign-in");
        await old.SignInAsync(email, Flows.Password);
        BrowserSide.AssertAt(old, "/sign-in");
        side.Clock.Advance(TimeSpan.FromSeconds(1));
        using var renewed = await side.SignedInAsync(email, Wanted);
        Assert.Equal(HttpStatusCode.OK, await UserInfoStatusAsync(await TokensAsync(renewed)));
    }

    [Fact]
    public async Task It_needs_the_present_password_and_a_good_new_one_and_shows_neither_again()
    {
        using var browser = await side.NewcomerAsync();
        foreach (var (present, wanted) in new[] { ("wrong present word", Wanted), (Flows.Password, "short"), (Flows.Password, Flows.Password), ("", Wanted), (Flows.Password, ""), (Flows.Password, "passwordpassword") })
        {
            await ChangeAsync(browser, present, wanted);

            BrowserSide.AssertAt(browser, "/account/password");
            Assert.NotNull(browser.Page.QuerySelector(".fault"));
            Assert.All(browser.Page.QuerySelectorAll("input[type=password]"), input => Assert.Null(input.GetAttribute("value")));
        }
    }

    [Fact]
    public async Task It_needs_somebody_who_is_signed_in()
    {
        using var browser = side.Browser();

        await browser.GoAsync("/account/password");

        Assert.Equal("/sign-in", browser.Address.AbsolutePath);
    }

    [Fact]
    public async Task It_changes_the_password_of_the_person_in_the_session_whatever_the_form_says()
    {
        using var browser = await side.NewcomerAsync();
        await browser.GoAsync("/account/password");

        await browser.SubmitAsync(new() { ["account"] = Flows.Email, ["Email"] = Flows.Email, ["Present"] = Flows.Password, ["Wanted"] = Wanted });

        BrowserSide.AssertAt(browser, "/account");
        using var ada = await side.SignedInAsync();
    }

    private static async Task ChangeAsync(TestBrowser browser, string present, string wanted)
    {
        await browser.GoAsync("/account/password");
        await browser.SubmitAsync(new() { ["Present"] = present, ["Wanted"] = wanted });
    }

    private async Task<JsonElement> TokensAsync(TestBrowser browser)
    {
        var answer = await Flows.AuthorizeAsync(browser, "web", Flows.WebRedirect);
        return await side.TokensAsync("web", answer["code"]);
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
