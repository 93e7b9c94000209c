using Microsoft.Playwright;

namespace AuthServer.Tests.Browser;

/// <summary>A person in a real browser: signs in, consents, and comes back to the client.</summary>
[Collection(ChromiumGroup.Name)]
public sealed class CodeFlowTests(Chromium chromium)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Signs_in_consents_and_comes_back_with_a_code_by_query(bool scripts)
    {
        await using var visit = await Visit.BeginAsync(chromium, chromium.Open, scripts);
        await ConsentAsync(visit, "calendar", "openid profile", "Allow");

        var (method, url, _) = await visit.AnswerAsync();
        Assert.Equal("GET", method);
        Assert.StartsWith("https://calendar.example/callback?code=", url, StringComparison.Ordinal);
        Assert.Contains("&state=xyz", url, StringComparison.Ordinal);
        Assert.Contains("iss=" + Uri.EscapeDataString(visit.Site.Issuer), url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Comes_back_with_a_code_by_form_post()
    {
        await using var visit = await Visit.BeginAsync(chromium, chromium.Open);
        await ConsentAsync(visit, "calendar", "openid", "Allow", "&response_mode=form_post");

        await AssertPostedAsync(visit);
    }

    [Fact]
    public async Task Comes_back_by_form_post_without_scripts_by_pressing_a_button()
    {
        await using var visit = await Visit.BeginAsync(chromium, chromium.Open, scripts: false);
        await ConsentAsync(visit, "calendar", "openid", "Allow", "&response_mode=form_post");
        Assert.Empty(visit.Answers);
        await visit.PressAsync("Continue");

        await AssertPostedAsync(visit);
    }

    [Fact]
    public async Task Comes_back_to_a_program_on_this_device()
    {
        await using var visit = await Visit.BeginAsync(chromium, chromium.Open);
        await ConsentAsync(visit, "notes-cli", "openid", "Allow");

        Assert.StartsWith("http://127.0.0.1:7777/callback?code=", (await visit.AnswerAsync()).Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Comes_back_to_a_program_on_this_device_by_IPv6()
    {
        await using var visit = await Visit.BeginAsync(chromium, chromium.Open);
        var request = visit.Site.Authorize("notes-cli", "openid", "&prompt=consent");
        await visit.GoAsync(request.Replace("127.0.0.1", Uri.EscapeDataString("[::1]"), StringComparison.Ordinal));
        await visit.SignInAsync();
        await visit.PressAsync("Allow");

        Assert.StartsWith("http://[::1]:7777/callback?code=", (await visit.AnswerAsync()).Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Denies_and_the_client_hears_of_it()
    {
        await using var visit = await Visit.BeginAsync(chromium, chromium.Open);
        await ConsentAsync(visit, "calendar", "openid profile", "Deny");

        Assert.Contains("error=access_denied", (await visit.AnswerAsync()).Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Registers_on_the_way()
    {
        await using var visit = await Visit.BeginAsync(chromium, chromium.Open);
        await visit.GoAsync(visit.Site.Authorize("calendar", "openid"));
        await visit.FollowAsync("Create an account");
        await visit.Page.GetByLabel("E-mail address").FillAsync($"{Guid.NewGuid():n}@example.com");
        await visit.Page.GetByLabel("Password").FillAsync("another good passphrase here");
        await visit.PressAsync("Create account");
        await visit.PressAsync("Allow");

        Assert.Contains("code=", (await visit.AnswerAsync()).Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Goes_on_as_the_chosen_account()
    {
        await using var visit = await Visit.BeginAsync(chromium, chromium.Open);
        await visit.SignInAsync();
        await visit.GoAsync(visit.Site.Authorize("calendar", "openid", "&prompt=select_account%20consent"));
        await visit.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Ada Lovelace" }).ClickAsync();
        await visit.PressAsync("Allow");

        Assert.Contains("code=", (await visit.AnswerAsync()).Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Uses_another_account_instead()
    {
        await using var visit = await Visit.BeginAsync(chromium, chromium.Open);
        await visit.SignInAsync();
        await visit.GoAsync(visit.Site.Authorize("calendar", "openid", "&prompt=select_account%20consent"));
        await visit.FollowAsync("Use another account");
        await visit.SignInAsync(Site.Lengthy);

        await visit.Page.GetByText(Site.Lengthy).WaitForAsync();
        Assert.EndsWith("/consent", new Uri(visit.Page.Url).AbsolutePath, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signs_out_and_goes_back_to_the_client()
    {
        await using var visit = await Visit.BeginAsync(chromium, chromium.Open);
        await visit.SignInAsync();
        await visit.GoAsync("/connect/endsession?client_id=calendar&post_logout_redirect_uri=https%3A%2F%2Fcalendar.example%2Fbye&state=s");
        await visit.PressAsync("Sign out");

        Assert.Equal("https://calendar.example/bye?state=s", (await visit.AnswerAsync()).Url);
        var page = await visit.Page.Context.NewPageAsync();
        await page.GotoAsync(visit.Site.Issuer + "/account");
        Assert.EndsWith("/sign-in?to=%2Faccount", page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_whole_way_can_be_gone_with_the_keyboard()
    {
        await using var visit = await Visit.BeginAsync(chromium, chromium.Open);
        await visit.GoAsync(visit.Site.Authorize("calendar", "openid profile", "&prompt=consent"));
        var keyboard = visit.Page.Keyboard;

        // The browser puts the cursor there when it first paints the page, which may be after it has loaded.
        await Assertions.Expect(visit.Page.GetByLabel("E-mail address")).ToBeFocusedAsync();
        await keyboard.TypeAsync(Site.Ada);
        await keyboard.PressAsync("Tab");
        await keyboard.TypeAsync(Site.Password);
        await keyboard.PressAsync("Enter");
        await visit.ArriveAsync("*/consent?*");

        // Past the skip link, the brand, "Not you?", to the first box; then on to "Allow".
        for (var i = 0; i < 4; i++)
        {
            await keyboard.PressAsync("Tab");
        }

        await keyboard.PressAsync("Space");
        Assert.False(await visit.Page.GetByLabel("See your profile").IsCheckedAsync());

        // Enter on a box allows nothing: the page is there again, as it was ticked.
        await visit.Page.EvaluateAsync("document.body.dataset.before = 'yes'");
        await keyboard.PressAsync("Enter");
        await Assertions.Expect(visit.Page.Locator("body:not([data-before])")).ToHaveCountAsync(1);
        await visit.ArriveAsync("*/consent?*");
        Assert.False(await visit.Page.GetByLabel("See your profile").IsCheckedAsync());
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Allow", Exact = true }).FocusAsync();
        await keyboard.PressAsync("Enter");

        Assert.Contains("code=", (await visit.AnswerAsync()).Url, StringComparison.Ordinal);
    }

    private static async Task ConsentAsync(Visit visit, string client, string scope, string decision, string more = "")
    {
        await visit.GoAsync(visit.Site.Authorize(client, scope, more + "&prompt=consent"));
        await visit.SignInAsync();
        await visit.PressAsync(decision);
    }

    private static async Task AssertPostedAsync(Visit visit)
    {
        var (method, url, form) = await visit.AnswerAsync();
        Assert.Equal("POST", method);
        Assert.Equal("https://calendar.example/callback", url);
        Assert.Contains("code=", form, StringComparison.Ordinal);
        Assert.Contains("state=xyz", form, StringComparison.Ordinal);
        Assert.Contains("iss=", form, StringComparison.Ordinal);
    }
}
