using System.Net;
using AuthServer.Accounts;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Accounts;

/// <summary>Signing in with a password (negative-tests.md 17, 56, 57).</summary>
public sealed class SignInTests : IAsyncLifetime
{
    private readonly CountingHasher _hasher = new();
    private TestServer _server = null!;

    public async Task InitializeAsync() =>
        _server = await TestServer.StartAsync(services => services.AddSingleton<IPasswordHasher<User>>(_hasher), [.. Flows.Settings, ("AuthServer:Resources:1:Url", Flows.Other)]);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_sign_in_makes_a_session_and_an_event_about_it()
    {
        using var browser = await SignInAsync(Flows.Email, Flows.Password);

        Assert.Equal("/account", browser.Address.AbsolutePath);
        var session = Assert.Single(await SessionsAsync());
        var entry = Assert.Single(await _server.TrailAsync(AuditEventTypes.UserSignedIn));
        Assert.Equal(session.Id, entry.Target);
        Assert.Equal(session.UserId, entry.Subject);
        Assert.Equal("127.0.0.1", entry.Address);
        Assert.NotNull(entry.CorrelationId);
    }

    [Theory]
    [InlineData("ADA@Example.COM")]
    [InlineData("  ada@example.com  ")]
    public async Task The_address_is_compared_without_case_and_spaces(string email)
    {
        using var browser = await SignInAsync(email, Flows.Password);

        Assert.Equal("/account", browser.Address.AbsolutePath);
    }

    [Fact]
    public async Task Unknown_disabled_and_wrong_get_the_same_answer_after_the_same_work()
    {
        await DisableAsync("disabled@example.com");
        using var first = await SignInAsync("first@example.com", "so that every lazy thing is made");
        var answers = new List<(HttpStatusCode, string, int)>();
        foreach (var email in new[] { Flows.Email, "nobody@example.com", "disabled@example.com", "not an address" })
        {
            var before = _hasher.Checks;
            using var browser = await SignInAsync(email, "not the password of anybody");
            answers.Add((browser.Response.StatusCode, browser.Text.Replace(email, "", StringComparison.Ordinal), _hasher.Checks - before));
        }

        Assert.Equal(HttpStatusCode.OK, answers[0].Item1);
        Assert.Equal(1, answers[0].Item3);
        Assert.Single(answers.Distinct());
    }

    [Fact]
    public async Task A_disabled_person_cannot_sign_in_with_the_right_password()
    {
        await DisableAsync(Flows.Email);
        using var browser = await SignInAsync(Flows.Email, Flows.Password);

        Assert.Equal("/sign-in", browser.Address.AbsolutePath);
        Assert.Empty(await SessionsAsync());
        Assert.Equal("disabled", Assert.Single(await _server.TrailAsync(AuditEventTypes.UserSignInRefused)).Reason);
    }

    [Fact]
    public async Task A_wrong_password_leaves_an_event_and_an_unknown_address_a_count()
    {
        using var wrong = await SignInAsync(Flows.Email, "not the password of ada");
        using var unknown = await SignInAsync("nobody@example.com", "not the password of ada");
        using var another = await SignInAsync("nobody-else@example.com", "not the password of ada");

        var entry = Assert.Single(await _server.TrailAsync(AuditEventTypes.UserSignInRefused));
        Assert.Equal(AuditOutcomes.Denied, entry.Outcome);
        var count = Assert.Single(await _server.QueryAsync(context => context.RefusalCounts.Where(row => row.Kind == "sign_in").ToListAsync()));
        Assert.Equal(2, count.Count);
    }

    [Fact]
    public async Task Signing_in_once_more_makes_a_new_cookie_and_goes_on_in_the_same_session()
    {
        using var browser = await SignInAsync(Flows.Email, Flows.Password);
        var first = SessionCookie(browser);
        await browser.GoAsync(Flows.AuthorizeUrl("web", Flows.WebRedirect, ("prompt", "login")));
        await browser.SignInAsync(Flows.Email, Flows.Password);

        Assert.NotEqual(first, SessionCookie(browser));
        Assert.Single(await SessionsAsync());
        Assert.Equal(2, (await _server.TrailAsync(AuditEventTypes.UserSignedIn)).Count);
    }

    [Fact]
    public async Task Somebody_elses_session_in_this_browser_is_not_gone_on_in()
    {
        await EnsureAsync("mallory@example.com");
        using var browser = await SignInAsync("mallory@example.com", Flows.Password);
        await browser.GoAsync(Flows.AuthorizeUrl("web", Flows.WebRedirect, ("prompt", "login")));
        await browser.SignInAsync(Flows.Email, Flows.Password);

        var sessions = await SessionsAsync();
        Assert.Equal(2, sessions.Select(session => session.Id).Distinct().Count());
        Assert.Equal(2, sessions.Select(session => session.UserId).Distinct().Count());
    }

