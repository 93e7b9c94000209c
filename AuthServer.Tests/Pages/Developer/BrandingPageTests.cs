using System.Net;
using System.Net.Http.Headers;
using AuthServer.Branding;
using AuthServer.Tests.Branding;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Pages.Developer;

/// <summary>The page on which administrators set how their organization shows itself.</summary>
public sealed class BrandingPageTests(DeveloperSide side) : IClassFixture<DeveloperSide>
{
    private const string Branding = "/developer/branding";

    [Fact]
    public async Task A_draft_is_looked_at_and_nothing_is_saved_before_it_is()
    {
        var crew = await side.CrewAsync("Acme AI");
        using var browser = await side.BrowserAsync(crew, "admin");
        await browser.GoAsync(Branding);
        Assert.Null(browser.Page.QuerySelector("link[data-brand]"));
        Dictionary<string, string?> typed = new() { ["name"] = "Acme <b>", ["colour"] = "#0b7a4b", ["texts.en.headline"] = BrandSide.Headline, ["texts.de.headline"] = "Guten Tag", ["show"] = "en" };
        await browser.SubmitAsync(typed, "Preview");
        browser.IsOk();
        Assert.Contains("it is not saved yet", browser.Shown("#preview"), StringComparison.Ordinal);
        Assert.Equal(AccentStylesheet.Address(AccentColour.Read("#0b7a4b")!.Value), browser.Page.QuerySelector("link[data-brand]")!.GetAttribute("href"));
        Assert.Equal(["Acme <b> says", "Acme <b> says"], browser.Page.QuerySelectorAll("#preview .brand-says h2").Select(title => title.TextContent.Trim()));
        Assert.Equal(BrandSide.Headline, browser.Value("texts.en.headline"));
        Assert.Equal("0", (await crew.Key.GetAsync(crew.Path + "/branding")).Response.Headers.ETag!.Tag.Trim('"'));

        await browser.SubmitAsync(new() { ["show"] = "de" }, "Preview");
        Assert.Contains("Guten Tag", browser.Shown("#preview"), StringComparison.Ordinal);
        await browser.SubmitAsync(button: "Save");
        Assert.Contains("It is saved", browser.Text, StringComparison.Ordinal);
        var brand = (await crew.Key.GetAsync(crew.Path + "/branding")).Json;
        Assert.Equal(("Acme <b>", "#0b7a4b", "en"), (brand.Text("name"), brand.Text("colour"), brand.Text("language")));
        Assert.Equal("Guten Tag", brand.GetProperty("texts").GetProperty("de").Text("headline"));
    }

