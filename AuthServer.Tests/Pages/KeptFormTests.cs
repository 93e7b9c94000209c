using System.Net;
using AuthServer.Tests.Pages.Developer;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Pages;

/// <summary>What somebody typed into a page whose session was over when they sent it: it waits for them, on that page, and for nobody else.</summary>
public sealed class KeptFormTests(DeveloperSide side) : IClassFixture<DeveloperSide>
{
    private const string Page = "/developer/settings";

    [Fact]
    public async Task It_is_sent_as_it_was_typed_once_its_person_has_signed_in_again()
    {
        var crew = await side.CrewAsync();
        using var browser = await LateAsync(crew, "Renamed 🙂 <b>");
        Assert.Contains("what you typed is kept", browser.Text, StringComparison.Ordinal);
        await BackAsync(browser, crew.Owner);
        Assert.Equal(Page, browser.Address.AbsolutePath);
        Assert.Contains("What you typed is kept", browser.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Renamed", browser.Page.DocumentElement.OuterHtml, StringComparison.Ordinal);

        await browser.SubmitAsync(button: "Send it now");
        browser.IsOk();
        Assert.Equal("Renamed 🙂 <b>", browser.Value("name"));
        Assert.DoesNotContain("What you typed is kept", browser.Text, StringComparison.Ordinal);

        await browser.AgainAsync();
        Assert.Contains("It was sent or forgotten already", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_its_page_refuses_is_there_to_be_mended()
    {
        var crew = await side.CrewAsync();
        using var browser = await LateAsync(crew, new string('W', 300));
        await BackAsync(browser, crew.Owner);
        await browser.SubmitAsync(button: "Send it now");
        Assert.NotNull(browser.Page.QuerySelector(".field-wrong, [role=alert]"));
        Assert.Equal(new string('W', 300), browser.Value("name"));
    }

    [Fact]
    public async Task It_is_kept_as_well_when_its_person_signed_in_again_elsewhere_meanwhile()
    {
        var crew = await side.CrewAsync();
        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.GoAsync(Page);
        var (form, token, version) = (browser.Address, browser.Value("csrf")!, browser.Value("version")!);
        EveryFormTests.Expire(browser);
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(crew.Owner.Email, Rest.Password);
        await SendAsync(browser, form, ("csrf", token), ("version", version), ("act", "name"), ("name", "Typed before"));
        Assert.Contains("This page was out of date", browser.Text, StringComparison.Ordinal);
        await browser.GoAsync(browser.Page.QuerySelector("main a.button")!.GetAttribute("href")!);
        await browser.SubmitAsync(button: "Send it now");
        Assert.Equal("Typed before", browser.Value("name"));
    }

    [Fact]
    public async Task Whoever_else_signs_in_in_that_browser_neither_sees_nor_sends_it()
    {
        var crew = await side.CrewAsync();
        var colleague = await crew.JoinedAsync("admin");
        using var browser = await LateAsync(crew, "Not yours");
        var kept = browser.Cookies.GetAllCookies().Single(cookie => cookie.Name.EndsWith("kept", StringComparison.Ordinal)).Value;
        await BackAsync(browser, colleague);
        Assert.DoesNotContain("What you typed is kept", browser.Text, StringComparison.Ordinal);
        await SendAsync(browser, browser.Address, ("csrf", browser.Page.QuerySelector("main input[name=csrf]")!.GetAttribute("value")!), ("kept", kept));
        Assert.Contains("It is not kept any more", browser.Text, StringComparison.Ordinal);
        await browser.GoAsync(Page);
        Assert.NotEqual("Not yours", browser.Value("name"));
    }

    [Fact]
    public async Task Another_browser_of_the_same_person_does_not_have_it()
    {
        var crew = await side.CrewAsync();
        using var browser = await LateAsync(crew, "In the other one");
        using var other = await side.BrowserAsync(crew.Owner);
        other.Cookies.Add(browser.Cookies.GetAllCookies().Single(cookie => cookie.Name.EndsWith("kept", StringComparison.Ordinal)));
        await other.GoAsync(Page);
        Assert.DoesNotContain("What you typed is kept", other.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_without_a_token_of_ours_is_not_kept()
    {
        var crew = await side.CrewAsync();
        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.GoAsync(Page);
        foreach (var fields in new (string, string)[][] { [("act", "name"), ("name", "Forged")], [("csrf", "nonsense"), ("act", "name"), ("name", "Forged")] })
        {
            EveryFormTests.Expire(browser);
            await SendAsync(browser, browser.Address, fields);
            Assert.Equal(HttpStatusCode.BadRequest, browser.Response.StatusCode);
            await BackAsync(browser, crew.Owner);
            Assert.DoesNotContain("What you typed is kept", browser.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task It_is_forgotten_when_they_say_so()
    {
        var crew = await side.CrewAsync();
        using var browser = await LateAsync(crew, "Never mind");
        await BackAsync(browser, crew.Owner);
        await browser.SubmitAsync(button: "Forget it");
        Assert.Equal(Page, browser.Address.AbsolutePath);
        browser.IsOk();
        Assert.DoesNotContain("What you typed is kept", browser.Text, StringComparison.Ordinal);
        Assert.NotEqual("Never mind", browser.Value("name"));
    }

    [Fact]
    public async Task It_is_forgotten_after_half_an_hour()
    {
        var crew = await side.CrewAsync();
        using var browser = await LateAsync(crew, "Too late");
        await BackAsync(browser, crew.Owner);
        side.Server.Clock.Advance(TimeSpan.FromMinutes(31));
        await browser.SubmitAsync(button: "Send it now");
        Assert.Contains("It is not kept any more", browser.Text, StringComparison.Ordinal);
    }

    /// <summary>Whoever opened the page, and sends it when their session is over.</summary>
    private async Task<TestBrowser> LateAsync(Crew crew, string name)
    {
        var browser = await side.BrowserAsync(crew.Owner);
        await browser.GoAsync(Page);
        EveryFormTests.Expire(browser);
        await browser.SubmitAsync(new() { ["name"] = name }, "Save");
        Assert.Equal(HttpStatusCode.BadRequest, browser.Response.StatusCode);
        return browser;
    }

    /// <summary>By the link on the page, and through the sign-in.</summary>
    private static async Task BackAsync(TestBrowser browser, Somebody person)
    {
        await browser.GoAsync(browser.Page.QuerySelector("main a.button")!.GetAttribute("href")!);
        await browser.SignInAsync(person.Email, Rest.Password);
    }

    private static Task SendAsync(TestBrowser browser, Uri address, params (string Name, string Value)[] fields) => browser.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, address) { Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))) });
}
