using System.Net;
using System.Text.Json.Nodes;
using AuthServer.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.ExternalSignIn;

/// <summary>RFC 9700 and RFC 9207: an answer is believed by the browser that asked, once, from whom it asked.</summary>
public sealed class AttackTests(ExternalSide side) : IClassFixture<ExternalSide>, IAsyncLifetime
{
    public Task InitializeAsync()
    {
        side.Acme.Reset();
        side.Other.Reset();
        return Task.CompletedTask;
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Nothing_begins_by_a_link_or_from_another_site()
    {
        using var browser = side.Browser();
        await browser.GoAsync("/sign-in/external/acme");
        Assert.Equal("/sign-in", browser.Address.AbsolutePath);

        using var http = side.Server.CreateClient();
        using var forged = await http.PostAsync("/sign-in/external/acme", new FormUrlEncodedContent([]));
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        Assert.False(forged.Headers.Contains("Refresh"));
    }

    [Fact]
    public async Task A_provider_that_is_not_offered_is_not_found()
    {
        using var browser = side.Browser();
        await browser.GoAsync("/sign-in");
        browser.Page.QuerySelector("form[action*=external]")!.SetAttribute("action", "/sign-in/external/nobody");
        await browser.SubmitAsync(button: ExternalSide.Button);

        Assert.Equal(HttpStatusCode.NotFound, browser.Response.StatusCode);
    }

    [Fact]
    public async Task A_state_that_was_made_up_or_left_out_is_refused_and_counted()
    {
        var before = await side.RefusalsAsync("state_unknown");
        foreach (var query in new[] { "", "?code=x", "?code=x&state=", "?code=x&state=" + new string('a', 43), "?code=x&state=" + new string('.', 43), "?code=x&state=" + new string('a', 5000) })
        {
            using var browser = side.Browser();
            await browser.GoAsync("/sign-in/external/acme/callback" + query);
            await ExternalSide.AssertRefusedAsync(browser, "state_unknown");
        }

        Assert.Equal(before + 6, await side.RefusalsAsync("state_unknown"));
    }

    /// <summary>Login CSRF: the attacker's own answer, followed by somebody else.</summary>
    [Fact]
    public async Task An_answer_is_not_taken_in_another_browser()
    {
        using var attacker = side.Browser();
        await attacker.GoAsync("/sign-in");
        var callback = await side.Acme.VisitAsync(await ExternalSide.SetOutAsync(attacker));
        var redeemed = side.Acme.Redeemed;

        using var victim = side.Browser();
        await victim.GoAsync("/sign-in");
        await ExternalSide.SetOutAsync(victim);
        await victim.GoAsync(callback.AbsoluteUri);

        await ExternalSide.AssertRefusedAsync(victim, "state_unknown");
        Assert.Equal(redeemed, side.Acme.Redeemed);
    }

    [Fact]
    public async Task An_answer_is_taken_once()
    {
        var (first, _, _) = await side.NewcomerAsync();
        first.Dispose();
        using var browser = side.Browser();
        await browser.GoAsync("/sign-in");
        var callback = await side.Acme.VisitAsync(await ExternalSide.SetOutAsync(browser));

        // A browser that kept its cookie, as an attacker's does.
        using var copy = side.Browser();
        copy.Cookies.Add(side.Server.Address, browser.Cookies.GetCookies(side.Server.Address));
        await browser.GoAsync(callback.AbsoluteUri);
        Assert.Equal("/account", browser.Address.AbsolutePath);

        await copy.GoAsync(callback.AbsoluteUri);
        await ExternalSide.AssertRefusedAsync(copy, "state_replayed");
    }

    [Fact]
    public async Task An_answer_that_took_too_long_is_refused()
    {
        using var browser = side.Browser();
        await browser.GoAsync("/sign-in");
        var callback = await side.Acme.VisitAsync(await ExternalSide.SetOutAsync(browser));
        side.Server.Clock.Advance(TimeSpan.FromMinutes(10));
        await browser.GoAsync(callback.AbsoluteUri);

        await ExternalSide.AssertRefusedAsync(browser, "state_unknown");
    }

    /// <summary>Mix-up: the code of one provider is brought to another, which would be asked to redeem it.</summary>
    [Fact]
    public async Task The_code_of_one_provider_is_not_taken_to_another()
    {
        using var browser = side.Browser();
        await browser.GoAsync("/sign-in");
        var callback = await side.Acme.VisitAsync(await ExternalSide.SetOutAsync(browser));
        var redeemed = side.Other.Redeemed;
        await browser.GoAsync(callback.PathAndQuery.Replace("/acme/", "/other/", StringComparison.Ordinal));

        await ExternalSide.AssertRefusedAsync(browser, "other_callback");
        Assert.Equal(redeemed, side.Other.Redeemed);
    }

    [Theory]
    [InlineData("iss_mismatch", "https://honest.example")]
    [InlineData("iss_mismatch", "/")]
    [InlineData("iss_missing", null)]
    public async Task An_answer_of_another_issuer_is_refused_before_its_code_is_redeemed(string code, string? issuer)
    {
        side.Acme.Answer = new() { ["iss"] = issuer == "/" ? side.Acme.Issuer + "/" : issuer };
        var redeemed = side.Acme.Redeemed;
        using var browser = await side.ArriveAsync();

        await ExternalSide.AssertRefusedAsync(browser, code);
        Assert.Equal(redeemed, side.Acme.Redeemed);
    }

    [Fact]
    public async Task An_error_of_another_issuer_is_not_believed_either()
    {
        side.Acme.Answer = new() { ["iss"] = "https://honest.example", ["code"] = null, ["error"] = "access_denied" };
        using var browser = await side.ArriveAsync();

        await ExternalSide.AssertRefusedAsync(browser, "iss_mismatch");
    }

    [Theory]
    [InlineData("access_denied", "access_denied")]
    [InlineData("server_error", "provider_error")]
    [InlineData("<script>alert(1)</script>", "provider_error")]
    public async Task An_error_of_the_provider_is_told_in_our_words(string error, string code)
    {
        side.Acme.Answer = new() { ["code"] = null, ["error"] = error, ["error_description"] = "the <b>provider's</b> own words" };
        using var browser = await side.ArriveAsync();

        Assert.DoesNotContain("own words", browser.Text, StringComparison.Ordinal);
        await ExternalSide.AssertRefusedAsync(browser, code);
    }

    [Fact]
    public async Task Who_failed_goes_back_to_what_they_came_for()
    {
        side.Acme.Answer = new() { ["code"] = null, ["error"] = "access_denied" };
        using var browser = side.Browser();
        await browser.GoAsync(Flows.AuthorizeUrl("web", Flows.WebRedirect));
        await side.RoundAsync(browser);
        await browser.GoAsync(browser.Page.QuerySelector("a.button")!.GetAttribute("href")!);
        await browser.SignInAsync(Flows.Email, Flows.Password);

        Assert.Equal("/consent", browser.Address.AbsolutePath);
    }

    [Fact]
    public async Task A_parameter_that_comes_twice_is_refused()
    {
        using var browser = side.Browser();
        await browser.GoAsync("/sign-in");
        var callback = await side.Acme.VisitAsync(await ExternalSide.SetOutAsync(browser));
        await browser.GoAsync(callback.AbsoluteUri + "&code=another");

        await ExternalSide.AssertRefusedAsync(browser, "code_missing");
    }

    [Fact]
    public async Task An_injected_code_is_refused()
    {
        using var attacker = side.Browser();
        await attacker.GoAsync("/sign-in");
        var stolen = Flows.Query(await side.Acme.VisitAsync(await ExternalSide.SetOutAsync(attacker)))["code"];
        side.Acme.Answer = new() { ["code"] = stolen };
        using var browser = await side.ArriveAsync();

        // PKCE: the verifier is another's.
        await ExternalSide.AssertRefusedAsync(browser, "code_refused");
    }

    [Theory]
    [InlineData("?ReturnUrl=https://evil.example")]
    [InlineData("?returnUrl=//evil.example")]
    [InlineData("?redirect_uri=https://evil.example&request_id=..%2F..%2Fevil")]
    [InlineData("?join=https%3A%2F%2Fevil.example")]
    [InlineData("?again=https%3A%2F%2Fevil.example")]
    [InlineData("?again=%2F%2Fevil.example")]
    public async Task The_way_leads_only_to_our_own_pages(string query)
    {
        var (first, _, _) = await side.NewcomerAsync();
        first.Dispose();
        using var browser = side.Browser();
        await browser.GoAsync("/sign-in" + query);
        if (browser.Page.QuerySelector("form[action*=external]") is null)
        {
            Assert.Equal(HttpStatusCode.BadRequest, browser.Response.StatusCode);
            return;
        }

        await side.RoundAsync(browser);
        Assert.Null(browser.Left);
        Assert.Contains(browser.Address.AbsolutePath, new[] { "/account", "/join" });
    }

    [Fact]
    public async Task An_arrival_is_useless_in_another_browser_after_its_time_and_a_second_time()
    {
        side.Acme.Claims = ExternalSide.Person($"sub-{Guid.NewGuid():N}", $"{Guid.NewGuid():N}@example.com");
        using var browser = await side.ArriveAsync();
        var address = browser.Address.PathAndQuery;

        using var victim = await side.SignedInAsync();
        await victim.GoAsync(address);
        Assert.Contains("has expired", victim.Text, StringComparison.Ordinal);
        Assert.Empty(victim.Page.Forms);

        await browser.SubmitAsync(button: "Create account");
        Assert.Equal("/account", browser.Address.AbsolutePath);
        await browser.GoAsync(address);
        Assert.Contains("has expired", browser.Text, StringComparison.Ordinal);

        side.Acme.Claims = ExternalSide.Person($"sub-{Guid.NewGuid():N}", $"{Guid.NewGuid():N}@example.com");
        using var late = await side.ArriveAsync();
        side.Server.Clock.Advance(TimeSpan.FromMinutes(16));
        await late.GoAsync(late.Address.PathAndQuery);
        Assert.Contains("has expired", late.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_one_person_set_out_to_link_is_not_linked_to_another()
    {
        var subject = $"sub-{Guid.NewGuid():N}";
        side.Acme.Claims = ExternalSide.Person(subject);
        using var browser = await side.SignedInAsync();
        await browser.GoAsync("/account/sign-ins");
        var callback = await side.Acme.VisitAsync(await ExternalSide.SetOutAsync(browser, "Add " + ExternalSide.Title));
        await browser.GoAsync("/sign-out");
        await browser.SubmitAsync(button: "Sign out");
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(BrowserSide.OtherEmail, BrowserSide.OtherPassword);

        await browser.GoAsync(callback.AbsoluteUri);
        Assert.Equal("other_person", browser.Page.QuerySelector("code")!.TextContent);
        Assert.Empty(await side.LoginsAsync(subject));
    }

    [Fact]
    public async Task An_account_that_is_linked_to_somebody_else_cannot_be_linked_again()
    {
        var (first, subject, _) = await side.NewcomerAsync();
        first.Dispose();
        using var browser = await side.SignedInAsync();
        await browser.GoAsync("/account/sign-ins");
        await side.RoundAsync(browser, "Add " + ExternalSide.Title);

        Assert.Equal("linked_elsewhere", browser.Page.QuerySelector("code")!.TextContent);
        Assert.Single(await side.LoginsAsync(subject));
        Assert.NotEmpty(await side.Server.TrailAsync("user.external_refused"));
    }

    [Fact]
    public async Task Of_two_who_link_one_account_at_once_one_wins()
    {
        var subject = $"sub-{Guid.NewGuid():N}";
        side.Acme.Claims = ExternalSide.Person(subject);
        using var ada = await side.SignedInAsync();
        using var grace = await side.SignedInAsync(BrowserSide.OtherEmail, BrowserSide.OtherPassword);
        foreach (var browser in new[] { ada, grace })
        {
            await browser.GoAsync("/account/sign-ins");
            await side.RoundAsync(browser, "Add " + ExternalSide.Title);
        }

        await Task.WhenAll(ada.SubmitAsync(button: "Link it"), grace.SubmitAsync(button: "Link it"));

        Assert.Single(await side.LoginsAsync(subject));
        Assert.Single(new[] { ada, grace }, browser => browser.Address.AbsolutePath == "/account/sign-ins");
        Assert.Single(new[] { ada, grace }, browser => browser.Text.Contains("linked to another account here", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_is_disabled_is_not_signed_in()
    {
        var (first, _, email) = await side.NewcomerAsync();
        first.Dispose();
        await side.Server.QueryAsync(context => context.Users.Where(user => user.Email == email).ExecuteUpdateAsync(user => user.SetProperty(row => row.Disabled, true)));
        using var browser = await side.ArriveAsync();

        await ExternalSide.AssertRefusedAsync(browser, "disabled");
    }

    [Theory]
    [InlineData("huge")]
    [InlineData("html")]
    [InlineData("nothing")]
    [InlineData("500")]
    public async Task A_provider_that_answers_nonsense_signs_nobody_in(string kind)
    {
        side.Acme.Host.Serve("/token", async http =>
        {
            http.Response.StatusCode = kind == "500" ? 500 : 200;
            await http.Response.WriteAsync(kind switch { "huge" => new string('x', 5_000_000), "html" => "<html>Sign in</html>", _ => "" });
        });
        using var browser = await side.ArriveAsync();

        await ExternalSide.AssertRefusedAsync(browser, "provider_unreachable");
    }

    [Fact]
    public async Task A_provider_without_an_ID_token_signs_nobody_in()
    {
        side.Acme.Write = _ => null;
        using var browser = await side.ArriveAsync();

        await ExternalSide.AssertRefusedAsync(browser, "id_token_missing");
    }

    [Fact]
    public async Task Who_fails_too_often_waits()
    {
        await using var acme = await FakeOpenId.StartAsync();
        await using var server = await Flows.StartAsync([.. ExternalSide.Provider(0, acme, ExternalSide.Id, ExternalSide.Title), ("AuthServer:RateLimits:PerAddress", "3")]);
        using var browser = new TestBrowser(server);
        for (var i = 0; i < 4; i++)
        {
            await browser.GoAsync("/sign-in/external/acme/callback?code=x&state=" + new string('a', 43));
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, browser.Response.StatusCode);
        server.Clock.Advance(TimeSpan.FromMinutes(2));
        acme.Clock = server.Clock;
        acme.Claims = new JsonObject { ["email"] = "late@example.com", ["email_verified"] = true };
        await browser.GoAsync("/sign-in");
        await browser.GoAsync((await acme.VisitAsync(await ExternalSide.SetOutAsync(browser))).AbsoluteUri);
        Assert.Equal("/link", browser.Address.AbsolutePath);
    }
}