    [Fact]
    public async Task What_is_wrong_stands_at_its_field_and_what_was_typed_stays()
    {
        using var browser = await side.BrowserAsync(await side.CrewAsync());
        await browser.GoAsync(Branding);
        foreach (var button in new[] { "Save", "Preview" })
        {
            await browser.SubmitAsync(new() { ["name"] = "Auth Server", ["colour"] = "#0b7a4b;}", ["texts.en.support"] = "javascript:alert(1)", ["texts.de.help"] = "a\u202eb" }, button);
            Assert.Equal(["#name", "#colour", "#texts.en.support", "#texts.de.help"], browser.FaultyFields());
            Assert.Equal("javascript:alert(1)", browser.Value("texts.en.support"));
            Assert.Empty(browser.Page.QuerySelectorAll("a[href^=javascript]"));
        }

        await browser.SubmitAsync(new() { ["name"] = "", ["colour"] = "#ffffff", ["texts.en.support"] = "", ["texts.de.help"] = "" }, "Save");
        Assert.Equal(["#colour"], browser.FaultyFields());
        Assert.Contains("would do", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_language_is_added_without_losing_what_was_typed()
    {
        var crew = await side.CrewAsync();
        using var browser = await side.BrowserAsync(crew);
        await browser.GoAsync(Branding);
        await browser.SubmitAsync(new() { ["texts.en.help"] = "Hello", ["add"] = "PT-br" }, "Add the language");
        Assert.Equal("Hello", browser.Value("texts.en.help"));
        await browser.SubmitAsync(new() { ["texts.pt-BR.help"] = "Olá", ["add"] = "no language" }, "Add the language");
        Assert.Equal(["#add"], browser.FaultyFields());
        await browser.SubmitAsync(new() { ["add"] = "" }, "Save");
        Assert.Equal(["en", "pt-BR"], (await crew.Key.GetAsync(crew.Path + "/branding")).Json.GetProperty("texts").EnumerateObject().Select(text => text.Name));
    }

    [Fact]
    public async Task Two_tabs_do_not_overwrite_each_other_and_a_form_sent_twice_does_no_harm()
    {
        var crew = await side.CrewAsync();
        using var one = await side.BrowserAsync(crew);
        using var other = await side.BrowserAsync(crew);
        await one.GoAsync(Branding);
        await other.GoAsync(Branding);
        await one.SubmitAsync(new() { ["name"] = "First" }, "Save");
        await other.SubmitAsync(new() { ["name"] = "First" }, "Save");
        Assert.Contains("It is saved", other.Text, StringComparison.Ordinal);
        await one.SubmitAsync(new() { ["name"] = "Second" }, "Save");
        await other.SubmitAsync(new() { ["name"] = "Third" }, "Save");
        Assert.Contains("Somebody changed it meanwhile", other.Text, StringComparison.Ordinal);
        Assert.Equal("Third", other.Value("name"));
        Assert.Equal("Second", (await crew.Key.GetAsync(crew.Path + "/branding")).Json.Text("name"));
        await other.SubmitAsync(button: "Save");
        Assert.Equal("Third", (await crew.Key.GetAsync(crew.Path + "/branding")).Json.Text("name"));
    }

    [Fact]
    public async Task A_logo_is_sent_as_a_file_and_removed()
    {
        var crew = await side.CrewAsync();
        using var browser = await side.BrowserAsync(crew);
        await browser.GoAsync(Branding);
        await SendAsync(browser, crew, TestPictures.Png(128, 64));
        Assert.Contains("The logo is saved", browser.Text, StringComparison.Ordinal);
        Assert.Equal(2, browser.Page.QuerySelectorAll("#preview img").Length);

        foreach (var bad in new[] { "<svg xmlns='http://www.w3.org/2000/svg'/>"u8.ToArray(), TestPictures.Png(20, 20), TestPictures.Png(more: [("tEXt", new byte[300 * 1024])]), [] })
        {
            await SendAsync(browser, crew, bad);
            Assert.Equal(["#logo"], browser.FaultyFields());
        }

        await browser.SubmitAsync(button: "Remove the logo");
        Assert.Contains("The logo is removed", browser.Text, StringComparison.Ordinal);
        Assert.Empty(browser.Page.QuerySelectorAll("#preview img"));
    }

    [Fact]
    public async Task What_was_typed_beside_the_picture_stays_when_the_picture_is_taken_refused_or_removed()
    {
        var crew = await side.CrewAsync();
        using var browser = await side.BrowserAsync(crew);
        await browser.GoAsync(Branding);
        await SendTypedAsync(browser, TestPictures.Png(128, 64), ("name", "Typed"), ("texts.en.headline", "Kept"), ("add", "fr"));
        Assert.Contains("The logo is saved. What you typed stands below and is not saved yet.", browser.Text, StringComparison.Ordinal);
        Assert.Equal(("Typed", "Kept", "fr"), (browser.Value("name"), browser.Value("texts.en.headline"), browser.Value("add")));
        Assert.Equal(2, browser.Page.QuerySelectorAll("#preview img").Length);
        Assert.Contains("Typed", browser.Shown("#preview .brand-name"), StringComparison.Ordinal);
        Assert.False((await crew.Key.GetAsync(crew.Path + "/branding")).Json.TryGetProperty("name", out _));

        await SendTypedAsync(browser, TestPictures.Png(20, 20), ("name", "Typed too"));
        Assert.Equal(["#logo"], browser.FaultyFields());
        Assert.Equal(("Typed too", "Kept"), (browser.Value("name"), browser.Value("texts.en.headline")));

        // The picture is a change of their own, and not somebody else's.
        await browser.SubmitAsync(button: "Save");
        Assert.Contains("It is saved", browser.Text, StringComparison.Ordinal);
        Assert.Equal("Typed too", (await crew.Key.GetAsync(crew.Path + "/branding")).Json.Text("name"));

        await browser.SubmitAsync(new() { ["name"] = "Last" }, "Remove the logo");
        Assert.Contains("The logo is removed. What you typed stands below and is not saved yet.", browser.Text, StringComparison.Ordinal);
        Assert.Equal("Last", browser.Value("name"));
        Assert.Empty(browser.Page.QuerySelectorAll("#preview img"));
    }

    [Fact]
    public async Task All_of_it_is_taken_back_when_that_is_meant()
    {
        var crew = await side.CrewAsync("Acme AI");
        (await crew.Key.SetAsync(crew.Id, BrandSide.Full)).Is(HttpStatusCode.OK);
        using var browser = await side.BrowserAsync(crew);
        await browser.GoAsync(Branding + "?ask=reset");
        await browser.SubmitAsync(button: "Take all of it back");
        Assert.Contains("All of it is as it was at first", browser.Text, StringComparison.Ordinal);
        Assert.Contains("Acme AI", browser.Shown("#preview .brand-name"), StringComparison.Ordinal);
        Assert.Equal("", browser.Value("name"));
    }

    [Theory]
    [InlineData("auditor")]
    [InlineData("developer")]
    public async Task Others_may_look(string role)
    {
        var crew = await side.CrewAsync();
        (await crew.Key.SetAsync(crew.Id, BrandSide.Full)).Is(HttpStatusCode.OK);
        using var browser = await side.BrowserAsync(crew, role);
        await browser.GoAsync(Branding);
        Assert.Contains("Admins change it.", browser.Text, StringComparison.Ordinal);
        Assert.Empty(browser.Page.QuerySelectorAll("main form"));
        foreach (var act in new[] { "save", "preview", "add", "logo", "no-logo", "reset" })
        {
            await browser.SendFormAsync(side, $"{Branding}?organization={crew.Id}", ("act", act), ("name", "Taken over"));
            Assert.Equal(HttpStatusCode.Forbidden, browser.Response.StatusCode);
        }

        Assert.Equal("Acme", (await crew.Key.GetAsync(crew.Path + "/branding")).Json.Text("name"));
    }

    [Fact]
    public async Task Another_organizations_page_is_not_there_and_a_forged_form_does_nothing()
    {
        var (crew, others) = (await side.CrewAsync(), await side.CrewAsync());
        using var browser = await side.BrowserAsync(others);
        Assert.Equal("NotFound", await browser.StatusAsync($"{Branding}?organization={crew.Id}"));
        await browser.SendFormAsync(side, $"{Branding}?organization={crew.Id}", ("act", "save"), ("name", "Taken over"));
        Assert.Equal(HttpStatusCode.NotFound, browser.Response.StatusCode);

        using var owner = await side.BrowserAsync(crew.Owner);
        foreach (var forged in new HttpContent[] { new FormUrlEncodedContent([new("act", "save"), new("name", "Forged")]), Upload(TestPictures.Png(), "forged") })
        {
            await owner.SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(side.Server.Address, $"{Branding}?organization={crew.Id}&act=logo")) { Content = forged });
            Assert.Equal(HttpStatusCode.BadRequest, owner.Response.StatusCode);
        }

        var brand = (await crew.Key.GetAsync(crew.Path + "/branding")).Json;
        Assert.False(brand.TryGetProperty("name", out _) || brand.TryGetProperty("logo", out _));

        // No other page takes a file.
        await owner.SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(side.Server.Address, "/developer/members")) { Content = Upload([], "x") });
        Assert.Contains("The form was not sent as a form", owner.Text, StringComparison.Ordinal);
    }

    private async Task SendAsync(TestBrowser browser, Crew crew, byte[] picture)
    {
        var csrf = browser.Page.QuerySelector("input[name=csrf]")!.GetAttribute("value")!;
        await browser.SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(side.Server.Address, $"{Branding}?organization={crew.Id}&act=logo")) { Content = Upload(picture, csrf) });
    }

    /// <summary>The form as a browser sends it by the picture's button, with these values typed.</summary>
    private static async Task SendTypedAsync(TestBrowser browser, byte[] picture, params (string Name, string Value)[] typed)
    {
        var form = browser.Page.QuerySelector("form.editor")!;
        var button = form.QuerySelector("button[formenctype='multipart/form-data']")!;
        var content = Upload(picture, form.QuerySelector("input[name=csrf]")!.GetAttribute("value")!);
        foreach (var input in form.QuerySelectorAll("input[name]:not([name=csrf]):not([type=file]), select[name]"))
        {
            var name = input.GetAttribute("name")!;
            content.Add(new StringContent(typed.FirstOrDefault(value => value.Name == name).Value ?? (input as AngleSharp.Html.Dom.IHtmlSelectElement)?.Value ?? input.GetAttribute("value") ?? ""), name);
        }

        await browser.SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(browser.Address, button.GetAttribute("formaction"))) { Content = content });
    }

    private static MultipartFormDataContent Upload(byte[] picture, string csrf)
    {
        var file = new ByteArrayContent(picture);
        file.Headers.ContentType = new MediaTypeHeaderValue("text/html");
        return new MultipartFormDataContent { { new StringContent(csrf), "csrf" }, { file, "logo", "logo.html" } };
    }
}
