using System.Net;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Specs;

/// <summary>RFC 9700 §4.2, §4.16: nothing is framed, referred or cached, on any page and any error.</summary>
public sealed class SecurityHeaderTests(BrowserSide side) : IClassFixture<BrowserSide>
{
    [Fact]
    [Trait("negative", "18")]
    [Trait("negative", "26")]
    public async Task Every_page_refuses_frames_referrers_and_caches()
    {
        using var stranger = side.Browser();
        foreach (var page in new[] { "/", "/sign-in", "/register", "/signed-out", "/no-such-page", "/error", "/consent", "/connect/authorize", "/connect/endsession?client_id=nobody" })
        {
            await stranger.GoAsync(page);
            AssertGuarded(stranger.Response);
        }

        using var browser = await side.NewcomerAsync();
        foreach (var page in new[] { "/", "/account", "/account/password", "/sign-out", "/connect/endsession" })
        {
            await browser.GoAsync(page);
            Assert.Equal(HttpStatusCode.OK, browser.Response.StatusCode);
            AssertGuarded(browser.Response);
        }

        await BrowserSide.AskAsync(browser, "/consent", "web", Flows.WebRedirect);
        AssertGuarded(browser.Response);
        side.Clock.Advance(TimeSpan.FromSeconds(1));
        await BrowserSide.AskAsync(browser, "/select-account", "web", Flows.WebRedirect, ("prompt", "select_account"));
        AssertGuarded(browser.Response);
        await BrowserSide.AskAsync(browser, "/sign-in", "web", Flows.WebRedirect, ("prompt", "login"));
        AssertGuarded(browser.Response);
        await browser.SignInAsync(Flows.Email, "not the password at all");
        AssertGuarded(browser.Response);
        using var steps = side.Steps(browser);
        using var stale = await steps.PostAsync("/sign-out", new FormUrlEncodedContent([new("csrf", "x")]));
        AssertGuarded(stale);
    }

    [Fact]
    [Trait("negative", "18")]
    [Trait("negative", "26")]
    public async Task Redirects_carry_the_same_headers()
    {
        using var browser = await side.SignedInAsync();

        await BrowserSide.AnswerAsync(browser, "implicit", Flows.WebRedirect);
        AssertGuarded(browser.Response);
        await BrowserSide.AnswerAsync(browser, "implicit", Flows.WebRedirect, ("scope", "nonsense"));
        AssertGuarded(browser.Response);
        using var steps = side.Steps(browser);
        using var toPage = await steps.GetAsync(Flows.AuthorizeUrl("systematic", Flows.WebRedirect));
        Assert.Equal(HttpStatusCode.SeeOther, toPage.StatusCode);
        AssertGuarded(toPage);
    }

    [Fact]
    [Trait("negative", "18")]
    public async Task The_form_of_a_page_may_lead_to_the_client_of_its_request_and_nowhere_else()
    {
        using var browser = await side.NewcomerAsync();
        await browser.GoAsync("/account/password");
        Assert.EndsWith("form-action 'self'", Policy(browser.Response), StringComparison.Ordinal);

        foreach (var (client, redirectUri, target) in new[]
        {
            ("web", Flows.WebRedirect, "https://client.example"),
            ("app", BrowserSide.LoopbackRedirect, "http://127.0.0.1:51004"),
            ("app", BrowserSide.PrivateRedirect, "com.example.app:"),
        })
        {
            await BrowserSide.AskAsync(browser, "/consent", client, redirectUri);
            Assert.EndsWith("form-action 'self' " + target, Policy(browser.Response), StringComparison.Ordinal);
        }
    }

