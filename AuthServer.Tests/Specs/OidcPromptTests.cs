using System.Buffers.Text;
using System.Text;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Specs;

/// <summary>OIDC Core §3.1.2.1: <c>prompt</c>, <c>max_age</c>, <c>login_hint</c> and <c>id_token_hint</c>.</summary>
public sealed class OidcPromptTests(BrowserSide side) : IClassFixture<BrowserSide>
{
    [Fact]
    [Trait("negative", "19")]
    public async Task Prompt_none_says_what_is_missing_and_shows_no_page()
    {
        using var stranger = side.Browser();
        Assert.Equal("login_required", (await BrowserSide.AnswerAsync(stranger, "web", Flows.WebRedirect, ("prompt", "none")))["error"]);

        using var browser = await side.NewcomerAsync();
        var answer = await BrowserSide.AnswerAsync(browser, "web", Flows.WebRedirect, ("prompt", "none"));
        Assert.Equal("consent_required", answer["error"]);
        Assert.Equal("s-123", answer["state"]);
        Assert.Equal(side.Server.Issuer, answer["iss"]);

        await Flows.AuthorizeAsync(browser, "web", Flows.WebRedirect);
        Assert.Contains("code", (await BrowserSide.AnswerAsync(browser, "web", Flows.WebRedirect, ("prompt", "none"))).Keys);
    }

    [Fact]
    public async Task Prompt_login_asks_for_the_password_of_somebody_who_is_signed_in()
    {
        using var browser = await side.NewcomerAsync();
        var before = await AuthTimeAsync(browser);
        side.Clock.Advance(TimeSpan.FromSeconds(10));

        await BrowserSide.AskAsync(browser, "/sign-in", "implicit", Flows.WebRedirect, ("prompt", "login"));

        // Going back without signing in is no way around it.
        await browser.GoAsync("/connect/authorize" + browser.Address.Query);
        BrowserSide.AssertAt(browser, "/sign-in");
        var email = browser.Page.QuerySelector("#email")!.GetAttribute("value")!;
        await browser.SignInAsync(email, Flows.Password);
        Assert.Equal(before + 10, await AuthTimeAsync(BrowserSide.Answer(browser)));
    }

    [Fact]
    [Trait("negative", "11")]
    public async Task Max_age_asks_for_the_password_when_the_sign_in_is_older()
    {
        using var browser = await side.NewcomerAsync();
        side.Clock.Advance(TimeSpan.FromSeconds(30));

        Assert.Contains("code", (await BrowserSide.AnswerAsync(browser, "implicit", Flows.WebRedirect, ("max_age", "31"))).Keys);
        Assert.Contains("code", (await BrowserSide.AnswerAsync(browser, "implicit", Flows.WebRedirect, ("max_age", "4294967295"))).Keys);
        Assert.Equal("login_required", (await BrowserSide.AnswerAsync(browser, "implicit", Flows.WebRedirect, ("max_age", "29"), ("prompt", "none")))["error"]);
        Assert.Equal("login_required", (await BrowserSide.AnswerAsync(browser, "implicit", Flows.WebRedirect, ("max_age", "0"), ("prompt", "none")))["error"]);
        await BrowserSide.AskAsync(browser, "/sign-in", "implicit", Flows.WebRedirect, ("max_age", "29"));
        await BrowserSide.AskAsync(browser, "/sign-in", "implicit", Flows.WebRedirect, ("max_age", "0"));

        await browser.SignInAsync(browser.Page.QuerySelector("#email")!.GetAttribute("value")!, Flows.Password);
        Assert.Contains("code", BrowserSide.Answer(browser).Keys);
    }

    [Fact]
    public async Task Prompt_select_account_shows_who_is_signed_in_and_goes_on_with_them_or_with_another()
    {
        using var browser = await side.NewcomerAsync();
        side.Clock.Advance(TimeSpan.FromSeconds(10));

        await BrowserSide.AskAsync(browser, "/select-account", "implicit", Flows.WebRedirect, ("prompt", "select_account"));
        Assert.Contains("New Comer", browser.Text, StringComparison.Ordinal);
        await browser.SubmitAsync();
        Assert.Contains("code", BrowserSide.Answer(browser).Keys);

        await BrowserSide.AskAsync(browser, "/select-account", "implicit", Flows.WebRedirect, ("prompt", "select_account"));
        await browser.GoAsync(browser.Page.QuerySelector("a[href^='/sign-in']")!.GetAttribute("href")!);
        await browser.SignInAsync(BrowserSide.OtherEmail, BrowserSide.OtherPassword);
        var tokens = await side.TokensAsync("implicit", BrowserSide.Answer(browser)["code"]);
        Assert.Equal(BrowserSide.OtherEmail, (await side.UserInfoAsync(tokens)).GetProperty("email").GetString());
    }

    [Fact]
    public async Task Prompts_add_up()
    {
        using var browser = await side.NewcomerAsync();
        var email = await EmailAsync(browser);
        side.Clock.Advance(TimeSpan.FromSeconds(10));

        await BrowserSide.AskAsync(browser, "/sign-in", "implicit", Flows.WebRedirect, ("prompt", "login select_account consent"));
        await browser.SignInAsync(email, Flows.Password);

        // Whoever has just typed a name has chosen the account.
        BrowserSide.AssertAt(browser, "/consent");
        await browser.SubmitAsync(button: "Allow");
        Assert.Contains("code", BrowserSide.Answer(browser).Keys);
    }