    [Fact]
    public async Task A_planted_cookie_does_not_survive_the_sign_in()
    {
        using var browser = new TestBrowser(_server);
        browser.Cookies.Add(_server.Address, new Cookie("session", "planted-by-somebody-else"));
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(Flows.Email, Flows.Password);

        Assert.NotEqual("planted-by-somebody-else", SessionCookie(browser));
        Assert.Equal("/account", browser.Address.AbsolutePath);
    }

    [Theory]
    [InlineData("", "", "Enter your e-mail address.")]
    [InlineData("ada@example.com", "", "Enter your password.")]
    [InlineData("<script>alert(1)</script>", "x", "is wrong")]
    public async Task What_was_typed_is_kept_but_never_the_password(string email, string password, string says)
    {
        using var browser = await SignInAsync(email, password);

        Assert.Contains(says, browser.Text, StringComparison.Ordinal);
        Assert.Null(browser.Page.QuerySelector("#password")!.GetAttribute("value"));
        Assert.All(browser.Page.QuerySelectorAll("main script"), script => Assert.Equal(("/passkeys.js", ""), (script.GetAttribute("src"), script.TextContent)));
        Assert.Equal(email, browser.Page.QuerySelector("#email")!.GetAttribute("value") ?? "");
    }

    [Fact]
    public async Task A_form_with_a_NUL_byte_is_refused()
    {
        using var browser = await SignInAsync("ada\0@example.com", Flows.Password);

        Assert.Equal(HttpStatusCode.BadRequest, browser.Response.StatusCode);
    }

    [Fact]
    public async Task A_password_of_any_length_is_only_wrong()
    {
        using var browser = await SignInAsync(Flows.Email, new string('x', 40_000));

        Assert.Contains("is wrong", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_address_and_no_password_is_in_the_log()
    {
        using var right = await SignInAsync(Flows.Email, Flows.Password);
        using var wrong = await SignInAsync("nobody@example.com", "a-wrong-password-that-nobody-logs");

        Assert.DoesNotContain(_server.Logs.All, line =>
            line.Contains(Flows.Email, StringComparison.OrdinalIgnoreCase) || line.Contains(Flows.Password, StringComparison.Ordinal)
            || line.Contains("nobody@example.com", StringComparison.OrdinalIgnoreCase) || line.Contains("a-wrong-password", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_old_hash_is_made_new_at_the_next_sign_in()
    {
        var weak = new PasswordHasher<User>(Microsoft.Extensions.Options.Options.Create(new PasswordHasherOptions { IterationCount = 1000 }));
        await ChangeAsync(Flows.Email, user => user.PasswordHash = weak.HashPassword(user, Flows.Password));
        using var browser = await SignInAsync(Flows.Email, Flows.Password);

        Assert.Equal("/account", browser.Address.AbsolutePath);
        var hash = await _server.QueryAsync(context => context.Users.Where(user => user.Email == Flows.Email).Select(user => user.PasswordHash).SingleAsync());
        Assert.Equal(PasswordVerificationResult.Success, new CountingHasher().VerifyHashedPassword(new User(), hash!, Flows.Password));
    }

    private async Task<TestBrowser> SignInAsync(string email, string password)
    {
        var browser = new TestBrowser(_server);
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(email, password);
        return browser;
    }

    private string? SessionCookie(TestBrowser browser) => browser.Cookies.GetCookies(_server.Address)["session"]?.Value;

    private Task<List<Session>> SessionsAsync() => _server.QueryAsync(context => context.Sessions.AsNoTracking().ToListAsync());

    private Task<int> EnsureAsync(string email) => ChangeAsync(email, _ => { });

    private Task<int> DisableAsync(string email) => ChangeAsync(email, user => user.Disabled = true);

    private Task<int> ChangeAsync(string email, Action<User> change) => _server.QueryAsync(async context =>
    {
        var user = await context.Users.FirstOrDefaultAsync(user => user.Email == email);
        if (user is null)
        {
            user = User.Create(email, null, _server.Clock.Now);
            (user.NormalizedEmail, user.NormalizedUserName) = (email.ToUpperInvariant(), email.ToUpperInvariant());
            user.PasswordHash = _hasher.HashPassword(user, Flows.Password);
            context.Users.Add(user);
        }

        change(user);
        return await context.SaveChangesAsync();
    });
}
