using AuthServer.ExternalSignIn;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.ExternalSignIn;

/// <summary>A person without a password is a person like any other, and never locked out by us.</summary>
public sealed class PasswordlessTests(ExternalSide side) : IClassFixture<ExternalSide>, IAsyncLifetime
{
    private const string Wanted = "seventeen purple umbrellas sing";

    public Task InitializeAsync()
    {
        side.Acme.Reset();
        side.Other.Reset();
        return Task.CompletedTask;
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task The_last_way_in_is_not_unlinked_until_there_is_a_password()
    {
        var (browser, subject, email) = await FreshAsync();
        using var _ = browser;
        await browser.GoAsync("/account/sign-ins");
        await browser.SubmitAsync(button: "Unlink");
        Assert.Equal(409, (int)browser.Response.StatusCode);
        Assert.Contains("only way in", browser.Text, StringComparison.Ordinal);
        Assert.Single(await side.LoginsAsync(subject));

        await browser.GoAsync("/account/password");
        Assert.Null(browser.Page.QuerySelector("#present"));
        await browser.SubmitAsync(new() { ["Wanted"] = Wanted }, "Set password");
        Assert.Equal("/account/sign-ins", browser.Address.AbsolutePath);
        await browser.SubmitAsync(button: "Unlink");
        Assert.Empty(await side.LoginsAsync(subject));
        Assert.Contains(await side.Server.TrailAsync(ExternalSignInEvents.Unlinked), row => row.Detail!.Contains("\"acme\"", StringComparison.Ordinal));

        using var later = await side.SignedInAsync(email, Wanted);
        Assert.Contains(email, later.Text, StringComparison.Ordinal);
        using var arrived = await side.ArriveAsync();
        Assert.Equal("/link", arrived.Address.AbsolutePath);
    }

    [Fact]
    public async Task A_first_password_takes_a_sign_in_of_the_last_minutes_and_a_present_one_is_never_replaced_so()
    {
        var (browser, _, email) = await FreshAsync();
        using var _ = browser;
        await browser.GoAsync("/account/password");
        await browser.SubmitAsync(new() { ["Wanted"] = "short" }, "Set password");
        Assert.Contains("at least 12", browser.Text, StringComparison.OrdinalIgnoreCase);
        side.Server.Clock.Advance(TimeSpan.FromMinutes(6));
        await browser.SubmitAsync(new() { ["Wanted"] = Wanted }, "Set password");
        Assert.Contains("younger than five minutes", browser.Text, StringComparison.Ordinal);
        Assert.Equal(1, await side.Server.QueryAsync(context => context.Users.CountAsync(user => user.Email == email && user.PasswordHash == null)));

        using var ada = await side.SignedInAsync();
        await ada.GoAsync("/account/password");
        await ada.SubmitAsync(new() { ["Wanted"] = Wanted });
        Assert.Contains("Enter your present password", ada.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_ways_in_that_are_unlinked_at_once_one_stays()
    {
        var (browser, subject, _) = await FreshAsync();
        using var _ = browser;
        side.Other.Claims = ExternalSide.Person(subject + "-other");
        await browser.GoAsync("/account/sign-ins");
        await side.RoundAsync(browser, "Add Other ID", side.Other);
        await browser.SubmitAsync(button: "Link it");
        var ids = browser.Page.QuerySelectorAll("input[name=Id]").Select(input => input.GetAttribute("value")!).ToList();
        Assert.Equal(2, ids.Count);
        using var steps = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = browser.Cookies }) { BaseAddress = side.Server.Address };

        var answers = await Task.WhenAll(ids.Select(id => steps.PostAsync("/account/sign-ins", BrowserSide.Form(browser, ("Id", id)))));

        Assert.Single(answers, answer => (int)answer.StatusCode == 303);
        Assert.Equal(1, (await side.LoginsAsync(subject)).Count + (await side.LoginsAsync(subject + "-other")).Count);
    }

    [Fact]
    public async Task Nobody_unlinks_what_is_anothers()
    {
        var (first, subject, _) = await side.NewcomerAsync();
        first.Dispose();
        var id = (await side.LoginsAsync(subject))[0].Id;
        using var browser = await side.SignedInAsync();
        await browser.GoAsync("/account/sign-ins");
        using var steps = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = browser.Cookies }) { BaseAddress = side.Server.Address };
        using var answer = await steps.PostAsync("/account/sign-ins", BrowserSide.Form(browser, ("Id", id)));

        Assert.Equal(404, (int)answer.StatusCode);
        Assert.Single(await side.LoginsAsync(subject));
    }

    [Fact]
    public async Task A_person_without_a_password_cannot_sign_in_by_one()
    {
        var (first, _, email) = await side.NewcomerAsync();
        first.Dispose();
        using var browser = side.Browser();
        foreach (var password in new[] { "", " ", "null", Wanted })
        {
            await browser.GoAsync("/sign-in");
            await browser.SignInAsync(email, password);
            Assert.Equal("/sign-in", browser.Address.AbsolutePath);
        }
    }

    [Fact]
    public async Task What_is_kept_of_a_person_holds_their_links_and_goes_with_them()
    {
        var (browser, subject, email) = await FreshAsync();
        using var _ = browser;
        await browser.GoAsync("/account?handler=Data");
        Assert.Contains(subject, await browser.Response.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        await browser.GoAsync("/account/remove");
        side.Server.Clock.Advance(TimeSpan.FromMinutes(6));
        await browser.SubmitAsync(button: "Remove my account");
        Assert.NotNull(browser.Page.QuerySelector("main a[href='/sign-in?again=remove']"));
        Assert.NotNull(browser.Page.QuerySelector("main a[href='/account/password']"));
        Assert.Single(await side.LoginsAsync(subject));

        side.Acme.Claims["auth_time"] = side.Server.Clock.Now.ToUnixTimeSeconds();
        using var again = await side.ArriveAsync();
        await again.GoAsync("/account/remove");
        Assert.Null(again.Page.QuerySelector("main input[name=Password]"));
        await again.SubmitAsync(button: "Remove my account");
        Assert.Empty(await side.LoginsAsync(subject));
        Assert.Equal(0, await side.Server.QueryAsync(context => context.Users.CountAsync(user => user.Email == email)));
    }

    /// <summary>Somebody new whose provider says that they have signed in just now.</summary>
    private async Task<(TestBrowser Browser, string Subject, string Email)> FreshAsync()
    {
        var (browser, subject, email) = await side.NewcomerAsync();
        browser.Dispose();
        side.Acme.Claims["auth_time"] = side.Server.Clock.Now.ToUnixTimeSeconds();
        return (await side.ArriveAsync(), subject, email);
    }
}
