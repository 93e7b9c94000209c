using System.Text.Json.Nodes;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.ExternalSignIn;

/// <summary>An address is no proof of being somebody here: whoever can have a provider say it would have that person's account.</summary>
public sealed class TakeoverTests(ExternalSide side) : IClassFixture<ExternalSide>, IAsyncLifetime
{
    public Task InitializeAsync()
    {
        side.Acme.Reset();
        side.Other.Reset();
        return Task.CompletedTask;
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData(Flows.Email, true)]
    [InlineData(Flows.Email, false)]
    [InlineData("ADA@Example.com", true)]
    [InlineData(" ada@example.com ", true)]
    public async Task Nobody_is_signed_in_by_the_address_of_an_account_here(string email, bool verified)
    {
        var subject = $"sub-{Guid.NewGuid():N}";
        side.Acme.Claims = ExternalSide.Person(subject, email, verified);
        using var browser = await side.ArriveAsync();
        Assert.Equal("/link", browser.Address.AbsolutePath);
        if (verified)
        {
            await browser.SubmitAsync(button: "Create account");
            Assert.Contains("cannot be made here", browser.Text, StringComparison.Ordinal);
        }

        Assert.Empty(await side.LoginsAsync(subject));
        await browser.GoAsync("/account");
        Assert.Equal("/sign-in", browser.Address.AbsolutePath);
    }

    [Theory]
    [InlineData("false")]
    [InlineData("\"false\"")]
    [InlineData("0")]
    [InlineData("null")]
    [InlineData("[true]")]
    public async Task No_account_is_made_by_an_address_that_the_provider_does_not_vouch_for(string verified)
    {
        var subject = $"sub-{Guid.NewGuid():N}";
        side.Acme.Claims = ExternalSide.Person(subject, "victim@example.com");
        side.Acme.Claims["email_verified"] = JsonNode.Parse(verified);
        using var browser = await side.ArriveAsync();
        Assert.DoesNotContain(browser.Page.QuerySelectorAll("button"), button => button.TextContent.Contains("Create account", StringComparison.Ordinal));

        // Nor by a form that the page did not make.
        await browser.SendAsync(new HttpRequestMessage(HttpMethod.Post, browser.Address) { Content = await FormAsync(browser) });
        Assert.Empty(await side.LoginsAsync(subject));
        Assert.Equal(0, await side.Server.QueryAsync(context => context.Users.CountAsync(user => user.Email == "victim@example.com")));
    }

    [Fact]
    public async Task Who_has_no_such_address_makes_an_account_with_a_password_and_links_it()
    {
        var (subject, email) = ($"sub-{Guid.NewGuid():N}", $"{Guid.NewGuid():N}@example.com");
        side.Acme.Claims = ExternalSide.Person(subject, email, verified: false);
        using var browser = await side.ArriveAsync();
        await browser.GoAsync(browser.Page.QuerySelector("a[href*='/register']")!.GetAttribute("href")!);
        await browser.SubmitAsync(new() { ["Email"] = email, ["Password"] = "another good passphrase here" }, "Create account");
        Assert.Equal("/link", browser.Address.AbsolutePath);
        await browser.SubmitAsync(button: "Link it");

        Assert.Single(await side.LoginsAsync(subject));
    }

    [Fact]
    public async Task The_same_subject_of_another_provider_is_somebody_else()
    {
        var (first, subject, _) = await side.NewcomerAsync();
        first.Dispose();
        side.Other.Claims = ExternalSide.Person(subject, "other@example.com");
        using var browser = side.Browser();
        await browser.GoAsync("/sign-in");
        await side.RoundAsync(browser, ExternalSide.OtherButton, side.Other);

        Assert.Equal("/link", browser.Address.AbsolutePath);
    }

    [Fact]
    public async Task Whoever_has_the_address_later_is_not_whoever_had_it_before()
    {
        var (first, subject, email) = await side.NewcomerAsync();
        first.Dispose();
        side.Acme.Claims = ExternalSide.Person(subject + "-another", email);
        using var browser = await side.ArriveAsync();

        Assert.Equal("/link", browser.Address.AbsolutePath);
    }

    [Fact]
    public async Task A_provider_of_the_same_name_with_another_issuer_knows_nobody()
    {
        await using var acme = await FakeOpenId.StartAsync();
        await using var impostor = await FakeOpenId.StartAsync();
        await using var server = await Flows.StartAsync([.. ExternalSide.Provider(0, acme, ExternalSide.Id, ExternalSide.Title)]);
        using var browser = new TestBrowser(server);
        acme.Claims = impostor.Claims = ExternalSide.Person("the-same", "same@example.com");
        await browser.GoAsync("/sign-in");
        await browser.GoAsync((await acme.VisitAsync(await ExternalSide.SetOutAsync(browser))).AbsoluteUri);
        await browser.SubmitAsync(button: "Create account");
        Assert.Equal("/account", browser.Address.AbsolutePath);

        await server.RestartAsync([.. Flows.Settings, ("AuthServer:Resources:1:Url", Flows.Other), .. ExternalSide.Provider(0, impostor, ExternalSide.Id, ExternalSide.Title)]);
        using var other = new TestBrowser(server);
        await other.GoAsync("/sign-in");
        await other.GoAsync((await impostor.VisitAsync(await ExternalSide.SetOutAsync(other))).AbsoluteUri);
        Assert.Equal("/link", other.Address.AbsolutePath);
    }

    [Theory]
    [InlineData("Closed")]
    [InlineData("Invite")]
    public async Task Nobody_makes_an_account_where_sign_up_is_not_open_to_them(string mode)
    {
        await using var acme = await FakeOpenId.StartAsync();
        await using var server = await Flows.StartAsync([.. ExternalSide.Provider(0, acme, ExternalSide.Id, ExternalSide.Title), ("AuthServer:SignUp:People", mode)]);
        var invitations = (AuthServer.Accounts.Invitations)server.Services.GetService(typeof(AuthServer.Accounts.Invitations))!;
        acme.Claims = ExternalSide.Person("invited", "invited@example.com");

        foreach (var (from, may) in new[] { ("/sign-in", false), (invitations.Create("another@example.com", false), false), (invitations.Create("invited@example.com", false), true) })
        {
            using var browser = new TestBrowser(server);
            await browser.GoAsync(from);
            if (browser.Page.QuerySelector("form[action*=external]") is null)
            {
                Assert.Equal("Closed", mode);
                continue;
            }

            await browser.GoAsync((await acme.VisitAsync(await ExternalSide.SetOutAsync(browser))).AbsoluteUri);
            if (browser.Page.QuerySelectorAll("button").Any(button => button.TextContent.Contains("Create account", StringComparison.Ordinal)))
            {
                await browser.SubmitAsync(button: "Create account");
            }

            Assert.Equal(may && mode == "Invite" ? "/account" : "/link", browser.Address.AbsolutePath);
        }
    }

    /// <summary>The page for those whose address is not vouched for has no form: this is another page's of the same browser.</summary>
    private static async Task<FormUrlEncodedContent> FormAsync(TestBrowser browser)
    {
        var address = browser.Address;
        await browser.GoAsync("/register" + address.Query);
        var form = BrowserSide.Form(browser, ("decision", "create"), ("Name", "Mallory"));
        await browser.GoAsync(address.PathAndQuery);
        return form;
    }
}
