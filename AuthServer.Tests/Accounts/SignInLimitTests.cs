using System.Net;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Accounts;

/// <summary>negative-tests.md 56: how the page behaves when passwords are tried too fast.</summary>
public sealed class SignInLimitTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async Task InitializeAsync() =>
        _server = await Flows.StartAsync(("AuthServer:RateLimits:SignIn", "3"), ("AuthServer:RateLimits:PerAddress", "5"));

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task The_fourth_attempt_must_wait_and_keeps_the_form()
    {
        using var browser = new TestBrowser(_server);
        await FailAsync(browser, Flows.Email, 4);

        Assert.Equal(HttpStatusCode.TooManyRequests, browser.Response.StatusCode);
        Assert.InRange(browser.Response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 61);
        Assert.Equal(Flows.Email, browser.Page.QuerySelector("#email")!.GetAttribute("value"));
        Assert.Null(browser.Page.QuerySelector("#password")!.GetAttribute("value"));
    }

    [Fact]
    public async Task Even_the_right_password_must_wait_and_works_afterwards()
    {
        using var browser = new TestBrowser(_server);
        await FailAsync(browser, Flows.Email, 3);
        await browser.SignInAsync(Flows.Email, Flows.Password);
        Assert.Equal(HttpStatusCode.TooManyRequests, browser.Response.StatusCode);

        _server.Clock.Advance(TimeSpan.FromMinutes(2));
        await browser.SignInAsync(Flows.Email, Flows.Password);
        Assert.Equal("/account", browser.Address.AbsolutePath);
    }

    [Fact]
    public async Task Unknown_addresses_wait_like_known_ones()
    {
        using var browser = new TestBrowser(_server);
        await FailAsync(browser, "nobody@example.com", 4);

        Assert.Equal(HttpStatusCode.TooManyRequests, browser.Response.StatusCode);
    }

    [Fact]
    public async Task The_owners_browser_signs_in_while_a_stranger_at_the_same_address_is_kept_out()
    {
        using var owner = new TestBrowser(_server);
        await owner.GoAsync("/sign-in");
        await owner.SignInAsync(Flows.Email, Flows.Password);
        await owner.GoAsync("/sign-out");
        await owner.SubmitAsync();
        using var stranger = new TestBrowser(_server);
        await FailAsync(stranger, Flows.Email, 10);
        Assert.Equal(HttpStatusCode.TooManyRequests, stranger.Response.StatusCode);

        await owner.GoAsync("/sign-in");
        await owner.SignInAsync(Flows.Email, Flows.Password);
        Assert.Equal("/account", owner.Address.AbsolutePath);
    }

    [Fact]
    public async Task Many_attempts_at_once_get_no_more_tries_than_one_after_another()
    {
        using var browser = new TestBrowser(_server);
        await browser.GoAsync("/sign-in");
        var token = browser.Page.QuerySelector("input[name=csrf]")!.GetAttribute("value")!;
        var cookie = browser.Cookies.GetCookieHeader(_server.Address);
        using var http = _server.CreateClient();
        var answers = await Task.WhenAll(Enumerable.Range(0, 24).Select(async i =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in")
            {
                Content = new FormUrlEncodedContent([new("csrf", token), new("Email", $"user{i}@example.com"), new("Password", "not a password of anybody")]),
            };
            request.Headers.Add("Cookie", cookie);
            using var response = await http.SendAsync(request);
            return response.StatusCode;
        }));

        // Those who are being checked at the same moment are as many as there are turns.
        Assert.InRange(answers.Count(status => status == HttpStatusCode.OK), 5, 5 + Math.Max(2, Environment.ProcessorCount));
    }

    private static async Task FailAsync(TestBrowser browser, string email, int times)
    {
        await browser.GoAsync("/sign-in");
        for (var i = 0; i < times; i++)
        {
            await browser.SignInAsync(email, "not the password of anybody");
        }
    }
}
