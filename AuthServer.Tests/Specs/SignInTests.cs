using System.Net;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Specs;

/// <summary>ASVS 6.3 and NIST SP 800-63B §3.2.2: nobody learns who has an account, nobody guesses fast, nobody locks an owner out.</summary>
public sealed class SignInTests(BrowserSide side) : IClassFixture<BrowserSide>
{
    [Fact]
    [Trait("negative", "56")]
    public async Task Unknown_wrong_and_disabled_get_one_answer()
    {
        var disabled = $"{Guid.NewGuid():N}@example.com";
        using (await side.NewcomerAsync(disabled))
        {
            await side.Server.QueryAsync(context => context.Users.Where(user => user.Email == disabled).ExecuteUpdateAsync(user => user.SetProperty(row => row.Disabled, true)));
        }

        var answers = new List<string>();
        foreach (var (email, password) in new[]
        {
            (Flows.Email, "a wrong password"), ("nobody@example.com", Flows.Password), (disabled, Flows.Password), (disabled, "a wrong password"), (Flows.Email, new string('x', 5000)), ("not an address", "x"),
        })
        {
            using var browser = side.Browser();
            await browser.GoAsync("/sign-in");
            await browser.SignInAsync(email, password);

            BrowserSide.AssertAt(browser, "/sign-in");
            Assert.Equal(email, browser.Page.QuerySelector("#email")!.GetAttribute("value"));
            Assert.Null(browser.Page.QuerySelector("#password")!.GetAttribute("value"));
            var body = await browser.Response.Content.ReadAsStringAsync();
            Assert.DoesNotContain(password.Length > 1 ? password : "a wrong password", body, StringComparison.Ordinal);
            foreach (var input in browser.Page.QuerySelectorAll("input"))
            {
                input.RemoveAttribute("value");
            }

            answers.Add(browser.Page.Body!.OuterHtml);
            Assert.False(browser.Response.Headers.Contains("Set-Cookie"));
        }

        Assert.Single(answers.Distinct());
    }

    [Fact]
    public async Task A_name_is_matched_whatever_its_case_and_spaces_around_it()
    {
        using var browser = side.Browser();
        await browser.GoAsync("/sign-in");

        await browser.SignInAsync("  ADA@Example.COM ", Flows.Password);

        BrowserSide.AssertAt(browser, "/account");
    }

    [Fact]
    [Trait("negative", "56")]
    public async Task A_password_is_matched_to_the_letter()
    {
        foreach (var password in new[] { Flows.Password.ToUpperInvariant(), Flows.Password + " ", " " + Flows.Password, Flows.Password[..^1], "" })
        {
            using var browser = side.Browser();
            await browser.GoAsync("/sign-in");

            await browser.SignInAsync(Flows.Email, password);

            BrowserSide.AssertAt(browser, "/sign-in");
        }
    }

    [Fact]
    [Trait("negative", "56")]
    public async Task Sign_in_leads_only_to_our_own_pages()
    {
        foreach (var query in new[] { "?ReturnUrl=https://evil.example", "?returnUrl=//evil.example", "?return_to=https://evil.example", "?redirect_uri=https://evil.example" })
        {
            using var browser = side.Browser();
            await browser.GoAsync("/sign-in" + query);

            await browser.SignInAsync(Flows.Email, Flows.Password);

            BrowserSide.AssertAt(browser, "/account");
        }
    }

    [Fact]
    [Trait("negative", "56")]
    public async Task Registration_says_no_more_of_an_address_that_is_taken_than_of_one_it_will_not_take()
    {
        using var browser = side.Browser();
        await browser.GoAsync("/register");

        await browser.SubmitAsync(new() { ["Email"] = Flows.Email.ToUpperInvariant(), ["Name"] = "Someone", ["Password"] = "seventeen purple umbrellas sing" });

        BrowserSide.AssertAt(browser, "/register");
        Assert.Contains("cannot be made here", browser.Text, StringComparison.Ordinal);
        Assert.Equal("Someone", browser.Page.QuerySelector("#name")!.GetAttribute("value"));
        Assert.DoesNotContain("purple", await browser.Response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False(browser.Response.Headers.Contains("Set-Cookie"));
        using var owner = await side.SignedInAsync();
    }
}

/// <summary>The limits of sign-in and registration, as they are by default.</summary>
public sealed class SignInLimitTests
{
    [Fact]
    [Trait("negative", "56")]
    public async Task Guessing_is_slowed_down_for_strangers_and_the_owners_browser_is_never_locked_out()
    {
        await using var server = await Flows.StartAsync([.. BrowserSide.Settings, ("AuthServer:RateLimits:SignIn", "3"), ("AuthServer:RateLimits:PerAddress", "30")]);
        using var owner = new TestBrowser(server);
        await SignInAsync(owner, Flows.Password);
        await owner.GoAsync("/sign-out");
        await owner.SubmitAsync(button: "Sign out");
        server.Clock.Advance(TimeSpan.FromMinutes(3));

        using var stranger = new TestBrowser(server);
        for (var i = 0; i < 3; i++)
        {
            await SignInAsync(stranger, $"guess number {i}");
            BrowserSide.AssertAt(stranger, "/sign-in");
        }

        // Now not even the right password is tried, the form is kept, and the password is not.
        await SignInAsync(stranger, Flows.Password);
        Assert.Equal(HttpStatusCode.TooManyRequests, stranger.Response.StatusCode);
        Assert.InRange(stranger.Response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 61);
        Assert.Equal(Flows.Email, stranger.Page.QuerySelector("#email")!.GetAttribute("value"));
        Assert.DoesNotContain(Flows.Password, await stranger.Response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        SecurityHeaderTests.AssertGuarded(stranger.Response);

        // A new browser and a forwarded address are the same stranger; another spelling is the same account.
        using var again = new TestBrowser(server);
        await again.GoAsync("/sign-in");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, "/sign-in"))
        {
            Content = BrowserSide.Form(again, ("Email", Flows.Email.ToUpperInvariant()), ("Password", Flows.Password)),
        };
        request.Headers.Add("X-Forwarded-For", "203.0.113.7");
        await again.SendAsync(request);
        Assert.Equal(HttpStatusCode.TooManyRequests, again.Response.StatusCode);

