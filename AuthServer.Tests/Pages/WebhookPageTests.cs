using System.Net;
using AuthServer.Languages;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Pages;

/// <summary>An organization's webhooks, as its members see and change them.</summary>
public sealed class WebhookPageTests(WebhookSide side) : IClassFixture<WebhookSide>
{
    private const string All = "/developer/webhooks";

    [Fact]
    public async Task A_developer_makes_one_tests_it_looks_at_its_log_and_sends_a_message_again()
    {
        var path = "/page-" + Guid.NewGuid().ToString("N");
        using var browser = await OwnerAsync();
        await browser.GoAsync(All);
        Assert.Contains("Nobody is told", browser.Text, StringComparison.Ordinal);
        await browser.SubmitAsync(new() { ["Address"] = side.Receiver.Url(path), ["Description"] = "My <b>hook</b>", ["Events"] = "agent.created" }, "Make it");

        var secret = browser.Page.QuerySelector("#secret")!.TextContent;
        Assert.StartsWith("whsec_", secret, StringComparison.Ordinal);
        var tested = browser.Page.QuerySelector(".actions a")!.GetAttribute("href")!;
        await browser.SubmitAsync(button: "Download it as a file");
        Assert.Equal($"AUTHSERVER_WEBHOOK_SECRET={secret}\n", await browser.Response.Content.ReadAsStringAsync());
        await browser.GoAsync(tested);
        Assert.DoesNotContain("whsec_", browser.Text, StringComparison.Ordinal);
        Assert.Equal("My <b>hook</b>", browser.Page.QuerySelector("h1")!.TextContent);
        Assert.Equal("On", browser.Page.QuerySelector(".facts .risk")!.TextContent.Trim());

        await browser.SubmitAsync(button: "Send a test");
        await browser.AgainAsync();
        Assert.Contains("A test is on its way", browser.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("already", browser.Text, StringComparison.Ordinal);
        Assert.Contains("Waits to be sent", browser.Text, StringComparison.Ordinal);
        await browser.SubmitAsync(button: "Send a test");
        Assert.Contains("A test is on its way already", browser.Text, StringComparison.Ordinal);
        await side.FinishAsync();
        await ReloadAsync(browser);
        Assert.Contains("Received with 200", browser.Text, StringComparison.Ordinal);

        Assert.StartsWith("Send it again: webhook.test, ", browser.Page.QuerySelector("button[value=replay]")!.TextContent, StringComparison.Ordinal);
        side.Receiver.Answer(path, 500);
        await browser.SubmitAsync(button: "Send it again");
        await browser.AgainAsync();
        Assert.Contains("It is sent again", browser.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("waiting to be sent already", browser.Text, StringComparison.Ordinal);
        await side.FinishAsync();
        await ReloadAsync(browser);
        Assert.Contains("The receiver refused it with 500. It is sent again at", browser.Text, StringComparison.Ordinal);
        Assert.StartsWith("Failing", browser.Page.QuerySelector(".facts .risk")!.TextContent.Trim(), StringComparison.Ordinal);
        await browser.SubmitAsync(button: "Disable it");
        Assert.Contains("The receiver refused it with 500. It is sent again once the webhook is enabled again.", browser.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("It is sent again at", browser.Text, StringComparison.Ordinal);
        Assert.Equal(["webhook.test", "webhook.test"], side.Receiver.All.Where(message => message.Path == path).Select(message => message.Type));
    }

    [Fact]
    public async Task It_is_disabled_and_enabled_given_a_new_secret_and_deleted_after_a_question()
    {
        using var browser = await OwnerAsync();
        await MadeAsync(browser);
        await browser.SubmitAsync(button: "Disable it");
        Assert.Equal("Disabled", browser.Page.QuerySelector(".facts .risk")!.TextContent.Trim());
        Assert.EndsWith("since " + Language.English.Moment(side.Server.Clock.Now), browser.Page.QuerySelector(".facts dd")!.TextContent.Trim(), StringComparison.Ordinal);
        Assert.Empty(browser.Page.QuerySelectorAll("button[value=test]"));
        await browser.SubmitAsync(button: "Enable it");
        Assert.Equal("On", browser.Page.QuerySelector(".facts .risk")!.TextContent.Trim());

        await browser.GoAsync(browser.Page.QuerySelector("a[href$='ask=rotate']")!.GetAttribute("href")!);
        await browser.SubmitAsync(button: "Replace it");
        Assert.StartsWith("whsec_", browser.Page.QuerySelector("#secret")!.TextContent, StringComparison.Ordinal);
        await browser.GoAsync(browser.Page.QuerySelector(".actions a")!.GetAttribute("href")!);
        await browser.GoAsync(browser.Page.QuerySelector("a[href$='ask=delete']")!.GetAttribute("href")!);
        await browser.SubmitAsync(button: "Delete it");

        Assert.Contains("The webhook is deleted", browser.Text, StringComparison.Ordinal);
        Assert.Contains("Nobody is told", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_faulty_form_names_the_fields_and_keeps_what_was_typed()
    {
        using var browser = await OwnerAsync();
        await browser.GoAsync(All);
        await browser.SubmitAsync(new() { ["Address"] = "https://127.0.0.1/", ["Description"] = "Kept" }, "Make it");

        Assert.Equal("https://127.0.0.1/", browser.Page.QuerySelector("#address")!.GetAttribute("value"));
        Assert.Equal("Kept", browser.Page.QuerySelector("#description")!.GetAttribute("value"));
        Assert.StartsWith("Give a public https URL", browser.Page.GetElementById("address-fault")!.TextContent.Trim(), StringComparison.Ordinal);
        Assert.Equal(["#address", "#events"], browser.Page.QuerySelectorAll(".notice-danger a").Select(link => link.GetAttribute("href")));

        await browser.SubmitAsync(new() { ["Address"] = "https://hooks.example:444/" }, "Make it");
        Assert.Equal("The port must be 443, or one from 1024 up.", browser.Page.GetElementById("address-fault")!.TextContent.Trim());
        await browser.SubmitAsync(new() { ["Address"] = "https://hooks.example/", ["Events"] = "no.such" }, "Make it");
        Assert.Equal(["#events"], browser.Page.QuerySelectorAll(".notice-danger a").Select(link => link.GetAttribute("href")));
    }

    [Fact]
    public async Task Its_address_description_and_events_are_changed_on_its_page_and_a_second_click_changes_nothing_more()
    {
        using var browser = await OwnerAsync();
        await MadeAsync(browser);
        Assert.False(browser.Page.QuerySelector("form:has(#address)")!.ParentElement!.HasAttribute("open"));
        Assert.Equal("https://hooks.example/", browser.Page.QuerySelector("#address")!.GetAttribute("value"));
        await browser.SubmitAsync(new() { ["Address"] = "https://other.example", ["Description"] = "My <b>hook</b>", ["Events"] = "agent.suspended" }, "Save");
        await browser.AgainAsync();

        Assert.Contains("It is saved", browser.Text, StringComparison.Ordinal);
        Assert.Equal("My <b>hook</b>", browser.Page.QuerySelector("h1")!.TextContent);
        Assert.Equal("https://other.example/", browser.Page.QuerySelector(".facts dd code")!.TextContent);
        Assert.Equal(["agent.suspended"], browser.Page.QuerySelectorAll(".facts code.tag").Select(tag => tag.TextContent));
        Assert.Single(await side.Server.TrailAsync("webhook.updated"), row => row.Target == IdOf(browser));

        // And taken away again.
        await browser.SubmitAsync(new() { ["Description"] = "" }, "Save");
        Assert.Equal("other.example", browser.Page.QuerySelector("h1")!.TextContent);
    }

    [Fact]
    public async Task One_is_told_everything_by_one_choice_whatever_is_ticked_beside_it_and_only_some_events_again()
    {
        using var browser = await OwnerAsync();
        await browser.GoAsync(All);
        Assert.Equal("these", browser.Page.QuerySelector("input[name=Told][checked]")!.GetAttribute("value"));
        await browser.SubmitAsync(new() { ["Address"] = "https://hooks.example/", ["Told"] = "all", ["Events"] = "agent.created" }, "Make it");
        await browser.GoAsync(browser.Page.QuerySelector(".actions a")!.GetAttribute("href")!);
        Assert.Contains("It is told everything.", browser.Text, StringComparison.Ordinal);
        Assert.Equal("all", browser.Page.QuerySelector("input[name=Told][checked]")!.GetAttribute("value"));

        await browser.SubmitAsync(new() { ["Told"] = "these", ["Events"] = "agent.suspended" }, "Save");
        Assert.Equal(["agent.suspended"], browser.Page.QuerySelectorAll(".facts code.tag").Select(tag => tag.TextContent));
        Assert.Equal("these", browser.Page.QuerySelector("input[name=Told][checked]")!.GetAttribute("value"));
    }

    [Fact]
    public async Task A_faulty_change_names_the_fields_keeps_what_was_typed_and_changes_nothing()
    {
        using var browser = await OwnerAsync();
        await MadeAsync(browser);
        var page = browser.Address.PathAndQuery;
        await browser.SubmitAsync(new() { ["Address"] = "http://10.0.0.1/", ["Description"] = new string('d', 201), ["Events"] = null }, "Save");

        Assert.StartsWith("Problem: a webhook", browser.Page.Title, StringComparison.Ordinal);
        Assert.True(browser.Page.QuerySelector("form:has(#address)")!.ParentElement!.HasAttribute("open"));
        Assert.Equal(["#address", "#events", "#description"], browser.Page.QuerySelectorAll(".notice-danger a").Select(link => link.GetAttribute("href")));
        Assert.Equal("http://10.0.0.1/", browser.Page.QuerySelector("#address")!.GetAttribute("value"));
        Assert.Equal("address-fault address-hint", browser.Page.QuerySelector("#address")!.GetAttribute("aria-describedby"));
        await browser.GoAsync(page);
        Assert.Equal("https://hooks.example/", browser.Page.QuerySelector("#address")!.GetAttribute("value"));
    }

    [Fact]
    public async Task What_somebody_else_changed_meanwhile_is_told_and_saved_once_it_was_seen()
    {
        using var browser = await OwnerAsync();
        await MadeAsync(browser);
        using var other = new TestBrowser(side.Server);
        foreach (var cookie in browser.Cookies.GetAllCookies().ToArray())
        {
            other.Cookies.Add(cookie);
        }

        await other.GoAsync(browser.Address.PathAndQuery);
        await other.SubmitAsync(new() { ["Description"] = "Theirs" }, "Save");
        await browser.SubmitAsync(new() { ["Description"] = "Mine" }, "Save");
        Assert.Contains("Somebody changed it meanwhile.", browser.Text, StringComparison.Ordinal);
        Assert.Equal("Theirs", browser.Page.QuerySelector("h1")!.TextContent);
        Assert.Equal("Mine", browser.Page.QuerySelector("#description")!.GetAttribute("value"));
        await browser.SubmitAsync(button: "Save");
        Assert.Equal("Mine", browser.Page.QuerySelector("h1")!.TextContent);
    }

    [Fact]
    public async Task An_auditor_looks_and_changes_nothing()
    {
        using var rest = new Rest(side.Server);
        var registered = await rest.RegisterDeveloperAsync("Acme");
        using var key = rest.As(registered.GetProperty("apiKey").GetString());
        var id = (await key.PostAsync("/webhooks", new { url = "https://hooks.example/", events = new[] { "agent.created" } })).Is(HttpStatusCode.Created).Json.GetProperty("id").GetString();
        var email = $"{Guid.NewGuid():N}@example.com";
        var person = (await rest.PostAsync("/users/register", new { name = "Some Body", email, password = Rest.Password })).Is(HttpStatusCode.Created).Json;
        var invited = await key.PostAsync($"/organizations/{registered.GetProperty("organization").GetProperty("id").GetString()}/invitations", new { email, role = "auditor" });
        using var somebody = rest.As(person.GetProperty("token").GetString());
        (await somebody.PostAsync("/invitations/accept", new { token = invited.Json.GetProperty("token").GetString() })).Is(HttpStatusCode.OK);

        using var browser = await SignedInAsync(email);
        foreach (var page in new[] { All, "/developer/webhook?id=" + id, $"/developer/webhook?id={id}&ask=delete" })
        {
            await browser.GoAsync(page);
            Assert.Contains("that needs the role of a developer", browser.Text, StringComparison.Ordinal);
            Assert.Empty(browser.Page.Forms);
        }

        // With a form of another page of theirs, which has what is needed against forgery.
        await browser.GoAsync("/chain");
        var csrf = browser.Page.QuerySelector("input[name=csrf]")!.GetAttribute("value");
        foreach (var page in new[] { All, "/developer/webhook?id=" + id })
        {
            await browser.SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(side.Server.Address, page))
            {
                Content = new FormUrlEncodedContent([new("csrf", csrf), new("act", "delete"), new("Address", "https://hooks.example/"), new("Events", "agent.created")]),
            });
            Assert.Equal(HttpStatusCode.Forbidden, browser.Response.StatusCode);
        }

        Assert.Equal(
            ["changeWebhook", "createWebhook"],
            (await side.Server.TrailAsync("access.refused")).Where(row => row.Subject == person.GetProperty("user").GetProperty("id").GetString()).Select(row => row.Target).Order());
        (await key.GetAsync("/webhooks/" + id)).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Another_organizations_webhooks_are_not_there()
    {
        using var theirs = await OwnerAsync();
        await MadeAsync(theirs);
        var page = theirs.Address.PathAndQuery;
        var organization = theirs.Page.QuerySelector("nav a[href*='organization=']")!.GetAttribute("href")!;
        using var browser = await OwnerAsync();
        foreach (var address in new[] { page, page + "&ask=delete", organization, "/developer/webhook", "/developer/webhook?id=nonsense" })
        {
            await browser.GoAsync(address);
            Assert.Equal(HttpStatusCode.NotFound, browser.Response.StatusCode);
        }

        await browser.GoAsync(All);
        var csrf = browser.Page.QuerySelector("input[name=csrf]")!.GetAttribute("value");
        await browser.SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(side.Server.Address, page)) { Content = new FormUrlEncodedContent([new("csrf", csrf), new("act", "delete")]) });
        Assert.Equal(HttpStatusCode.NotFound, browser.Response.StatusCode);
        await ReloadAsync(theirs);
        Assert.Equal(HttpStatusCode.OK, theirs.Response.StatusCode);
    }

    [Fact]
    public async Task A_form_that_another_site_sends_changes_nothing()
    {
        using var browser = await OwnerAsync();
        await MadeAsync(browser);
        var page = browser.Address.PathAndQuery;
        await browser.SubmitAsync(new() { ["csrf"] = null }, "Disable it");
        Assert.Contains("This page was out of date", browser.Text, StringComparison.Ordinal);
        await browser.GoAsync(page);
        Assert.Equal("On", browser.Page.QuerySelector(".facts .risk")!.TextContent.Trim());
    }

    [Theory]
    [InlineData("/developer/webhooks")]
    [InlineData("/developer/webhook?id=whk_01jv0000000000000000000000")]
    public async Task Who_is_not_signed_in_is_sent_to_sign_in(string page)
    {
        using var browser = new TestBrowser(side.Server);
        await browser.GoAsync(page);

        Assert.Equal("/sign-in", browser.Address.AbsolutePath);
    }

    private static string IdOf(TestBrowser browser) => System.Web.HttpUtility.ParseQueryString(browser.Address.Query)["id"]!;

    private static Task ReloadAsync(TestBrowser browser) => browser.GoAsync(browser.Address.PathAndQuery);

    /// <summary>A new webhook, and the browser at its page.</summary>
    private static async Task MadeAsync(TestBrowser browser)
    {
        await browser.GoAsync(All);
        await browser.SubmitAsync(new() { ["Address"] = "https://hooks.example/", ["Events"] = "agent.created" }, "Make it");
        await browser.GoAsync(browser.Page.QuerySelector(".actions a")!.GetAttribute("href")!);
    }

    /// <summary>The owner of a new organization, signed in.</summary>
    private async Task<TestBrowser> OwnerAsync()
    {
        using var rest = new Rest(side.Server);
        return await SignedInAsync((await rest.RegisterDeveloperAsync("Acme")).GetProperty("developer").GetProperty("email").GetString()!);
    }

    private async Task<TestBrowser> SignedInAsync(string email)
    {
        var browser = new TestBrowser(side.Server);
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(email, Rest.Password);
        return browser;
    }
}
