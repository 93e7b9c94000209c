using System.Net;
using AuthServer.Languages;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Pages.Reading;

/// <summary>Whoever reads a page reads it in their language.</summary>
public sealed class LanguageTests(PageServer pages) : IClassFixture<PageServer>
{
    private TestServer Server => pages.Server;

    [Theory]
    [InlineData(null, "en")]
    [InlineData("de", "de")]
    [InlineData("fr, de-AT;q=0.8, en;q=0.5", "de")]
    [InlineData("de;q=0.1, en", "en")]
    [InlineData("de;q=0, *", "en")]
    [InlineData("xx-nothing, *;q=0.5", "en")]
    [InlineData("\u0000;;;=,,q", "en")]
    public async Task A_page_is_in_the_language_that_the_browser_asks_for(string? asked, string tag)
    {
        using var browser = Asking(asked);
        await browser.GoAsync("/sign-in");

        AssertIs(browser, tag);
        Assert.Contains("Accept-Language", browser.Response.Headers.Vary);
        Assert.Equal(tag == "de" ? "Anmelden" : "Sign in", browser.Page.QuerySelector("h1")!.TextContent);
    }

    [Theory]
    [InlineData("de", "de")]
    [InlineData("fr-CA de-CH en", "de")]
    [InlineData("en de", "en")]
    [InlineData("tlh ../x %00", "de")]
    public async Task A_request_says_in_which_language_its_pages_are(string wish, string tag)
    {
        using var browser = Asking("de");
        await AskAsync(browser, wish);

        Assert.Equal("/sign-in", browser.Address.AbsolutePath);
        AssertIs(browser, tag);
        await browser.SubmitAsync(new() { ["Email"] = Flows.Email, ["Password"] = "" });
        AssertIs(browser, tag);
        Assert.Contains(tag == "de" ? "Geben Sie Ihr Passwort ein." : "Enter your password.", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_comes_with_this_server_is_said_in_it_and_what_others_wrote_is_shown_as_they_wrote_it()
    {
        await using var server = await TestServer.StartAsync(("AuthServer:SignUp:People", "Open"), ("AuthServer:SignUp:Organizations", "Open"));
        using var api = new Rest(server);
        var registered = await api.RegisterDeveloperAsync("Acme");
        using var key = api.As(registered.GetProperty("apiKey").GetString());
        (await key.PostAsync("/scopes", new { name = "robots:move", title = "Read your e-mail", description = "They move.", category = "calendar2" })).Is(HttpStatusCode.Created);
        using var browser = new TestBrowser(server);
        browser.Headers.TryAddWithoutValidation("Accept-Language", "de");
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(registered.GetProperty("developer").GetProperty("email").GetString()!, Rest.Password);
        await browser.GoAsync("/developer/scopes");

        var shown = browser.Page.QuerySelectorAll(".picker li").ToDictionary(line => line.QuerySelector("code")!.TextContent, line => line.QuerySelector("bdi")!.TextContent);
        Assert.Equal("Ihre E-Mails lesen", shown["email:read"]);
        Assert.Equal("Read your e-mail", shown["robots:move"]);
        Assert.Contains("Kalender", browser.Page.QuerySelectorAll(".picker summary bdi").Select(title => title.TextContent));
    }

    [Fact]
    public async Task What_somebody_chooses_is_kept_and_is_above_what_the_browser_asks_for()
    {
        using var browser = Asking("de");
        await browser.GoAsync("/forgotten-password");
        await browser.ChooseLanguageAsync("en");

        Assert.Equal("/forgotten-password", browser.Address.AbsolutePath);
        AssertIs(browser, "en");
        await browser.GoAsync("/no/such/page");
        AssertIs(browser, "en");
        await browser.ChooseLanguageAsync("de");

        // The error page repeats nothing of the request, not even where it was.
        Assert.Equal("/language", browser.Address.AbsolutePath);
        await browser.GoAsync("/no/such/page");
        Assert.Equal("Diese Seite gibt es nicht", browser.Page.QuerySelector("h1")!.TextContent);
    }

    [Fact]
    public async Task The_answer_to_a_form_offers_no_choice_and_the_page_itself_does()
    {
        using var browser = Asking("en");
        await browser.GoAsync("/sign-in");
        Assert.True(browser.OffersLanguages);
        await browser.SubmitAsync(new() { ["Email"] = Flows.Email, ["Password"] = "" });
        Assert.Contains("Enter your password.", browser.Text, StringComparison.Ordinal);
        Assert.False(browser.OffersLanguages);
        await browser.GoAsync("/sign-in");
        Assert.True(browser.OffersLanguages);
    }

    [Fact]
    public async Task A_choice_holds_for_the_request_that_waits_and_for_no_other()
    {
        using var browser = Asking("en");
        await AskAsync(browser, "de");
        await browser.ChooseLanguageAsync("en");

        Assert.Equal("/sign-in", browser.Address.AbsolutePath);
        Assert.Contains("request_id=", browser.Address.Query, StringComparison.Ordinal);
        AssertIs(browser, "en");
        await AskAsync(browser, "de");
        AssertIs(browser, "de");
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("")]
    public async Task A_choice_leads_nowhere_but_to_a_page_of_this_server(string back)
    {
        using var browser = Asking("en");
        await browser.GoAsync("/sign-in");
        await browser.ChooseLanguageAsync("de", back);

        Assert.Null(browser.Left);
        Assert.Equal("/language", browser.Address.AbsolutePath);
        AssertIs(browser, "de");
    }

    [Theory]
    [InlineData("/sign-in\u2028")]
    [InlineData("/sign-in?name=\u00e4")]
    [InlineData("/\ud83d\ude42")]
    public async Task A_choice_leads_to_the_first_page_where_the_way_back_cannot_be_written(string back)
    {
        using var browser = Asking("en");
        await browser.GoAsync("/sign-in");
        await browser.ChooseLanguageAsync("de", back);

        Assert.Equal((HttpStatusCode.OK, "/"), (browser.Response.StatusCode, browser.Address.AbsolutePath));
        AssertIs(browser, "de");
    }

    [Fact]
    public async Task A_forged_choice_changes_nothing()
    {
        using var browser = Asking("en");
        await browser.GoAsync("/sign-in");
        await browser.SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(Server.Address, "/language")) { Content = new FormUrlEncodedContent([new("language", "de")]) });

        Assert.Equal(HttpStatusCode.BadRequest, browser.Response.StatusCode);
        await browser.GoAsync("/sign-in");
        AssertIs(browser, "en");
    }