    [Fact]
    [Trait("negative", "26")]
    public async Task Neither_codes_nor_tokens_nor_passwords_nor_cookies_stand_in_the_log()
    {
        using var browser = side.Browser();
        var answer = await Flows.AuthorizeAsync(browser, "web", Flows.WebRedirect, ("prompt", "consent"));
        var tokens = await side.TokensAsync("web", answer["code"]);
        using var replayed = await Flows.RedeemAsync(side.Server, answer["code"]);
        await browser.GoAsync("/connect/endsession?id_token_hint=" + tokens.GetProperty("id_token").GetString());
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(Flows.Email, "a-wrong-password-5b1c");

        var log = string.Join('\n', side.Server.Logs.All);
        Assert.NotEmpty(log);
        foreach (var secret in new[]
        {
            answer["code"], tokens.GetProperty("access_token").GetString()!, tokens.GetProperty("refresh_token").GetString()!, tokens.GetProperty("id_token").GetString()!,
            Flows.Password, Flows.Secret, "a-wrong-password-5b1c", browser.Cookies.GetCookies(side.Server.Address)["browser"]!.Value,
        })
        {
            Assert.DoesNotContain(secret, log, StringComparison.Ordinal);
        }

        var trail = await side.Server.QueryAsync(context => Task.FromResult(context.AuditEvents.AsEnumerable()
            .Select(row => string.Join(' ', row.Target, row.Reason, row.Detail, row.CorrelationId, row.Subject, row.ClientId)).ToList()));
        Assert.DoesNotContain(trail, row => row.Contains(answer["code"], StringComparison.Ordinal) || row.Contains(Flows.Password, StringComparison.Ordinal));
    }

    internal static void AssertGuarded(HttpResponseMessage response)
    {
        string One(string name) => Assert.Single(response.Headers.GetValues(name));
        Assert.Equal("DENY", One("X-Frame-Options"));
        Assert.Equal("no-referrer", One("Referrer-Policy"));
        Assert.Equal("nosniff", One("X-Content-Type-Options"));
        Assert.Contains("no-store", One("Cache-Control"), StringComparison.Ordinal);
        var policy = Policy(response);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("base-uri 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.False(response.Headers.Contains("Server"));
        Assert.False(response.Headers.Contains("X-Powered-By"));
    }

    private static string Policy(HttpResponseMessage response) => Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
}

/// <summary>What a caller sees of a failure inside.</summary>
public sealed class FailureTests
{
    [Fact]
    [Trait("negative", "18")]
    [Trait("negative", "58")]
    public async Task A_failure_inside_is_a_guarded_answer_without_a_word_of_what_it_was()
    {
        await using var server = await TestServer.StartAsync(
            services => services.AddSingleton<IAuthorizationRequests, Broken>(), [.. Flows.Settings, ("AuthServer:Resources:1:Url", Flows.Other), ("AuthServer:Issuer", "https://issuer.example")]);
        using var http = server.CreateClient();

        using var response = await http.GetAsync(Flows.AuthorizeUrl("web", Flows.WebRedirect));

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        SecurityHeaderTests.AssertGuarded(response);
        Assert.True(response.Headers.Contains("Strict-Transport-Security"));
        var body = await response.Content.ReadAsStringAsync();
        Assert.DoesNotContain("secret-of-the-failure", body, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", body, StringComparison.Ordinal);
        Assert.Contains(server.Logs.All, line => line.Contains("secret-of-the-failure", StringComparison.Ordinal));
    }

    private sealed class Broken : IAuthorizationRequests
    {
        public Task<bool> TryAddAsync(StoredAuthorizationRequest request, CancellationToken ct) => throw Failure;

        public Task<StoredAuthorizationRequest?> FindAsync(string id, DateTimeOffset now, CancellationToken ct) => throw Failure;

        public Task<bool> TrySelectAsync(string id, string subject, CancellationToken ct) => throw Failure;

        public Task<bool> TryLeaveOutAsync(string id, IReadOnlyList<string> scopes, CancellationToken ct) => throw Failure;

        public Task<bool> TryRefuseAsync(string id, AuditEvent refused, CancellationToken ct) => throw Failure;

        private static InvalidOperationException Failure => new("secret-of-the-failure");
    }
}