    [Fact]
    public async Task Login_hint_fills_in_the_name_and_is_escaped()
    {
        using var browser = side.Browser();
        const string hint = "\"><script>alert(1)</script>@example.com";

        await BrowserSide.AskAsync(browser, "/sign-in", "web", Flows.WebRedirect, ("login_hint", hint), ("ui_locales", "de fr-CA"));

        Assert.Equal(hint, browser.Page.QuerySelector("#email")!.GetAttribute("value"));
        Assert.Empty(browser.Page.QuerySelectorAll("script:not([src])"));
    }

    [Fact]
    [Trait("negative", "11")]
    public async Task An_id_token_hint_lets_nobody_else_answer()
    {
        using var browser = await side.NewcomerAsync();
        var hint = await IdTokenAsync(browser);
        Assert.Contains("code", (await BrowserSide.AnswerAsync(browser, "implicit", Flows.WebRedirect, ("id_token_hint", hint), ("prompt", "none"))).Keys);

        // An expired hint is still a hint.
        side.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Contains("code", (await BrowserSide.AnswerAsync(browser, "implicit", Flows.WebRedirect, ("id_token_hint", hint), ("prompt", "none"))).Keys);

        using var other = await side.NewcomerAsync();
        Assert.Equal("login_required", (await BrowserSide.AnswerAsync(other, "implicit", Flows.WebRedirect, ("id_token_hint", hint), ("prompt", "none")))["error"]);
        await BrowserSide.AskAsync(other, "/sign-in", "implicit", Flows.WebRedirect, ("id_token_hint", hint));
        await other.SignInAsync(BrowserSide.OtherEmail, BrowserSide.OtherPassword);
        Assert.Equal("login_required", BrowserSide.Answer(other)["error"]);
    }

    [Fact]
    [Trait("negative", "11")]
    public async Task A_claimed_subject_lets_nobody_else_answer()
    {
        using var browser = await side.NewcomerAsync();
        var subject = await BrowserSide.SubjectAsync(browser);
        string Claims(string sub) => "{\"id_token\":{\"sub\":{\"value\":\"" + sub + "\"}}}";

        Assert.Contains("code", (await BrowserSide.AnswerAsync(browser, "implicit", Flows.WebRedirect, ("claims", Claims(subject)), ("prompt", "none"))).Keys);
        Assert.Equal("login_required", (await BrowserSide.AnswerAsync(browser, "implicit", Flows.WebRedirect, ("claims", Claims("usr_other")), ("prompt", "none")))["error"]);
        Assert.Equal("invalid_request", (await BrowserSide.AnswerAsync(
            browser, "implicit", Flows.WebRedirect, ("claims", Claims("usr_other")), ("id_token_hint", await IdTokenAsync(browser)), ("prompt", "none")))["error"]);
    }

    [Fact]
    [Trait("negative", "11")]
    public async Task A_hint_of_another_client_another_kind_or_another_hand_is_refused()
    {
        using var browser = await side.NewcomerAsync();
        var answer = await BrowserSide.AnswerAsync(browser, "implicit", Flows.WebRedirect);
        var tokens = await side.TokensAsync("implicit", answer["code"]);
        var idToken = tokens.GetProperty("id_token").GetString()!;
        var parts = idToken.Split('.');
        string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

        foreach (var hint in new[]
        {
            tokens.GetProperty("access_token").GetString()!,
            $"{Encode("""{"alg":"none","typ":"JWT"}""")}.{parts[1]}.",
            $"{Encode("""{"alg":"HS256","typ":"JWT"}""")}.{parts[1]}.{parts[2]}",
            $"{parts[0]}.{Encode(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[1])).Replace("usr_", "usr_0", StringComparison.Ordinal))}.{parts[2]}",
            $"{parts[0]}.{parts[1]}.{(parts[2][0] == 'A' ? 'B' : 'A')}{parts[2][1..]}",
            $"{parts[0]}.{parts[1]}",
        })
        {
            Assert.Equal("invalid_request", (await BrowserSide.AnswerAsync(browser, "implicit", Flows.WebRedirect, ("id_token_hint", hint)))["error"]);
        }

        Assert.Equal("invalid_request", (await BrowserSide.AnswerAsync(browser, "web", Flows.WebRedirect, ("id_token_hint", idToken)))["error"]);
    }

    private static async Task<string> EmailAsync(TestBrowser browser)
    {
        await browser.GoAsync("/account");
        return browser.Page.QuerySelector(".person-mail")!.TextContent;
    }

    private async Task<string> IdTokenAsync(TestBrowser browser)
    {
        var answer = await BrowserSide.AnswerAsync(browser, "implicit", Flows.WebRedirect);
        return (await side.TokensAsync("implicit", answer["code"])).GetProperty("id_token").GetString()!;
    }

    private async Task<long> AuthTimeAsync(TestBrowser browser) => await AuthTimeAsync(await BrowserSide.AnswerAsync(browser, "implicit", Flows.WebRedirect));

    private async Task<long> AuthTimeAsync(Dictionary<string, string> answer) =>
        Flows.Claims((await side.TokensAsync("implicit", answer["code"])).GetProperty("id_token").GetString()!).GetProperty("auth_time").GetInt64();
}
