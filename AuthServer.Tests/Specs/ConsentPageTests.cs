using System.Net;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Specs;

/// <summary>What the consent page says, and that nobody gets more out of it than was allowed there.</summary>
public sealed class ConsentPageTests(BrowserSide side) : IClassFixture<BrowserSide>
{
    [Fact]
    [Trait("negative", "20")]
    public async Task It_names_the_client_its_host_each_scope_the_resource_the_duration_and_the_person()
    {
        using var browser = await side.NewcomerAsync();

        await BrowserSide.AskAsync(browser, "/consent", "web", Flows.WebRedirect, ("scope", "openid profile things.read offline_access"), ("resource", Flows.Api));

        Assert.Contains("The web client", browser.Page.QuerySelector("h1")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("client.example", browser.Page.QuerySelector(".host")!.TextContent);
        Assert.Equal(["profile", "things.read", "offline_access"], browser.Page.QuerySelectorAll("input[name=scope]").Select(box => box.GetAttribute("value")));
        Assert.Contains("Know who you are", browser.Text, StringComparison.Ordinal);
        Assert.Contains("See your profile", browser.Text, StringComparison.Ordinal);
        Assert.Contains("things.read", browser.Page.QuerySelector(".scopes")!.TextContent, StringComparison.Ordinal);
        Assert.Contains(Flows.Api, browser.Page.QuerySelector(".resources")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("up to 30 days", browser.Page.QuerySelector(".how-long")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("New Comer", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("negative", "20")]
    public async Task A_name_that_poses_as_another_stays_inside_its_own_element_and_the_host_is_ascii()
    {
        using var browser = await side.NewcomerAsync();

        await BrowserSide.AskAsync(browser, "/consent", "odd", BrowserSide.OddRedirect);

        var shown = browser.Page.QuerySelector("h1 > bdi")!.TextContent;
        Assert.StartsWith("elpp\u0430 <b onmouseover=\"alert(1)\">Bank</b>", shown, StringComparison.Ordinal);
        Assert.InRange(shown.Length, 30, 200);
        Assert.Equal("xn--pple-43d.example", browser.Page.QuerySelector("bdi.host")!.TextContent);
        Assert.Empty(browser.Page.QuerySelectorAll("b, [onmouseover]"));
        Assert.DoesNotContain("\u202E", browser.Page.Title, StringComparison.Ordinal);

        await BrowserSide.AskAsync(browser, "/sign-in", "odd", BrowserSide.OddRedirect, ("prompt", "login"));
        Assert.Equal(shown, browser.Page.QuerySelector(".lead bdi")!.TextContent);
    }

    [Theory]
    [Trait("negative", "20")]
    [InlineData("app", BrowserSide.LoopbackRedirect, "127.0.0.1:51004")]
    [InlineData("app", BrowserSide.PrivateRedirect, "com.example.app")]
    public async Task A_program_on_this_device_is_called_one(string client, string redirectUri, string shown)
    {
        using var browser = await side.NewcomerAsync();

        await BrowserSide.AskAsync(browser, "/consent", client, redirectUri);

        Assert.Contains("a program on this device", browser.Text, StringComparison.Ordinal);
        Assert.Equal(shown, browser.Page.QuerySelector(".host")!.TextContent);
    }

    [Fact]
    [Trait("negative", "21")]
    public async Task A_partial_approval_narrows_the_tokens_and_what_is_remembered()
    {
        using var browser = await side.NewcomerAsync();
        await BrowserSide.AskAsync(browser, "/consent", "web", Flows.WebRedirect, ("scope", "openid profile email offline_access"));
        using var steps = side.Steps(browser);
        using var allowed = await steps.PostAsync(browser.Address, BrowserSide.Form(browser, ("decision", "allow"), ("scope", "profile")));

        await browser.GoAsync(allowed.Headers.Location!.OriginalString);

        var tokens = await side.TokensAsync("web", BrowserSide.Answer(browser)["code"]);
        Assert.Equal(["openid", "profile"], BrowserSide.Scopes(tokens));
        Assert.False(tokens.TryGetProperty("refresh_token", out _));
        Assert.False((await side.UserInfoAsync(tokens)).TryGetProperty("email", out _));
        Assert.Contains("code", (await BrowserSide.AnswerAsync(browser, "web", Flows.WebRedirect, ("scope", "openid profile"))).Keys);
        await BrowserSide.AskAsync(browser, "/consent", "web", Flows.WebRedirect, ("scope", "openid profile email"));
    }

    [Fact]
    [Trait("negative", "21")]
    public async Task What_is_added_to_the_form_is_not_granted()
    {
        using var browser = await side.NewcomerAsync();
        await BrowserSide.AskAsync(browser, "/consent", "web", Flows.WebRedirect, ("scope", "openid profile"));
        using var steps = side.Steps(browser);
        using var allowed = await steps.PostAsync(browser.Address, BrowserSide.Form(browser,
            ("decision", "allow"), ("scope", "profile"), ("scope", "email"), ("scope", "offline_access"), ("scope", "things.write"), ("scope", "admin"),
            ("resource", Flows.Api), ("client_id", "twin"), ("redirect_uri", BrowserSide.OtherHost), ("request_id", "x"), ("state", "other"), ("nonce", "other")));

        await browser.GoAsync(allowed.Headers.Location!.OriginalString);

        var answer = BrowserSide.Answer(browser);
        Assert.Equal(Flows.WebRedirect, browser.Left!.GetLeftPart(UriPartial.Path));
        Assert.Equal("s-123", answer["state"]);
        var tokens = await side.TokensAsync("web", answer["code"]);
        Assert.Equal(["openid", "profile"], BrowserSide.Scopes(tokens));
        Assert.Equal(side.Server.Issuer, Flows.Claims(tokens.GetProperty("access_token").GetString()!).GetProperty("aud").GetString());
        Assert.Equal("n-456", Flows.Claims(tokens.GetProperty("id_token").GetString()!).GetProperty("nonce").GetString());
    }

    [Fact]
    [Trait("negative", "21")]
    public async Task What_is_added_to_the_way_back_is_not_granted()
    {
        using var browser = await side.NewcomerAsync();
        await BrowserSide.AskAsync(browser, "/consent", "web", Flows.WebRedirect, ("scope", "openid"));
        using var steps = side.Steps(browser);
        using var allowed = await steps.PostAsync(browser.Address, BrowserSide.Form(browser, ("decision", "allow")));

        await browser.GoAsync(allowed.Headers.Location!.OriginalString + "&scope=openid%20email&client_id=twin&state=other&redirect_uri=" + Uri.EscapeDataString(BrowserSide.OtherHost));

        var answer = BrowserSide.Answer(browser);
        Assert.Equal("s-123", answer["state"]);
        Assert.Equal(["openid"], BrowserSide.Scopes(await side.TokensAsync("web", answer["code"])));
    }

    [Fact]
    [Trait("negative", "21")]
    public async Task A_form_of_one_request_does_not_approve_another()
    {
        using var browser = await side.NewcomerAsync();
        await BrowserSide.AskAsync(browser, "/consent", "web", Flows.WebRedirect, ("scope", "openid"));
        using var form = BrowserSide.Form(browser, ("decision", "allow"), ("scope", "things.write"));
        await BrowserSide.AskAsync(browser, "/consent", "web", Flows.WebRedirect, ("scope", "openid things.write"));
        using var request = new HttpRequestMessage(HttpMethod.Post, browser.Address) { Content = form };

        await browser.SendAsync(request);

        BrowserSide.AssertDisplayed(browser);
    }

    [Fact]
    public async Task Nothing_ticked_is_asked_about_and_a_refusal_tells_the_client()
    {
        using var browser = await side.NewcomerAsync();
        await BrowserSide.AskAsync(browser, "/consent", "web", Flows.WebRedirect, ("scope", "things.read"));

        await browser.SubmitAsync(new() { ["scope"] = null }, "Allow");
        BrowserSide.AssertAt(browser, "/consent");
        Assert.Contains("Tick at least one thing", browser.Text, StringComparison.Ordinal);
        await browser.SubmitAsync(button: "Deny");

        var answer = BrowserSide.Answer(browser);
        Assert.Equal("access_denied", answer["error"]);
        Assert.Equal("s-123", answer["state"]);
        Assert.Equal(side.Server.Issuer, answer["iss"]);
        Assert.DoesNotContain("code", answer.Keys);
    }

    [Fact]
    public async Task An_answer_that_is_neither_is_none()
    {
        using var browser = await side.NewcomerAsync();
        await BrowserSide.AskAsync(browser, "/consent", "web", Flows.WebRedirect);

        foreach (var decision in new[] { "", "ALLOW", "yes" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, browser.Address) { Content = BrowserSide.Form(browser, ("decision", decision), ("scope", "profile")) };
            await browser.SendAsync(request);

            BrowserSide.AssertAt(browser, "/consent");
        }
    }

    [Fact]
    public async Task A_page_opened_without_a_request_is_told_so()
    {
        using var browser = await side.NewcomerAsync();
        foreach (var address in new[] { "/consent", "/consent?request_id=", "/consent?request_id=x", "/select-account", "/sign-in?request_id=x", "/register?request_id=x", "/consent?request_id=" + new string('x', 3000) })
        {
            await browser.GoAsync(address);

            BrowserSide.AssertDisplayed(browser, HttpStatusCode.BadRequest);
        }
    }
}