        await SignInAsync(owner, Flows.Password);
        BrowserSide.AssertAt(owner, "/account");
        server.Clock.Advance(TimeSpan.FromMinutes(2));
        await SignInAsync(stranger, Flows.Password);
        BrowserSide.AssertAt(stranger, "/account");
    }

    [Fact]
    [Trait("negative", "56")]
    public async Task One_address_cannot_try_one_password_on_many_accounts_and_unknown_ones_count_alike()
    {
        await using var server = await Flows.StartAsync(("AuthServer:RateLimits:PerAddress", "3"));
        using var stranger = new TestBrowser(server);
        for (var i = 0; i < 3; i++)
        {
            await SignInAsync(stranger, "spring 2026 spring", $"person{i}@example.com");
            BrowserSide.AssertAt(stranger, "/sign-in");
        }

        await SignInAsync(stranger, "spring 2026 spring", "person9@example.com");

        Assert.Equal(HttpStatusCode.TooManyRequests, stranger.Response.StatusCode);
        Assert.NotNull(stranger.Response.Headers.RetryAfter);
    }

    [Fact]
    [Trait("negative", "56")]
    public async Task A_made_up_device_cookie_is_no_known_device()
    {
        await using var server = await Flows.StartAsync(("AuthServer:RateLimits:SignIn", "1"));
        using var first = new TestBrowser(server);
        await SignInAsync(first, "guess number one");
        foreach (var value in new[] { "x", new string('A', 300) })
        {
            using var forger = new TestBrowser(server);
            forger.Cookies.Add(server.Address, new Cookie("device", value));

            await SignInAsync(forger, "guess number two");

            Assert.Equal(HttpStatusCode.TooManyRequests, forger.Response.StatusCode);
        }
    }

    [Fact]
    [Trait("negative", "56")]
    public async Task Registration_has_a_limit_of_its_own_and_keeps_the_form()
    {
        await using var server = await Flows.StartAsync(("AuthServer:RateLimits:PerAddress", "2"));
        using var browser = new TestBrowser(server);
        for (var i = 0; i < 2; i++)
        {
            await RegisterAsync(browser, Flows.Email);
            BrowserSide.AssertAt(browser, "/register");
        }

        await RegisterAsync(browser, "new@example.com");

        Assert.Equal(HttpStatusCode.TooManyRequests, browser.Response.StatusCode);
        Assert.InRange(browser.Response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 61);
        Assert.Equal("new@example.com", browser.Page.QuerySelector("#email")!.GetAttribute("value"));
        Assert.DoesNotContain(Flows.Password, await browser.Response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("negative", "56")]
    public async Task The_present_password_cannot_be_guessed_at_the_change_of_password()
    {
        await using var server = await Flows.StartAsync(("AuthServer:RateLimits:SignIn", "3"));
        using var browser = new TestBrowser(server);
        await SignInAsync(browser, Flows.Password);
        server.Clock.Advance(TimeSpan.FromMinutes(3));
        for (var i = 0; i < 3; i++)
        {
            await ChangeAsync(browser, $"guess number {i}");
            BrowserSide.AssertAt(browser, "/account/password");
        }

        await ChangeAsync(browser, Flows.Password);

        Assert.Equal(HttpStatusCode.TooManyRequests, browser.Response.StatusCode);
        Assert.NotNull(browser.Response.Headers.RetryAfter);
        Assert.DoesNotContain("umbrellas", await browser.Response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task SignInAsync(TestBrowser browser, string password, string email = Flows.Email)
    {
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(email, password);
    }

    private static async Task RegisterAsync(TestBrowser browser, string email)
    {
        await browser.GoAsync("/register");
        await browser.SubmitAsync(new() { ["Email"] = email, ["Password"] = Flows.Password });
    }

    private static async Task ChangeAsync(TestBrowser browser, string present)
    {
        await browser.GoAsync("/account/password");
        await browser.SubmitAsync(new() { ["Present"] = present, ["Wanted"] = "seventeen purple umbrellas sing" });
    }
}
