using System.Net;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Pages;

public sealed class JoinPageTests(DeveloperSide side) : IClassFixture<DeveloperSide>
{
    private const string Waits = "The invitation can be used once it is suspended no more";

    private const string NotGood = "used already, was taken back, has expired";

    [Fact]
    public async Task Somebody_without_an_account_makes_one_by_the_link_and_is_a_member()
    {
        var crew = await side.CrewAsync("Acme & Sons");
        var email = $"{Guid.NewGuid():N}@example.com";
        var token = await crew.InviteAsync(email, "admin");
        using var browser = new TestBrowser(side.Server);
        await browser.GoAsync("/register?join=" + token);
        Assert.Contains("Acme & Sons", browser.Text, StringComparison.Ordinal);
        await browser.SubmitAsync(new() { ["Email"] = "mallory@example.com", ["Name"] = "Guest", ["Password"] = Rest.Password });

        Assert.Contains("You are a member of Acme & Sons", browser.Text, StringComparison.Ordinal);
        Assert.Equal($"/developer?organization={crew.Id}", browser.Page.QuerySelector(".actions a")!.GetAttribute("href"));
        var member = (await crew.Key.GetAsync(crew.Path + "/members")).Json.GetProperty("data").EnumerateArray().Single(row => row.GetProperty("email").GetString() == email);
        Assert.Equal("admin", member.GetProperty("role").GetString());

        using var second = new TestBrowser(side.Server);
        await second.GoAsync("/register?join=" + token);
        Assert.Contains("not good any more", second.Text, StringComparison.Ordinal);
        Assert.Empty(second.Page.Forms);
    }

