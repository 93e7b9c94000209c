using System.Net;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Pages;

/// <summary>What holds of each form of each page, as the pages are mapped.</summary>
public sealed class EveryFormTests(PageServer pages) : IClassFixture<PageServer>
{
    private readonly TestServer _server = pages.Server;

    [Fact]
    public async Task A_form_without_its_token_or_with_another_persons_does_nothing()
    {
        using var mallory = await RegisterAsync();
        using var victim = await RegisterAsync();
        var (own, stolen) = (await TokenAsync(victim), await TokenAsync(mallory));
        foreach (var form in await FormsAsync())
        {
            foreach (var token in new[] { null, "", own[..^2], stolen })
            {
                await SendAsync(victim, form, token);
                Assert.True(victim.Response.StatusCode == HttpStatusCode.BadRequest && victim.Text.Contains("This page was out of date", StringComparison.Ordinal), $"{form} took {token ?? "no token"}.");
            }
        }

        await victim.GoAsync("/account");
        Assert.Equal("/account", victim.Address.AbsolutePath);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Origin", "https://evil.example")]
    public async Task A_form_from_another_site_does_nothing_whatever_it_knows(string header, string value)
    {
        using var victim = await RegisterAsync();
        var token = await TokenAsync(victim);
        foreach (var form in await FormsAsync())
        {
            await SendAsync(victim, form, token, (header, value));
            Assert.True(victim.Response.StatusCode == HttpStatusCode.BadRequest && victim.Text.Contains("came from another site", StringComparison.Ordinal), $"{form} took it.");
        }

        await victim.GoAsync("/account");
        Assert.Equal("/account", victim.Address.AbsolutePath);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "same-origin")]
    [InlineData("Origin", "null")]
    public async Task The_same_form_of_the_persons_own_is_looked_at(string header, string value)
    {
        foreach (var form in await FormsAsync())
        {
            // Some sign out.
            using var person = await RegisterAsync();
            await SendAsync(person, form, await TokenAsync(person), (header, value));
            Assert.True((int)person.Response.StatusCode < 500, $"{form}: {person.Response.StatusCode}");
            Assert.DoesNotContain("So nothing was done", person.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_proxy_may_keep_the_name_that_the_browser_knows_to_itself()
    {
        using var person = await RegisterAsync();
        await SendAsync(person, "/account/sessions", await TokenAsync(person), ("Host", "behind:8080"), ("Origin", _server.Issuer));
        Assert.DoesNotContain("So nothing was done", person.Text, StringComparison.Ordinal);
        await SendAsync(person, "/account/sessions", await TokenAsync(person), ("Host", "behind:8080"), ("Origin", "http://behind.example:8080"));
        Assert.Contains("So nothing was done", person.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_that_was_open_when_the_session_ended_says_so_and_leads_back_to_its_page()
    {
        using var person = await RegisterAsync();
        var token = await TokenAsync(person);
        Expire(person);
        var behind = (await PageRoute.AllAsync(_server)).Where(route => EveryAddressTests.IsBehind(route.Pattern)).ToList();
        Assert.Contains(behind, route => route.Forms.Count > 1);
        foreach (var route in behind)
        {
            foreach (var form in route.Forms)
            {
                await SendAsync(person, form + (form.Contains('?', StringComparison.Ordinal) ? '&' : '?') + "organization=acct_1", token);
                Assert.Equal(HttpStatusCode.BadRequest, person.Response.StatusCode);
                Assert.Contains("You are not signed in any more", person.Text, StringComparison.Ordinal);
                Assert.Equal("/sign-in?to=" + Uri.EscapeDataString(route.Address + "?organization=acct_1"), person.Page.QuerySelector("main a.button")!.GetAttribute("href"));
            }
        }
    }

    internal static void Expire(TestBrowser browser)
    {
        foreach (var cookie in browser.Cookies.GetAllCookies().Where(cookie => cookie.Name.Contains("session", StringComparison.Ordinal)))
        {
            cookie.Expired = true;
        }
    }

    private async Task<IReadOnlyList<string>> FormsAsync()
    {
        var forms = (await PageRoute.AllAsync(_server)).SelectMany(route => route.Forms).ToList();
        Assert.True(forms.Count > 60, $"There are more forms than {forms.Count}.");
        return forms;
    }

    private static Task SendAsync(TestBrowser browser, string form, string? token, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(browser.Address, form)) { Content = new FormUrlEncodedContent(token is null ? [] : [new("csrf", token)]) };
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return browser.SendAsync(request);
    }

    private static async Task<string> TokenAsync(TestBrowser browser)
    {
        await browser.GoAsync("/account/password");
        return browser.Page.QuerySelector("input[name=csrf]")!.GetAttribute("value")!;
    }

    private async Task<TestBrowser> RegisterAsync()
    {
        var browser = new TestBrowser(_server);
        await browser.GoAsync("/register");
        await browser.SubmitAsync(new() { ["Email"] = $"{Guid.NewGuid():N}@example.com", ["Password"] = Flows.Password });
        Assert.Equal("/account", browser.Address.AbsolutePath);
        return browser;
    }
}
