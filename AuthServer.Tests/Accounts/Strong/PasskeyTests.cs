using System.Net;
using System.Net.Http.Json;
using AuthServer.Accounts.Strong;
using AuthServer.Protocol.Authorize;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Accounts.Strong;

/// <summary>Passkeys, and what somebody tries who has none, or somebody else's.</summary>
public sealed class PasskeyTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await Flows.StartAsync(("AuthServer:RateLimits:SignIn", "1000"), ("AuthServer:RateLimits:PerAddress", "1000"));

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData(false, "hwk")]
    [InlineData(true, "swk")]
    public async Task A_passkey_signs_in_alone_and_tokens_say_so(bool synced, string method)
    {
        using var passkey = NewPasskey(synced);
        var email = await OwnerAsync(passkey);
        using var browser = new TestBrowser(_server);
        await browser.GoAsync(Flows.AuthorizeUrl("web", Flows.WebRedirect));
        passkey.Counter = 1;
        await SignInAsync(browser, passkey);
        BrowserSide.AssertAt(browser, "/consent");
        await browser.SubmitAsync(button: "Allow");
        using var redeemed = await Flows.RedeemAsync(_server, BrowserSide.Answer(browser)["code"]);
        var id = Flows.Claims((await TestServer.JsonAsync(redeemed)).GetProperty("id_token").GetString()!);

        Assert.Equal(Acr.Passkey, id.GetProperty("acr").GetString());
        Assert.Equal([method, "user", "mfa"], id.GetProperty("amr").EnumerateArray().Select(word => word.GetString()!));
        Assert.Equal("passkey", await StrongSide.LastReasonAsync(_server, email));
        await browser.GoAsync("/account/passkeys");
        Assert.DoesNotContain("Not yet", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_PostgreSQL_it_is_the_same()
    {
        await _server.DisposeAsync();
        _server = await Flows.StartAsync(await PostgreSqlCluster.SettingsAsync());
        using var passkey = NewPasskey();
        await OwnerAsync(passkey);
        for (var i = 1u; i <= 2; i++)
        {
            passkey.Counter = i;
            using var browser = new TestBrowser(_server);
            await browser.GoAsync("/sign-in/passkey");
            await SignInAsync(browser, passkey);
            Assert.Equal("/account", browser.Address.AbsolutePath);
        }

        Assert.Equal(2u, await _server.QueryAsync(context => context.Passkeys.Select(row => row.Data.SignCount).SingleAsync()));
    }

    [Fact]
    public async Task What_a_passkey_answered_is_good_once()
    {
        using var passkey = NewPasskey();
        await OwnerAsync(passkey);
        using var browser = new TestBrowser(_server);
        var options = await AskAsync(browser);
        var before = browser.Cookies.GetCookies(_server.Address)["passkey"]!.Value;
        passkey.Counter = 1;
        var answer = passkey.Get(options);
        await SendAsync(browser, answer);
        Assert.Equal("/account", browser.Address.AbsolutePath);

        using var thief = new TestBrowser(_server);
        await thief.GoAsync("/sign-in/passkey");
        thief.Cookies.Add(_server.Address, new Cookie("passkey", before));
        await SendAsync(thief, answer);
        AssertRefused(thief);
    }

    [Fact]
    public async Task A_challenge_of_another_browser_or_of_long_ago_is_none()
    {
        using var passkey = NewPasskey();
        await OwnerAsync(passkey);
        using var one = new TestBrowser(_server);
        var options = await AskAsync(one);
        using var other = new TestBrowser(_server);
        await AskAsync(other);
        await SendAsync(other, passkey.Get(options));
        AssertRefused(other);

        _server.Clock.Advance(TimeSpan.FromMinutes(5));
        await SendAsync(one, passkey.Get(options));
        AssertRefused(one);
    }

    [Theory]
    [InlineData("origin")]
    [InlineData("port")]
    [InlineData("party")]
    [InlineData("unverified")]
    [InlineData("handle")]
    [InlineData("key")]
    [InlineData("unknown")]
    public async Task What_is_not_exactly_right_signs_nobody_in(string wrong)
    {
        using var passkey = NewPasskey();
        await OwnerAsync(passkey);
        using var strangers = NewPasskey();
        await OwnerAsync(strangers);
        using var forged = new TestPasskey { Id = wrong == "unknown" ? [1, 2, 3] : passkey.Id, Origin = _server.Issuer, UserHandle = passkey.UserHandle };
        using var browser = new TestBrowser(_server);
        var options = await AskAsync(browser);
        passkey.Counter = 1;
        (passkey.Origin, passkey.RelyingParty, passkey.UserVerified, passkey.UserHandle) = wrong switch
        {
            "origin" => ("https://evil.example", passkey.RelyingParty, true, passkey.UserHandle),
            "port" => ("http://localhost:1", passkey.RelyingParty, true, passkey.UserHandle),
            "party" => (passkey.Origin, "evil.example", true, passkey.UserHandle),
            "unverified" => (passkey.Origin, passkey.RelyingParty, false, passkey.UserHandle),
            "handle" => (passkey.Origin, passkey.RelyingParty, true, strangers.UserHandle),
            _ => (passkey.Origin, passkey.RelyingParty, true, passkey.UserHandle),
        };
        await SendAsync(browser, wrong is "key" or "unknown" ? forged.Get(options) : passkey.Get(options));
        AssertRefused(browser);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"id\":7}")]
    [InlineData("not json")]
    [InlineData("")]
    public async Task What_is_no_answer_at_all_is_refused_plainly(string sent)
    {
        using var browser = new TestBrowser(_server);
        await AskAsync(browser);
        await SendAsync(browser, sent);

        Assert.Equal(HttpStatusCode.OK, browser.Response.StatusCode);
        Assert.Equal("/sign-in/passkey", browser.Address.AbsolutePath);
    }

    [Fact]
    public async Task A_counter_that_goes_back_tells_of_a_copy()
    {
        using var passkey = NewPasskey();
        var email = await OwnerAsync(passkey);
        passkey.Counter = 5;
        using var browser = new TestBrowser(_server);
        await browser.GoAsync("/sign-in/passkey");
        await SignInAsync(browser, passkey);
        Assert.Equal("/account", browser.Address.AbsolutePath);
        using var copy = new TestBrowser(_server);
        await copy.GoAsync("/sign-in/passkey");
        await SignInAsync(copy, passkey);

        AssertRefused(copy);
        Assert.Equal("passkey_counter", await StrongSide.LastReasonAsync(_server, email));
    }

    [Fact]
    public async Task A_disabled_person_is_refused()
    {
        using var passkey = NewPasskey();
        var email = await OwnerAsync(passkey);
        await _server.QueryAsync(async context =>
        {
            (await context.Users.SingleAsync(row => row.Email == email)).Disabled = true;
            return await context.SaveChangesAsync();
        });
        passkey.Counter = 1;
        using var browser = new TestBrowser(_server);
        await browser.GoAsync("/sign-in/passkey");
        await SignInAsync(browser, passkey);

        AssertRefused(browser);
        Assert.Equal("disabled", await StrongSide.LastReasonAsync(_server, email));
    }

    [Fact]
    public async Task Nobody_adds_a_passkey_twice_or_one_of_somebody_else()
    {
        using var passkey = NewPasskey();
        await OwnerAsync(passkey);
        var (browser, _) = await StrongSide.NewcomerAsync(_server);
        using (browser)
        {
            await AddAsync(browser, passkey);
            Assert.Contains("not accepted", browser.Text, StringComparison.Ordinal);
            Assert.Equal(1, await _server.QueryAsync(context => context.Passkeys.CountAsync()));
        }
    }

    [Fact]
    public async Task An_open_browser_adds_none_and_neither_does_a_challenge_of_before()
    {
        using var passkey = NewPasskey();
        var (browser, _) = await StrongSide.NewcomerAsync(_server);
        using (browser)
        {
            await browser.GoAsync("/account/passkeys");
            var options = await OptionsAsync(browser, "/account/passkeys");
            _server.Clock.Advance(TimeSpan.FromMinutes(6));
            await PostAsync(browser, "/account/passkeys", ("Credential", passkey.Create(options)));
            Assert.Equal("/sign-in", browser.Address.AbsolutePath);
            Assert.Equal(0, await _server.QueryAsync(context => context.Passkeys.CountAsync()));
        }
    }

    [Fact]
    public async Task Who_adds_one_with_an_old_sign_in_is_led_to_a_new_one_and_back()
    {
        var (browser, email) = await StrongSide.NewcomerAsync(_server);
        using (browser)
        {
            await browser.GoAsync("/account/passkeys");
            _server.Clock.Advance(TimeSpan.FromMinutes(6));

            // What the script then sends of itself.
            using (var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = browser.Cookies }) { BaseAddress = _server.Address })
            using (var answer = await http.PostAsync("/account/passkeys?handler=Options", BrowserSide.Form(browser)))
            {
                Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            }

            await browser.SubmitAsync(button: "Add a passkey");
            BrowserSide.AssertAt(browser, "/sign-in");
            await browser.SignInAsync(email, Flows.Password);
            BrowserSide.AssertAt(browser, "/account/passkeys");

            // It could not be sent later.
            Assert.DoesNotContain("What you typed is kept", browser.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_removal_with_an_old_sign_in_waits_for_a_new_one_and_a_new_name_is_said()
    {
        using var passkey = NewPasskey();
        using var browser = await SignedInAsync(passkey);
        await browser.GoAsync("/account/passkeys");
        _server.Clock.Advance(TimeSpan.FromMinutes(6));
        await browser.SubmitAsync(button: "Remove");
        BrowserSide.AssertAt(browser, "/sign-in");
        passkey.Counter = 2;
        await SignInAsync(browser, passkey);
        BrowserSide.AssertAt(browser, "/account/passkeys");
        Assert.Contains("takes a newer or stronger sign-in", browser.Text, StringComparison.Ordinal);

        _server.Clock.Advance(TimeSpan.FromMinutes(6));
        await browser.SubmitAsync(new() { ["Name"] = "Kitchen" }, "Rename");
        BrowserSide.AssertAt(browser, "/account/sign-ins");
        Assert.Contains("The passkey has its new name", browser.Text, StringComparison.Ordinal);
        Assert.Equal("Kitchen", await _server.QueryAsync(context => context.Passkeys.Select(row => row.Data.Name).SingleAsync()));

        await browser.GoAsync("/account/passkeys");
        passkey.Counter = 3;
        await SignInAsync(browser, passkey);
        await browser.SubmitAsync(button: "Send it now");
        Assert.Single(await _server.TrailAsync(StrongEvents.PasskeyRemoved));
    }

    [Fact]
    public async Task The_second_step_asks_for_nothing_that_its_person_does_not_have()
    {
        using var passkey = NewPasskey();
        var email = await OwnerAsync(passkey);
        using var browser = await StrongSide.FirstStepAsync(_server, email, "/sign-in?again=passkeys");
        BrowserSide.AssertAt(browser, "/sign-in/second-step");
        Assert.Null(browser.Page.QuerySelector("input[name=Code]"));
        Assert.Contains("Only your passkey goes on here", browser.Text, StringComparison.Ordinal);
        passkey.Counter = 1;
        await SignInAsync(browser, passkey);
        BrowserSide.AssertAt(browser, "/account/passkeys");

        // With recovery codes, those go on too.
        await browser.GoAsync("/account/recovery-codes");
        await browser.SubmitAsync(button: "Make new codes");
        var code = browser.Page.QuerySelector("code.codes")!.TextContent.Split('\n')[0];
        using var other = await StrongSide.FirstStepAsync(_server, email, "/sign-in?again=passkeys");
        Assert.Contains("One of your recovery codes", other.Text, StringComparison.Ordinal);
        await other.SecondStepAsync(code);
        BrowserSide.AssertAt(other, "/account/passkeys");
    }

    [Fact]
    public async Task Passkeys_have_names_and_go_and_the_last_way_in_stays()
    {
        using var passkey = NewPasskey();
        var email = await OwnerAsync(passkey);
        passkey.Counter = 1;
        using var browser = new TestBrowser(_server);
        await browser.GoAsync("/sign-in/passkey");
        await SignInAsync(browser, passkey);
        await browser.GoAsync("/account/sign-ins");
        Assert.Null(browser.Page.QuerySelector("form[action*='handler=Password']"));
        await browser.GoAsync(browser.Page.QuerySelector("main a.button-danger")!.GetAttribute("href")!);
        Assert.Contains("Remove the password?", browser.Text, StringComparison.Ordinal);
        Assert.Single(browser.Page.QuerySelectorAll("section[aria-labelledby=left] li"));
        Assert.NotNull(await _server.QueryAsync(context => context.Users.Where(row => row.Email == email).Select(row => row.PasswordHash).SingleAsync()));
        await browser.SubmitAsync(button: "Remove the password");
        Assert.Contains("The password is removed", browser.Text, StringComparison.Ordinal);
        Assert.Null(await _server.QueryAsync(context => context.Users.Where(row => row.Email == email).Select(row => row.PasswordHash).SingleAsync()));
        await browser.GoAsync("/account/passkeys");
        var id = browser.Page.QuerySelector("input[name=Id]")!.GetAttribute("value")!;
        await PostAsync(browser, "/account/passkeys?handler=Rename", ("Id", id), ("Name", "Kitchen <b>tablet</b> \u202E"));
        Assert.Contains("Kitchen <b>tablet</b>", browser.Text, StringComparison.Ordinal);
        await PostAsync(browser, "/account/passkeys?handler=Rename", ("Id", id), ("Name", new string('W', 61)));
        Assert.Contains("at most 60", browser.Text, StringComparison.Ordinal);
        await PostAsync(browser, "/account/passkeys?handler=Remove", ("Id", id));
        Assert.Contains("only way in", browser.Text, StringComparison.Ordinal);

        using var second = NewPasskey();
        await AddAsync(browser, second);
        Assert.Contains("The passkey is added", browser.Text, StringComparison.Ordinal);
        await PostAsync(browser, "/account/passkeys?handler=Remove", ("Id", id));
        Assert.Contains("The passkey is removed", browser.Text, StringComparison.Ordinal);
        Assert.Single(await _server.TrailAsync(StrongEvents.PasskeyRemoved));
        using var old = new TestBrowser(_server);
        await old.GoAsync("/sign-in/passkey");
        passkey.Counter = 2;
        await SignInAsync(old, passkey);
        AssertRefused(old);
    }

    [Theory]
    [InlineData("  ")]
    [InlineData("\u200B")]
    [InlineData("WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW")]
    public async Task A_name_that_it_cannot_have_is_refused_where_it_was_typed(string name)
    {
        using var passkey = NewPasskey();
        using var second = NewPasskey();
        using var browser = await SignedInAsync(passkey);
        await AddAsync(browser, second);
        var id = browser.Page.QuerySelectorAll("input[name=Id]")[1].GetAttribute("value")!;
        await PostAsync(browser, "/account/passkeys?handler=Rename", ("Id", id), ("Name", name));

        var wrong = browser.Page.QuerySelector("input[name=Name][aria-invalid=true]")!;
        Assert.Equal((id, name.Trim()), (wrong.Closest("form")!.QuerySelector("input[name=Id]")!.GetAttribute("value"), wrong.GetAttribute("value") ?? ""));
        Assert.True(wrong.Closest("details")!.HasAttribute("open"));
        Assert.Single(browser.Page.QuerySelectorAll("main details[open]"));
        Assert.Equal("#" + wrong.Id, browser.Page.QuerySelector("[role=alert] a")!.GetAttribute("href"));
        Assert.True(string.IsNullOrEmpty(browser.Page.QuerySelector("form[data-passkey=create] input[name=Name]")!.GetAttribute("value")));
    }

    [Fact]
    public async Task What_another_tab_removed_is_said_to_be_removed()
    {
        using var passkey = NewPasskey();
        using var second = NewPasskey();
        using var browser = await SignedInAsync(passkey);
        await AddAsync(browser, second);
        var id = browser.Page.QuerySelectorAll("input[name=Id]")[1].GetAttribute("value")!;
        for (var i = 0; i < 2; i++)
        {
            await PostAsync(browser, "/account/passkeys?handler=Remove", ("Id", id));
            Assert.Contains("The passkey is removed", browser.Text, StringComparison.Ordinal);
        }

        foreach (var name in new[] { "Kitchen", " " })
        {
            await PostAsync(browser, "/account/passkeys?handler=Rename", ("Id", id), ("Name", name));
            Assert.Contains("This passkey was removed meanwhile", browser.Text, StringComparison.Ordinal);
        }

        Assert.Single(await _server.TrailAsync(StrongEvents.PasskeyRemoved));
    }

    [Fact]
    public async Task Who_has_passkeys_alone_removes_the_account_by_a_sign_in_of_just_now()
    {
        using var passkey = NewPasskey();
        using var browser = await SignedInAsync(passkey);
        var id = await _server.QueryAsync(context => context.Passkeys.Select(row => row.UserId).SingleAsync());
        await _server.QueryAsync(context => context.Users.Where(row => row.Id == id).ExecuteUpdateAsync(set => set.SetProperty(row => row.PasswordHash, (string?)null)));
        _server.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(HttpStatusCode.Forbidden, await RemoveByApiAsync(browser, id));
        await browser.GoAsync("/account/remove");
        Assert.Equal("/sign-in", browser.Address.AbsolutePath);

        await browser.GoAsync("/sign-in/passkey?again=remove");
        passkey.Counter = 2;
        await SignInAsync(browser, passkey);
        BrowserSide.AssertAt(browser, "/account/remove");
        Assert.Null(browser.Page.QuerySelector("main input[name=Password]"));
        await browser.SubmitAsync(button: "Remove my account");
        Assert.Contains("Your account is gone", browser.Text, StringComparison.Ordinal);
        Assert.False(await _server.QueryAsync(context => context.Users.AnyAsync(row => row.Id == id)));
    }

    [Fact]
    public async Task So_they_do_through_the_API_and_who_has_a_password_gives_it()
    {
        using var passkey = NewPasskey();
        using var browser = await SignedInAsync(passkey);
        var id = await _server.QueryAsync(context => context.Passkeys.Select(row => row.UserId).SingleAsync());
        Assert.Equal(HttpStatusCode.Forbidden, await RemoveByApiAsync(browser, id));
        await browser.GoAsync("/account/remove");
        await browser.SubmitAsync(button: "Remove my account");
        Assert.Contains("Enter your password", browser.Text, StringComparison.Ordinal);

        await _server.QueryAsync(context => context.Users.Where(row => row.Id == id).ExecuteUpdateAsync(set => set.SetProperty(row => row.PasswordHash, (string?)null)));
        Assert.Equal(HttpStatusCode.NoContent, await RemoveByApiAsync(browser, id));
    }

    [Fact]
    public async Task Nobody_removes_or_renames_somebody_elses()
    {
        using var passkey = NewPasskey();
        await OwnerAsync(passkey);
        var id = await _server.QueryAsync(async context => PasskeyIds.Write(await context.Passkeys.Select(row => row.CredentialId).SingleAsync()));
        var (browser, _) = await StrongSide.NewcomerAsync(_server);
        using (browser)
        {
            await browser.GoAsync("/account/passkeys");
            await PostAsync(browser, "/account/passkeys?handler=Remove", ("Id", id));
            await browser.GoAsync("/account/passkeys");
            await PostAsync(browser, "/account/passkeys?handler=Rename", ("Id", id), ("Name", "mine now"));
        }

        Assert.DoesNotContain("mine now", await _server.QueryAsync(context => context.Passkeys.Select(row => row.Data.Name).SingleAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_has_one_uses_it_for_what_is_dangerous()
    {
        using var passkey = NewPasskey();
        var email = await OwnerAsync(passkey);
        using var browser = await StrongSide.FirstStepAsync(_server, email);
        Assert.Equal("/account", browser.Address.AbsolutePath);
        await browser.GoAsync("/account/password");
        Assert.Equal("/sign-in", browser.Address.AbsolutePath);

        // The password alone does not do.
        await browser.SignInAsync(email, Flows.Password);
        Assert.Equal("/sign-in/second-step", browser.Address.AbsolutePath);
        passkey.Counter = 1;
        await SignInAsync(browser, passkey);
        BrowserSide.AssertAt(browser, "/account/password");
    }

    private TestPasskey NewPasskey(bool synced = false) => new() { Origin = _server.Issuer, Synced = synced };

    /// <summary>Somebody new, to whom this passkey belongs.</summary>
    private async Task<string> OwnerAsync(TestPasskey passkey)
    {
        var (browser, email) = await StrongSide.NewcomerAsync(_server);
        using (browser)
        {
            await AddAsync(browser, passkey);
            Assert.Contains("The passkey is added", browser.Text, StringComparison.Ordinal);
        }

        _server.Clock.Advance(TimeSpan.FromSeconds(2));
        return email;
    }

    /// <summary>The same, signed in with it.</summary>
    private async Task<TestBrowser> SignedInAsync(TestPasskey passkey)
    {
        await OwnerAsync(passkey);
        passkey.Counter = 1;
        var browser = new TestBrowser(_server);
        await browser.GoAsync("/sign-in/passkey");
        await SignInAsync(browser, passkey);
        return browser;
    }

    /// <summary>From a page of ours, without a password.</summary>
    private async Task<HttpStatusCode> RemoveByApiAsync(TestBrowser browser, string id)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = browser.Cookies }) { BaseAddress = _server.Address };
        using var request = new HttpRequestMessage(HttpMethod.Delete, "/api/v1/users/" + id) { Content = JsonContent.Create(new { }) };
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }

    private async Task AddAsync(TestBrowser browser, TestPasskey passkey)
    {
        await browser.GoAsync("/account/passkeys");
        BrowserSide.AssertAt(browser, "/account/passkeys");
        var options = await OptionsAsync(browser, "/account/passkeys");
        await PostAsync(browser, "/account/passkeys", ("Credential", passkey.Create(options)), ("Name", ""));
    }

    private async Task<string> AskAsync(TestBrowser browser)
    {
        await browser.GoAsync("/sign-in/passkey");
        return await OptionsAsync(browser, "/sign-in/passkey");
    }

    private Task SendAsync(TestBrowser browser, string answer) => PostAsync(browser, "/sign-in/passkey", ("Credential", answer));

    /// <summary>As the script does it, from the page that the browser is at.</summary>
    private async Task SignInAsync(TestBrowser browser, TestPasskey passkey)
    {
        _server.Clock.Advance(TimeSpan.FromMilliseconds(5));
        var at = browser.Page.QuerySelector("form[data-passkey=get]")!.GetAttribute("action")!;
        var options = await OptionsAsync(browser, at);
        await PostAsync(browser, at, ("Credential", passkey.Get(options)));
    }

    private async Task<string> OptionsAsync(TestBrowser browser, string at)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = browser.Cookies }) { BaseAddress = _server.Address };
        using var form = BrowserSide.Form(browser);
        using var answer = await http.PostAsync(new Uri(at + (at.Contains('?', StringComparison.Ordinal) ? '&' : '?') + "handler=Options", UriKind.Relative), form);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        return await answer.Content.ReadAsStringAsync();
    }

    private async Task PostAsync(TestBrowser browser, string at, params (string Name, string Value)[] fields) => await browser.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, new Uri(_server.Address, at)) { Content = BrowserSide.Form(browser, fields) });

    private static void AssertRefused(TestBrowser browser)
    {
        Assert.Equal("/sign-in/passkey", browser.Address.AbsolutePath);
        Assert.Contains("not accepted", browser.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(browser.Cookies.GetAllCookies(), cookie => cookie.Name == "session" && cookie.Value.Length > 0);
    }
}
