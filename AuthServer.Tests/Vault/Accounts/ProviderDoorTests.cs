using System.Net;
using AuthServer.Tests.Support;
using AuthServer.Vault.Connections;

namespace AuthServer.Tests.Vault.Accounts;

/// <summary><c>/auth/{provider}</c> as the seed shows it: with nothing more it is the signed-in person's, by the default connection.</summary>
public sealed class ProviderDoorTests(ConnectSide side) : IClassFixture<ConnectSide>
{
    [Fact]
    public async Task Google_is_opened_by_the_default_connection_of_its_family()
    {
        await side.ConnectionAsync(connection => (connection.ProviderId, connection.IsDefault, connection.Scopes) = ("google_calendar", true, """["https://www.googleapis.com/auth/calendar.readonly"]"""));
        await side.ConnectionAsync(connection => connection.ProviderId = "gmail");
        var (browser, _, _) = await side.PersonAsync();
        using var _1 = browser;

        var location = await OpenAsync(browser, "/auth/google");

        Assert.StartsWith("https://accounts.google.com/o/oauth2/v2/auth?", location.ToString(), StringComparison.Ordinal);
        var asked = Flows.Query(location);
        Assert.Contains("https://www.googleapis.com/auth/calendar.readonly", asked["scope"], StringComparison.Ordinal);
        Assert.Equal($"{side.Server.Issuer}/connect/accounts/callback", asked["redirect_uri"]);
        Assert.Equal(("offline", "consent"), (asked["access_type"], asked["prompt"]));
    }

