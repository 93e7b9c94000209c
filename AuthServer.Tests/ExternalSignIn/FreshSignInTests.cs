using AuthServer.Accounts;
using AuthServer.Protocol.Authorize;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.ExternalSignIn;

/// <summary>What asks for a sign-in of just now is not content with a provider's word that says no time.</summary>
public sealed class FreshSignInTests(ExternalSide side) : IClassFixture<ExternalSide>, IAsyncLifetime
{
    public Task InitializeAsync()
    {
        side.Acme.Reset();
        return Task.CompletedTask;
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("prompt", "login", null, "/sign-in")]
    [InlineData("prompt", "login", -3600, "/sign-in")]
    [InlineData("prompt", "login", 0, "/consent")]
    [InlineData("max_age", "0", null, "/sign-in")]
    [InlineData("max_age", "0", -3600, "/sign-in")]
    [InlineData("max_age", "0", 0, "/consent")]
    [InlineData("max_age", "600", null, "/sign-in")]
    [InlineData("max_age", "600", -3600, "/sign-in")]
    [InlineData("max_age", "600", -300, "/consent")]
    public async Task A_client_that_asks_for_a_new_sign_in_gets_one_that_the_provider_vouches_for(string name, string value, int? signedInAt, string page)
    {
        var (first, subject, email) = await side.NewcomerAsync();
        first.Dispose();
        side.Acme.Claims = ExternalSide.Person(subject, email);
        if (signedInAt is { } seconds)
        {
            side.Acme.Claims["auth_time"] = side.Server.Clock.Now.ToUnixTimeSeconds() + seconds;
        }

        using var browser = side.Browser();
        await browser.GoAsync(Flows.AuthorizeUrl("web", Flows.WebRedirect, (name, value)));
        await side.RoundAsync(browser);

        Assert.Equal(("login", "0"), (side.Acme.Asked["prompt"], side.Acme.Asked["max_age"]));
        Assert.Equal(page, browser.Address.AbsolutePath);
        if (page == "/sign-in")
        {
            Assert.Contains("did not say that you had signed in there just now", browser.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData(-3600, false)]
    [InlineData(-301, false)]
    [InlineData(-60, true)]
    public async Task A_first_password_and_a_new_address_take_a_sign_in_there_of_the_last_minutes(int? signedInAt, bool isFresh)
    {
        var (first, subject, email) = await side.NewcomerAsync();
        first.Dispose();
        side.Acme.Claims = ExternalSide.Person(subject, email);
        if (signedInAt is { } seconds)
        {
            side.Acme.Claims["auth_time"] = side.Server.Clock.Now.ToUnixTimeSeconds() + seconds;
        }

        using var browser = await side.ArriveAsync();
        var id = await side.Server.QueryAsync(context => context.Users.Where(user => user.Email == email).Select(user => user.Id).SingleAsync());
        var session = await side.Server.QueryAsync(context => context.Sessions.Where(row => row.UserId == id).OrderByDescending(row => row.Id).FirstAsync());
        await using var scope = side.Server.Services.CreateAsyncScope();
        var shownAt = signedInAt is null ? SignedInPerson.Never : side.Server.Clock.Now.AddSeconds(signedInAt.Value);
        var person = new SignedInPerson(id, session.Id, session.AuthTime, Acr.External, []) { ShownElsewhere = shownAt };
        Assert.Equal(isFresh ? PresenceNeed.Nothing : PresenceNeed.SignIn, await scope.ServiceProvider.GetRequiredService<Presence>().NeedAsync(person, default));

        await browser.GoAsync("/account/password");
        await browser.SubmitAsync(new() { ["Wanted"] = "another good passphrase here" }, "Set password");
        Assert.Equal(isFresh ? 0 : 1, await side.Server.QueryAsync(context => context.Users.CountAsync(user => user.Id == id && user.PasswordHash == null)));
        Assert.Equal(isFresh, !browser.Text.Contains("younger than five minutes", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_has_a_password_shows_it_where_the_sign_in_elsewhere_is_old()
    {
        var ada = await side.Server.QueryAsync(context => context.Users.Where(user => user.Email == Flows.Email).Select(user => user.Id).SingleAsync());
        await using var scope = side.Server.Services.CreateAsyncScope();
        var person = new SignedInPerson(ada, "ses_1", side.Server.Clock.Now, Acr.External, []) { ShownElsewhere = side.Server.Clock.Now.AddHours(-1) };

        Assert.Equal(PresenceNeed.Password, await scope.ServiceProvider.GetRequiredService<Presence>().NeedAsync(person, default));
    }

    [Fact]
    public async Task The_local_password_is_as_good_as_ever()
    {
        using var browser = side.Browser();
        await browser.GoAsync(Flows.AuthorizeUrl("web", Flows.WebRedirect, ("prompt", "login")));
        await browser.SignInAsync(Flows.Email, Flows.Password);

        Assert.Equal("/consent", browser.Address.AbsolutePath);
    }

    [Fact]
    public async Task A_client_that_needs_the_password_gets_it()
    {
        var (browser, _, _) = await side.NewcomerAsync();
        using var _ = browser;
        await browser.GoAsync(Flows.AuthorizeUrl("web", Flows.WebRedirect, ("claims", """{"id_token":{"acr":{"essential":true,"values":["urn:authserver:acr:password"]}}}""")));
        Assert.Equal("/sign-in", browser.Address.AbsolutePath);

        await browser.SignInAsync(Flows.Email, Flows.Password);
        Assert.Equal("/consent", browser.Address.AbsolutePath);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData(-3600, false)]
    [InlineData(-200, true)]
    public async Task Who_came_by_a_provider_changes_their_ways_in_only_if_it_says_that_they_signed_in_just_now(int? signedInAt, bool may)
    {
        var (first, _, _) = await side.NewcomerAsync();
        first.Dispose();
        if (signedInAt is { } seconds)
        {
            side.Acme.Claims["auth_time"] = side.Server.Clock.Now.ToUnixTimeSeconds() + seconds;
        }

        using var browser = await side.ArriveAsync();
        await browser.GoAsync("/account/sign-ins");
        Assert.Equal(may, browser.Page.QuerySelector("form[action='/sign-in/external/other']") is not null);
        Assert.Equal(!may, browser.Text.Contains("Only somebody who has signed in just now", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_session_that_is_old_links_nothing()
    {
        using var browser = await side.SignedInAsync();
        await browser.GoAsync("/account/sign-ins");
        side.Server.Clock.Advance(TimeSpan.FromMinutes(6));
        await browser.SubmitAsync(button: "Add " + ExternalSide.Title);
        Assert.Equal("/sign-in", browser.Address.AbsolutePath);
        await browser.SignInAsync(Flows.Email, Flows.Password);
        Assert.Equal("/account/sign-ins", browser.Address.AbsolutePath);

        // Begun in time and confirmed too late.
        var subject = $"sub-{Guid.NewGuid():N}";
        side.Acme.Claims = ExternalSide.Person(subject);
        await side.RoundAsync(browser, "Add " + ExternalSide.Title);
        side.Server.Clock.Advance(TimeSpan.FromMinutes(6));
        await browser.SubmitAsync(button: "Link it");
        Assert.Equal("/sign-in", browser.Address.AbsolutePath);
        Assert.Empty(await side.LoginsAsync(subject));

        await browser.SignInAsync(Flows.Email, Flows.Password);
        Assert.Equal("/link", browser.Address.AbsolutePath);
        await browser.SubmitAsync(button: "Link it");
        Assert.Single(await side.LoginsAsync(subject));
    }
}
