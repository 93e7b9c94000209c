using System.Net;
using System.Runtime.CompilerServices;
using AuthServer.Pages.Forms;
using AuthServer.Tests.Pages.Developer;
using AuthServer.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

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
        Assert.Contains("because you were not signed in any more", browser.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Renamed", browser.Page.DocumentElement.OuterHtml, StringComparison.Ordinal);

        await browser.SubmitAsync(button: "Send it now");
        browser.IsOk();
        Assert.Equal("Renamed 🙂 <b>", browser.Value("name"));
        Assert.DoesNotContain("What you typed is kept", browser.Text, StringComparison.Ordinal);

        side.Server.Clock.Advance(TimeSpan.FromMinutes(2));
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
    public async Task What_takes_a_sign_in_of_just_now_waits_for_it()
    {
        var (newcomer, email) = await StrongSide.NewcomerAsync(side.Server);
        var (app, _) = await StrongSide.EnrolAsync(side.Server, newcomer);
        newcomer.Dispose();
        using var browser = await StrongSide.FirstStepAsync(side.Server, email);
        await browser.SecondStepAsync(app.Code());
        await browser.GoAsync("/account/address");
        side.Server.Clock.Advance(TimeSpan.FromMinutes(6));
        await browser.SubmitAsync(new() { ["Wanted"] = "late@example.com" }, "Change the address");
        Assert.Equal("/sign-in", browser.Address.AbsolutePath);
        Assert.Contains("you come back to it", browser.Text, StringComparison.Ordinal);

        await browser.SignInAsync(email, Flows.Password);
        await browser.SecondStepAsync(app.Code());
        Assert.Equal("/account/address", browser.Address.AbsolutePath);
        Assert.Contains("What you typed is kept", browser.Text, StringComparison.Ordinal);
        Assert.Contains("takes a newer or stronger sign-in than you had", browser.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("not signed in any more", browser.Text, StringComparison.Ordinal);
        Assert.Null(browser.Page.QuerySelector("input[value='late@example.com']"));
        await browser.SubmitAsync(button: "Send it now");
        Assert.Contains("A link is made for the new address", browser.Text, StringComparison.Ordinal);
        await browser.GoAsync("/account/address");
        Assert.DoesNotContain("What you typed is kept", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_tabs_that_wait_for_a_sign_in_the_second_one_finds_its_way_on()
    {
        var crew = await side.CrewAsync();
        using var browser = new TestBrowser(side.Server);
        await browser.GoAsync("/account/sessions");
        var (second, token) = (browser.Address, browser.Value("csrf")!);
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(crew.Owner.Email, Rest.Password);
        await SendAsync(browser, second, ("csrf", token), ("Email", crew.Owner.Email), ("Password", Rest.Password));
        Assert.Contains("This page was out of date", browser.Text, StringComparison.Ordinal);
        await browser.GoAsync(browser.Page.QuerySelector("main a.button")!.GetAttribute("href")!);
        Assert.Equal("/account/sessions", browser.Address.AbsolutePath);
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
    public async Task A_page_that_says_that_it_keeps_nothing_keeps_nothing()
    {
        var crew = await side.CrewAsync();
        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.GoAsync("/developer/try-it");
        EveryFormTests.Expire(browser);
        await browser.SubmitAsync(new() { ["client_id"] = "agc_1", ["client_secret"] = "a secret" }, "Send it");
        Assert.Contains("what you typed into it is to be typed again", browser.Text, StringComparison.Ordinal);
        await BackAsync(browser, crew.Owner);
        Assert.DoesNotContain("What you typed is kept", browser.Text, StringComparison.Ordinal);
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

    [Fact]
    public async Task Forms_of_two_tabs_of_a_page_wait_one_after_the_other()
    {
        var crew = await side.CrewAsync();
        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.GoAsync(Page);
        var (form, token, version) = (browser.Address, browser.Value("csrf")!, browser.Value("version")!);
        EveryFormTests.Expire(browser);
        foreach (var name in new[] { "First tab", "Second tab", "Second tab" })
        {
            await SendAsync(browser, form, ("csrf", token), ("version", version), ("act", "name"), ("name", name));
            Assert.Contains("what you typed is kept", browser.Text, StringComparison.Ordinal);
        }

        await BackAsync(browser, crew.Owner);
        await browser.SubmitAsync(button: "Send it now");
        Assert.Equal("Second tab", browser.Value("name"));
        await browser.GoAsync(form.PathAndQuery);
        Assert.Contains("What you typed is kept", browser.Text, StringComparison.Ordinal);
        await browser.SubmitAsync(button: "Forget it");
        Assert.DoesNotContain("What you typed is kept", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_press_of_a_button_alone_is_not_kept_and_takes_nothing_with_it_that_was_typed_in_another_tab()
    {
        var crew = await side.CrewAsync();
        var id = (await crew.Key.PostAsync("/agents", new { name = "Pressed", type = "autonomous" })).Is(HttpStatusCode.Created).Json.GetProperty("id").GetString()!;
        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.GoAsync("/developer/agents/" + id);
        var (form, token, version) = (browser.Address, browser.Value("csrf")!, browser.Value("version")!);
        EveryFormTests.Expire(browser);
        await SendAsync(browser, form, ("csrf", token), ("version", version), ("act", "save"), ("name", "Pressed"), ("description", "Typed in the first tab"));
        await SendAsync(browser, form, ("csrf", token), ("act", "revoke"));
        Assert.Contains("So nothing was done. Sign in, and you come back to this page.", browser.Text, StringComparison.Ordinal);

        await BackAsync(browser, crew.Owner);
        await browser.SubmitAsync(button: "Send it now");
        Assert.Contains("Typed in the first tab", browser.Text, StringComparison.Ordinal);
        Assert.Equal("active", (await crew.Key.GetAsync("/agents/" + id)).Json.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Forms_of_two_pages_wait_each_on_its_own()
    {
        var crew = await side.CrewAsync();
        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.GoAsync("/developer/keys");
        var (other, token) = (browser.Address, browser.Page.QuerySelector("main input[name=csrf]")!.GetAttribute("value")!);
        await browser.GoAsync(Page);
        EveryFormTests.Expire(browser);
        await browser.SubmitAsync(new() { ["name"] = "In the first tab" }, "Save");
        var back = browser.Page.QuerySelector("main a.button")!.GetAttribute("href")!;
        await SendAsync(browser, other, ("csrf", token), ("name", "In the second tab"));
        Assert.Contains("what you typed is kept", browser.Text, StringComparison.Ordinal);

        await browser.GoAsync(back);
        await browser.SignInAsync(crew.Owner.Email, Rest.Password);
        await browser.SubmitAsync(button: "Send it now");
        Assert.Equal("In the first tab", browser.Value("name"));
        await browser.GoAsync(other.PathAndQuery);
        Assert.Contains("What you typed is kept", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_kept_before_does_not_take_what_is_kept_now_with_it()
    {
        var crew = await side.CrewAsync();
        using var browser = await LateAsync(crew, "Typed first");
        await BackAsync(browser, crew.Owner);
        var (first, token) = (browser.Page.QuerySelector("[name=kept]")!.GetAttribute("value")!, browser.Page.QuerySelector("main input[name=csrf]")!.GetAttribute("value")!);
        EveryFormTests.Expire(browser);
        await SendAsync(browser, browser.Address, ("csrf", token), ("act", "name"), ("name", "Typed later"));
        Assert.Contains("what you typed is kept", browser.Text, StringComparison.Ordinal);
        await BackAsync(browser, crew.Owner);
        Assert.NotEqual(first, browser.Page.QuerySelector("[name=kept]")!.GetAttribute("value"));

        var address = browser.Address.PathAndQuery;
        foreach (var press in new (string, string)[][] { [("kept", first)], [("kept", first), ("forget", "1")] })
        {
            await SendAsync(browser, browser.Address, [("csrf", browser.Page.QuerySelector("main input[name=csrf]")!.GetAttribute("value")!), .. press]);
            await browser.GoAsync(address);
            Assert.Contains("What you typed is kept", browser.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Two_clicks_that_send_it_make_one_thing_and_show_it()
    {
        var crew = await side.CrewAsync();
        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.GoAsync("/developer/certificates");
        EveryFormTests.Expire(browser);
        await browser.SubmitAsync(new() { ["name"] = "Once" }, "Make it");
        await BackAsync(browser, crew.Owner);
        await browser.SubmitAsync(button: "Send it now");
        var shown = browser.Page.GetElementById("private-key")!.TextContent;
        await browser.AgainAsync();
        Assert.Equal(shown, browser.Page.GetElementById("private-key")?.TextContent);

        side.Server.Clock.Advance(TimeSpan.FromMinutes(2));
        await browser.AgainAsync();
        Assert.Contains("It was sent or forgotten already", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_fields_are_found_by_their_names_as_those_of_any_form()
    {
        var crew = await side.CrewAsync();
        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.GoAsync(Page);
        EveryFormTests.Expire(browser);
        await SendAsync(browser, browser.Address, ("csrf", browser.Value("csrf")!), ("version", browser.Value("version")!), ("ACT", "name"), ("Name", "Capital"));
        await BackAsync(browser, crew.Owner);
        await browser.SubmitAsync(button: "Send it now");
        Assert.Equal("Capital", browser.Value("name"));
    }

    [Fact]
    public async Task Nobody_is_told_that_it_is_kept_who_could_never_send_it()
    {
        // Somebody else signed in meanwhile.
        var crew = await side.CrewAsync();
        var colleague = await crew.JoinedAsync("admin");
        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.GoAsync(Page);
        var (form, token) = (browser.Address, browser.Value("csrf")!);
        EveryFormTests.Expire(browser);
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(colleague.Email, Rest.Password);
        await SendAsync(browser, form, ("csrf", token), ("act", "name"), ("name", "Not mine"));
        Assert.Contains("This page was out of date", browser.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("what you typed is kept", browser.Text, StringComparison.Ordinal);

        // The browser was closed: what tells it from others is gone with its session.
        using var restored = new TestBrowser(side.Server);
        await SendAsync(restored, form, ("csrf", token), ("act", "name"), ("name", "Restored"));
        Assert.Contains("is to be typed again", restored.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_late_form_that_cannot_be_read_is_refused_like_others()
    {
        var crew = await side.CrewAsync();
        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.GoAsync(Page);
        EveryFormTests.Expire(browser);
        await SendAsync(browser, browser.Address, [.. Enumerable.Range(0, 600).Select(i => ($"field{i}", "x"))]);
        Assert.Equal(HttpStatusCode.BadRequest, browser.Response.StatusCode);
        Assert.Contains("You are not signed in any more", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_flood_of_small_forms_takes_little_memory()
    {
        var clock = new TestClock();
        var forms = Unserved(clock);
        var first = Late("1", ("csrf", "x"), ("q", "x"));
        Assert.True(forms.TryKeep(first));
        Assert.True(forms.TryKeep(Again(first)));
        for (var i = 0; i < 10_000; i++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(1));
            Assert.True(forms.TryKeep(Late(i + "?" + new string('q', 1400), ("csrf", "x"), ("q", "x"))));
        }

        Assert.False(forms.TryKeep(Again(first)));
    }

    [Fact]
    public void Memory_is_given_back_after_half_an_hour_though_no_other_form_comes()
    {
        var clock = new TestClock();
        var forms = Unserved(clock);
        var secret = KeepOne(forms);
        GC.Collect();
        Assert.True(secret.IsAlive);
        clock.Advance(TimeSpan.FromMinutes(31));
        GC.Collect();
        Assert.False(secret.IsAlive);
        GC.KeepAlive(forms);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference KeepOne(KeptForms forms)
    {
        var secret = new string('s', 100);
        Assert.True(forms.TryKeep(Late("1", ("csrf", "x"), ("password", secret))));
        return new WeakReference(secret);
    }

    private KeptForms Unserved(TestClock clock) => ActivatorUtilities.CreateInstance<KeptForms>(side.Server.Services, clock);

    /// <summary>A request with a form of a browser in which nobody is signed in.</summary>
    private static DefaultHttpContext Late(string page, params (string Name, string Value)[] fields)
    {
        var (path, query) = page.Split('?') is [var start, var rest] ? (start, "?" + rest) : (page, "");
        var http = new DefaultHttpContext();
        (http.Request.Method, http.Request.Path, http.Request.QueryString) = ("POST", "/developer/" + path, new QueryString(query));
        http.Request.Headers.Cookie = "antiforgery=x";
        http.Request.Form = new FormCollection(fields.ToDictionary(field => field.Name, field => new StringValues(field.Value)));
        return http;
    }

    /// <summary>The session of whoever pressed "Send it now" was over once more.</summary>
    private static DefaultHttpContext Again(HttpContext first)
    {
        var cookie = SetCookieHeaderValue.Parse(first.Response.Headers.SetCookie.ToString());
        var http = Late(first.Request.Path.Value!.Split('/')[^1], ("csrf", "x"), ("kept", "x"));
        http.Request.Headers.Cookie = $"antiforgery=x; {cookie.Name}={cookie.Value}";
        return http;
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