    [Fact]
    public async Task Somebody_with_an_account_signs_in_and_confirms()
    {
        var crew = await side.CrewAsync("Acme");
        var person = await side.PersonAsync();
        var token = await crew.InviteAsync(person.Email);
        using var browser = new TestBrowser(side.Server);
        await browser.GoAsync("/register?join=" + token);
        await browser.GoAsync(browser.Page.QuerySelector(".after a")!.GetAttribute("href")!);
        await browser.SignInAsync(person.Email, Rest.Password);

        Assert.Equal("/join", browser.Address.AbsolutePath);
        Assert.Contains("Join Acme?", browser.Text, StringComparison.Ordinal);
        Assert.Empty((await person.Api.GetAsync("/organizations")).Json.GetProperty("data").EnumerateArray());
        await browser.SubmitAsync(button: "Join");
        Assert.Contains("You are a member of Acme", browser.Text, StringComparison.Ordinal);
        Assert.Single((await person.Api.GetAsync("/organizations")).Json.GetProperty("data").EnumerateArray());

        await browser.GoAsync("/register?join=" + token);
        Assert.Equal("/join", browser.Address.AbsolutePath);
        Assert.Contains("It was used on", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_it_was_for_reads_what_became_of_it_and_when()
    {
        var crew = await side.CrewAsync("Acme");
        var person = await side.PersonAsync();
        var revoked = await crew.InviteAsync(person.Email);
        var waiting = Assert.Single((await crew.Key.GetAsync(crew.Path + "/invitations")).Json.GetProperty("data").EnumerateArray());
        (await crew.Key.DeleteAsync($"{crew.Path}/invitations/{waiting.GetProperty("id").GetString()}")).Is(HttpStatusCode.NoContent);
        var (replaced, expired) = (await crew.InviteAsync(person.Email, "admin"), await crew.InviteAsync(person.Email, "auditor"));
        side.Server.Clock.Advance(TimeSpan.FromDays(8));
        using var browser = new TestBrowser(side.Server);
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(person.Email, Rest.Password);
        foreach (var (token, words) in new[] { (revoked, "It was taken back on"), (replaced, "It was taken back on"), (expired, "It expired on"), ("nonsense", NotGood) })
        {
            await browser.GoAsync("/join?join=" + token);
            Assert.Contains(words, browser.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Pressed_twice_it_says_the_same_and_to_nobody_else()
    {
        var crew = await side.CrewAsync("Acme");
        var (person, other) = (await side.PersonAsync(), await side.PersonAsync());
        using var browser = new TestBrowser(side.Server);
        await browser.GoAsync("/sign-in?join=" + await crew.InviteAsync(person.Email));
        await browser.SignInAsync(person.Email, Rest.Password);
        HttpRequestMessage Press() => new(HttpMethod.Post, browser.Address) { Content = BrowserSide.Form(browser, ("organization", crew.Id)) };
        var (once, twice) = (Press(), Press());
        await browser.SendAsync(once);
        await browser.SendAsync(twice);
        Assert.Contains("You are a member of Acme", browser.Text, StringComparison.Ordinal);

        using var stranger = new TestBrowser(side.Server);
        await stranger.GoAsync("/sign-in");
        await stranger.SignInAsync(other.Email, Rest.Password);
        await stranger.GoAsync("/join?joined=" + crew.Id);
        Assert.Contains(NotGood, stranger.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_who_forgot_their_password_on_the_way_comes_back_to_the_invitation()
    {
        var crew = await side.CrewAsync("Acme");
        var person = await side.PersonAsync();
        using var browser = new TestBrowser(side.Server);
        await browser.GoAsync("/sign-in?join=" + await crew.InviteAsync(person.Email));
        await browser.GoAsync(browser.Page.QuerySelector("a[href^='/forgotten-password']")!.GetAttribute("href")!);
        await browser.SubmitAsync(new() { ["Email"] = person.Email });
        await browser.GoAsync(browser.Page.QuerySelector("a[href^='/sign-in']")!.GetAttribute("href")!);
        await browser.SignInAsync(person.Email, Rest.Password);
        Assert.Contains("Join Acme?", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_suspended_organization_is_joined_once_it_is_suspended_no_more()
    {
        var crew = await side.CrewAsync("Acme");
        var (person, guest) = (await side.PersonAsync(), $"{Guid.NewGuid():N}@example.com");
        var (token, other) = (await crew.InviteAsync(person.Email), await crew.InviteAsync(guest));
        using var browser = new TestBrowser(side.Server);
        await browser.GoAsync("/sign-in?join=" + token);
        await browser.SignInAsync(person.Email, Rest.Password);
        using var newcomer = new TestBrowser(side.Server);
        await newcomer.GoAsync("/register?join=" + other);
        await SetAsync(side.Server.Clock.Now);

        // Also by the pages that stood open.
        (await person.Api.PostAsync("/invitations/accept", new { token })).Is(HttpStatusCode.Forbidden, "organization_suspended");
        await browser.SubmitAsync(button: "Join");
        Assert.Contains(Waits, browser.Text, StringComparison.Ordinal);
        await browser.GoAsync("/join?join=" + token);
        Assert.Contains(Waits, browser.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Join Acme?", browser.Text, StringComparison.Ordinal);
        await newcomer.SubmitAsync(new() { ["Name"] = "Guest", ["Password"] = Rest.Password });
        Assert.Contains(Waits, newcomer.Text, StringComparison.Ordinal);
        await newcomer.GoAsync("/register?join=" + other);
        Assert.Contains(Waits, newcomer.Text, StringComparison.Ordinal);
        Assert.Null(newcomer.Page.QuerySelector("#password"));
        Assert.Equal(1, await side.Server.QueryAsync(context => context.Members.CountAsync(row => row.OrganizationId == crew.Id)));

        await SetAsync(null);
        (await person.Api.PostAsync("/invitations/accept", new { token })).Is(HttpStatusCode.OK);
        await newcomer.GoAsync("/register?join=" + other);
        await newcomer.SubmitAsync(new() { ["Name"] = "Guest", ["Password"] = Rest.Password });
        Assert.Contains("You are a member of Acme", newcomer.Text, StringComparison.Ordinal);

        Task<int> SetAsync(DateTimeOffset? at) => side.Server.QueryAsync(context =>
            context.Organizations.Where(row => row.Id == crew.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.SuspendedAt, at)));
    }

    [Fact]
    public async Task Somebody_else_sees_one_sentence_and_no_name()
    {
        var crew = await side.CrewAsync("Secret Society");
        var token = await crew.InviteAsync("guest@example.com");
        var mallory = await side.PersonAsync();
        using var browser = new TestBrowser(side.Server);
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(mallory.Email, Rest.Password);
        await browser.GoAsync("/join?join=" + token);

        Assert.Contains(NotGood, browser.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Secret Society", browser.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(browser.Page.Forms, form => form.GetAttribute("action") is null or "");
    }

    [Theory]
    [InlineData("Invite", true)]
    [InlineData("Closed", false)]
    public async Task A_server_by_invitation_takes_the_organizations_and_a_closed_one_takes_nobody(string mode, bool allowed)
    {
        await using var server = await TestServer.StartAsync(("AuthServer:SignUp:People", mode));
        using var api = new Rest(server);
        var registered = await api.RegisterDeveloperAsync("Acme");
        using var key = api.As(registered.GetProperty("apiKey").GetString());
        var path = $"/organizations/{registered.GetProperty("organization").GetProperty("id").GetString()}/invitations";
        var token = (await key.PostAsync(path, new { email = "guest@example.com" })).Is(HttpStatusCode.Created).Json.GetProperty("token").GetString();
        using var browser = new TestBrowser(server);
        await browser.GoAsync("/register?join=" + token);

        Assert.Equal(allowed, browser.Page.Forms.Length > 0);
    }
}