    [Fact]
    public async Task A_language_that_is_not_spoken_here_cannot_be_chosen()
    {
        using var browser = Asking("de");
        await browser.GoAsync("/sign-in");
        await browser.ChooseLanguageAsync("fr");

        AssertIs(browser, "de");
        Assert.DoesNotContain(browser.Cookies.GetAllCookies(), cookie => cookie.Name == "language");
    }

    [Fact]
    public async Task The_choice_of_somebody_who_is_signed_in_is_kept_with_their_account()
    {
        using var browser = Asking("en");
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(Flows.Email, Flows.Password);
        await browser.ChooseLanguageAsync("de");

        Assert.Equal("de", await Server.QueryAsync(context => context.Users.Where(user => user.Email == Flows.Email).Select(user => user.Locale).SingleAsync()));
    }

    [Fact]
    public async Task Discovery_names_the_languages_that_are_there()
    {
        using var http = Server.CreateClient();
        using var answer = await http.GetAsync(new Uri("/.well-known/openid-configuration", UriKind.Relative));
        var json = await TestServer.JsonAsync(answer);

        Assert.Equal(
            KnownLanguages.OfInstallation(AppContext.BaseDirectory).All.Select(language => language.Tag),
            json.GetProperty("ui_locales_supported").EnumerateArray().Select(tag => tag.GetString()));
    }

    private static Task AskAsync(TestBrowser browser, string wish) => browser.GoAsync(
        $"/connect/authorize?response_type=code&client_id=web&redirect_uri={Uri.EscapeDataString(Flows.WebRedirect)}&scope=openid&state=s&code_challenge={Flows.Challenge}&code_challenge_method=S256&ui_locales={Uri.EscapeDataString(wish)}");

    private static void AssertIs(TestBrowser browser, string tag)
    {
        Assert.Equal(tag, browser.Page.DocumentElement.GetAttribute("lang"));
        Assert.Equal("ltr", browser.Page.DocumentElement.GetAttribute("dir"));
        Assert.Equal(tag, Assert.Single(browser.Response.Content.Headers.ContentLanguage));
    }

    private TestBrowser Asking(string? languages)
    {
        var browser = new TestBrowser(Server);
        if (languages is not null)
        {
            browser.Headers.TryAddWithoutValidation("Accept-Language", languages.Replace("\u0000", "", StringComparison.Ordinal));
        }

        return browser;
    }
}