    [Fact]
    public async Task Microsoft_is_opened_likewise()
    {
        await side.ConnectionAsync(connection => (connection.ProviderId, connection.Scopes) = ("outlook", """["Mail.Read"]"""));
        var (browser, _, _) = await side.PersonAsync();
        using var _1 = browser;

        Assert.StartsWith("https://login.microsoftonline.com/common/oauth2/v2.0/authorize?", (await OpenAsync(browser, "/auth/microsoft")).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_whole_way_of_the_seed_from_the_address_to_the_exchange()
    {
        var connection = await side.ConnectionAsync(provider => { }, connection => (connection.IsDefault, connection.ReturnCheck) = (true, ReturnCheck.App), new ConnectionSettings { ReturnUrls = [ConnectSide.Callback] });
        var (browser, id, _) = await side.PersonAsync();
        using var _1 = browser;
        var back = await side.AgreeAsync(await OpenAsync(browser, $"/auth/{connection.ProviderId}"));
        await browser.GoAsync(back.ToString());
        var code = Flows.Query(browser.Left!)["code"];

        var answer = await side.Acme.AskAsync(HttpMethod.Post, "/auth/exchange", new { code, provider = connection.ProviderId, redirectUri = ConnectSide.Callback }, HttpStatusCode.OK);

        Assert.True(answer.GetProperty("success").GetBoolean());
        Assert.Equal(id, answer.GetProperty("identifierId").GetString());
        var tokens = (await side.Acme.GetAsync($"/oauth-tokens?identifierId={id}&resource={connection.ProviderId}")).GetProperty("data");
        Assert.Equal("active", tokens[0].GetProperty("status").GetString());
    }

    [Fact]
    public async Task Nobody_in_particular_signs_in_first_and_goes_on()
    {
        var connection = await side.ConnectionAsync(provider => { }, connection => connection.IsDefault = true, new ConnectionSettings());
        var (other, _, email) = await side.PersonAsync();
        other.Dispose();
        using var browser = side.Browser();

        await browser.GoAsync($"/auth/{connection.ProviderId}?connectionId={connection.Id}");
        Assert.Equal("/sign-in", browser.Address.AbsolutePath);
        await browser.SignInAsync(email, Flows.Password);

        // No browser said that its person went there themselves, so they are asked.
        Assert.StartsWith("/connect/accounts/", browser.Address.AbsolutePath, StringComparison.Ordinal);
        Assert.Contains("Connect Fake for Acme AI", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_another_site_leads_to_is_asked_about_on_a_page()
    {
        var connection = await side.ConnectionAsync(provider => { }, connection => connection.IsDefault = true, new ConnectionSettings());
        var (browser, _, _) = await side.PersonAsync();
        using var _1 = browser;

        Assert.StartsWith("/connect/accounts/", (await OpenAsync(browser, $"/auth/{connection.ProviderId}", "cross-site")).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task By_another_name_it_needs_a_backend_that_confirms_whose_it_is()
    {
        var connection = await side.ConnectionAsync(connection => connection.ReturnCheck = ReturnCheck.App);
        using var browser = side.Browser();
        await browser.GoAsync($"/auth/{ConnectSide.ProviderId}?identifierId=user_9&connectionId={connection.Id}&redirectUri={Uri.EscapeDataString(ConnectSide.Callback)}&scopes=read");
        var asked = Flows.Query(await ConnectSide.GoOutAsync(browser, browser.Address.PathAndQuery));
        Assert.Equal("read", asked["scope"]);

        var open = await side.ConnectionAsync(connection => connection.ReturnCheck = ReturnCheck.None);
        await browser.GoAsync($"/auth/{ConnectSide.ProviderId}?identifierId=user_9&connectionId={open.Id}");
        Assert.Equal(HttpStatusCode.BadRequest, browser.Response.StatusCode);
        Assert.Contains("Nobody vouches", browser.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/auth/nobody-knows")]
    [InlineData("/auth/fake?connectionId=conn_00000000000000000000000000")]
    public async Task What_leads_nowhere_is_told_on_a_page(string address)
    {
        var (browser, _, _) = await side.PersonAsync();
        using var _1 = browser;
        await browser.GoAsync(address);

        Assert.Null(browser.Left);
        Assert.False(browser.Response.IsSuccessStatusCode);
    }

    [Fact]
    public async Task Nobody_is_led_to_an_address_that_the_connection_does_not_list()
    {
        var connection = await side.ConnectionAsync();
        var (browser, _, _) = await side.PersonAsync();
        using var _1 = browser;
        await browser.GoAsync($"/auth/{ConnectSide.ProviderId}?connectionId={connection.Id}&redirectUri=https%3A%2F%2Fevil.example%2F");

        Assert.Null(browser.Left);
        Assert.Equal(HttpStatusCode.BadRequest, browser.Response.StatusCode);
        Assert.DoesNotContain("evil", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_of_an_organization_that_is_not_ones_own_is_not_there()
    {
        var connection = await side.ConnectionAsync(settings: new ConnectionSettings());
        var (browser, _, _) = await side.PersonAsync(isMember: false);
        using var _1 = browser;
        await browser.GoAsync($"/auth/{ConnectSide.ProviderId}?connectionId={connection.Id}");

        Assert.Equal(HttpStatusCode.NotFound, browser.Response.StatusCode);
    }

    [Fact]
    public async Task A_connection_that_its_access_list_hides_is_not_there_for_members_either()
    {
        var connection = await side.ConnectionAsync(row => row.Access = """{"view":["owner"]}""", new ConnectionSettings());
        var (browser, _, _) = await side.PersonAsync();
        using var _1 = browser;
        await browser.GoAsync($"/auth/{ConnectSide.ProviderId}?connectionId={connection.Id}");

        Assert.Equal(HttpStatusCode.NotFound, browser.Response.StatusCode);
    }

    /// <summary>Whoever is not signed in yet can name themselves, and sign in when the link is open.</summary>
    [Theory]
    [InlineData(false, null)]
    [InlineData(true, """{"view":["owner"]}""")]
    public async Task Nor_is_it_for_who_names_themselves_before_they_sign_in(bool isMember, string? access)
    {
        var connection = await side.ConnectionAsync(row => (row.ReturnCheck, row.Access) = (ReturnCheck.App, access ?? row.Access), new ConnectionSettings());
        var (other, id, _) = await side.PersonAsync(isMember);
        other.Dispose();
        using var browser = side.Browser();
        await browser.GoAsync($"/auth/{ConnectSide.ProviderId}?connectionId={connection.Id}&identifierId={id}");

        Assert.Equal(HttpStatusCode.NotFound, browser.Response.StatusCode);
    }

    [Fact]
    public async Task A_member_can_name_themselves_before_they_sign_in()
    {
        var connection = await side.ConnectionAsync(row => row.ReturnCheck = ReturnCheck.App, new ConnectionSettings());
        var (other, id, email) = await side.PersonAsync();
        other.Dispose();
        using var browser = side.Browser();
        await browser.GoAsync($"/auth/{ConnectSide.ProviderId}?connectionId={connection.Id}&identifierId={id}");
        Assert.Equal("/sign-in", browser.Address.AbsolutePath);
        await browser.SignInAsync(email, Flows.Password);

        Assert.StartsWith("/connect/accounts/", browser.Address.AbsolutePath, StringComparison.Ordinal);
    }

    /// <summary>Where an address leads at once.</summary>
    private async Task<Uri> OpenAsync(TestBrowser browser, string address, string site = "none")
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = browser.Cookies }) { BaseAddress = side.Server.Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Add("Sec-Fetch-Site", site);
        using var response = await http.SendAsync(request);
        Assert.True(response.Headers.Location is not null, await response.Content.ReadAsStringAsync());
        return response.Headers.Location;
    }
}
