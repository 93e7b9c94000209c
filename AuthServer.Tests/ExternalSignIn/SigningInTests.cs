using System.Text.Json.Nodes;
using AuthServer.ExternalSignIn;
using AuthServer.Protocol.Authorize;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.ExternalSignIn;

public sealed class SigningInTests(ExternalSide side) : IClassFixture<ExternalSide>, IAsyncLifetime
{
    public Task InitializeAsync()
    {
        side.Acme.Reset();
        return Task.CompletedTask;
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Somebody_new_makes_an_account_with_the_address_that_the_provider_vouches_for_and_signs_in_again_without_a_password()
    {
        var (browser, subject, email) = await side.NewcomerAsync();
        using var _ = browser;
        Assert.Contains(email, browser.Text, StringComparison.Ordinal);
        var login = Assert.Single(await side.LoginsAsync(subject));
        Assert.Equal((ExternalSide.Id, side.Acme.Issuer, email), (login.Provider, login.Issuer, login.Name));
        var user = await side.Server.QueryAsync(context => context.Users.SingleAsync(row => row.Id == login.UserId));
        Assert.True(user is { EmailConfirmed: true, PasswordHash: null, Name: "Grace Hopper" });

        side.Server.Clock.Advance(TimeSpan.FromHours(1));
        using var again = await side.ArriveAsync();
        Assert.Equal("/account", again.Address.AbsolutePath);
        Assert.Contains(email, again.Text, StringComparison.Ordinal);
        Assert.Equal(side.Server.Clock.Now, (await side.LoginsAsync(subject))[0].LastUsedAt, TimeSpan.FromSeconds(1));
        var signedIn = (await side.Server.TrailAsync(AuditEventTypes.UserSignedIn)).Last(row => row.Subject == login.UserId);
        Assert.Equal(("external", """{"provider":"acme"}"""), (signedIn.Reason, signedIn.Detail));
        Assert.Single(await side.Server.TrailAsync(ExternalSignInEvents.Linked), row => row.Subject == login.UserId && row.Target == login.Id);
    }

    [Fact]
    public async Task Who_is_signed_in_sees_what_will_happen_and_links_the_account()
    {
        var subject = $"sub-{Guid.NewGuid():N}";
        side.Acme.Claims = ExternalSide.Person(subject, "countess@elsewhere.example");
        using var browser = await side.SignedInAsync();
        await browser.GoAsync("/account/sign-ins");
        await side.RoundAsync(browser, "Add " + ExternalSide.Title);
        Assert.Equal("/link", browser.Address.AbsolutePath);
        Assert.Contains("countess@elsewhere.example", browser.Text, StringComparison.Ordinal);
        Assert.Contains("can sign in here as you", browser.Text, StringComparison.Ordinal);
        Assert.Empty(await side.LoginsAsync(subject));

        await browser.SubmitAsync(button: "Link it");
        Assert.Equal("/account/sign-ins", browser.Address.AbsolutePath);
        Assert.Contains("countess@elsewhere.example", browser.Text, StringComparison.Ordinal);

        using var other = await side.ArriveAsync();
        Assert.Contains(Flows.Email, other.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_not_signed_in_signs_in_first_and_then_links()
    {
        var subject = $"sub-{Guid.NewGuid():N}";
        side.Acme.Claims = ExternalSide.Person(subject, "whoever@elsewhere.example");
        using var browser = await side.ArriveAsync();
        Assert.Equal("/link", browser.Address.AbsolutePath);

        await browser.GoAsync(browser.Page.QuerySelector("a[href*='/sign-in']")!.GetAttribute("href")!);
        await browser.SignInAsync(Flows.Email, Flows.Password);
        Assert.Equal("/link", browser.Address.AbsolutePath);
        Assert.Empty(await side.LoginsAsync(subject));

        await browser.SubmitAsync(button: "Link it");
        Assert.Single(await side.LoginsAsync(subject));
    }

    [Fact]
    public async Task Nothing_is_linked_by_who_does_not_want_it()
    {
        var subject = $"sub-{Guid.NewGuid():N}";
        side.Acme.Claims = ExternalSide.Person(subject);
        using var browser = await side.SignedInAsync();
        await browser.GoAsync("/account/sign-ins");
        await side.RoundAsync(browser, "Add " + ExternalSide.Title);

        await browser.SubmitAsync(button: "Do not link it");

        Assert.Equal("/account/sign-ins", browser.Address.AbsolutePath);
        Assert.Empty(await side.LoginsAsync(subject));
    }

    [Fact]
    public async Task The_client_that_asked_gets_its_code_and_honest_claims_about_the_sign_in()
    {
        var (first, subject, _) = await side.NewcomerAsync();
        first.Dispose();
        using var browser = side.Browser();
        await browser.GoAsync(Flows.AuthorizeUrl("web", Flows.WebRedirect));
        await side.RoundAsync(browser);
        Assert.Equal("/consent", browser.Address.AbsolutePath);
        await browser.SubmitAsync(button: "Allow");

        var tokens = await TestServer.JsonAsync(await Flows.RedeemAsync(side.Server, Flows.Query(browser.Left!)["code"]));
        var claims = Flows.Claims(tokens.GetProperty("id_token").GetString()!);
        Assert.Equal(Acr.External, claims.GetProperty("acr").GetString());
        Assert.False(claims.TryGetProperty("amr", out _));
        Assert.InRange(claims.GetProperty("auth_time").GetInt64(), side.Server.Clock.Now.ToUnixTimeSeconds() - 2, side.Server.Clock.Now.ToUnixTimeSeconds() + 2);
        Assert.Equal((await side.LoginsAsync(subject))[0].UserId, claims.GetProperty("sub").GetString());
    }

    [Fact]
    public async Task An_authorization_request_goes_on_after_an_account_was_made_by_it()
    {
        side.Acme.Claims = ExternalSide.Person($"sub-{Guid.NewGuid():N}", $"{Guid.NewGuid():N}@example.com");
        using var browser = side.Browser();
        await browser.GoAsync(Flows.AuthorizeUrl("web", Flows.WebRedirect));
        await side.RoundAsync(browser);
        await browser.SubmitAsync(button: "Create account");
        await browser.SubmitAsync(button: "Allow");

        Assert.Contains("code", Flows.Query(browser.Left!).Keys);
    }

    [Fact]
    public async Task The_request_has_state_nonce_PKCE_and_asks_for_nothing_that_is_not_needed()
    {
        using var browser = side.Browser();
        await browser.GoAsync("/sign-in");
        await side.Acme.VisitAsync(await ExternalSide.SetOutAsync(browser));

        var asked = side.Acme.Asked;
        Assert.Equal(("code", "S256", "openid profile email"), (asked["response_type"], asked["code_challenge_method"], asked["scope"]));
        Assert.Equal($"{side.Server.Issuer}/sign-in/external/acme/callback", asked["redirect_uri"]);
        Assert.Equal(3, new[] { asked["state"], asked["nonce"], asked["code_challenge"] }.Distinct().Count(value => value.Length == 43));
        Assert.DoesNotContain("prompt", asked.Keys);
        Assert.DoesNotContain("access_type", asked.Keys);
    }

    [Fact]
    public async Task Tokens_of_the_provider_are_kept_nowhere()
    {
        side.Acme.TokenAnswer = new JsonObject { ["refresh_token"] = "the-refresh-token-that-is-dropped" };
        side.Acme.Claims = ExternalSide.Person($"sub-{Guid.NewGuid():N}", $"{Guid.NewGuid():N}@example.com");
        using var browser = await side.ArriveAsync();

        Assert.Equal(0, await side.Server.QueryAsync(context => context.ExternalArrivals.CountAsync(row => row.Tokens != null)));
        Assert.DoesNotContain(side.Server.Logs.All, line => line.Contains("the-refresh-token-that-is-dropped", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_provider_signs_with_a_new_key_and_is_understood()
    {
        using (await side.ArriveAsync())
        {
        }

        side.Acme.RotateKey();
        side.Server.Clock.Advance(TimeSpan.FromMinutes(2));
        side.Acme.Claims = ExternalSide.Person($"sub-{Guid.NewGuid():N}", $"{Guid.NewGuid():N}@example.com");
        using var browser = await side.ArriveAsync();
        Assert.Equal("/link", browser.Address.AbsolutePath);
    }
}
