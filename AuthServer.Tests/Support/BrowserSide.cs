using System.Net;
using System.Text.Json;

namespace AuthServer.Tests.Support;

/// <summary>One server for the tests of a class that ask what a browser sees: clients of every consent type and address, two people.</summary>
public sealed class BrowserSide : IAsyncLifetime
{
    public const string OtherEmail = "grace@example.com";
    public const string OtherPassword = "another quite unusual sentence";
    public const string LoopbackRedirect = "http://127.0.0.1:51004/callback";
    public const string PrivateRedirect = "com.example.app:/callback";
    public const string OtherHost = "https://elsewhere.example/callback";
    public const string OddRedirect = "https://xn--pple-43d.example/callback";

    /// <summary>A right-to-left override, letters of two alphabets, markup, and more of it than fits.</summary>
    public static string OddName { get; } = "\u202Eelpp\u0430 <b onmouseover=\"alert(1)\">Bank</b> " + new string('W', 300);

    public TestServer Server { get; private set; } = null!;

    public TestClock Clock => Server.Clock;

    public static (string Key, string Value)[] Settings { get; } =
    [
        ("AuthServer:Users:1:Email", OtherEmail),
        ("AuthServer:Users:1:Password", OtherPassword),
        ("AuthServer:Tokens:Consent", "01:00:00"),
        .. Confidential(4, "systematic", ("ConsentType", "systematic"), ("RedirectUris:0", Flows.WebRedirect)),
        .. Confidential(5, "implicit", ("ConsentType", "implicit"), ("RedirectUris:0", Flows.WebRedirect)),
        .. Confidential(6, "external", ("ConsentType", "external"), ("RedirectUris:0", Flows.WebRedirect)),
        .. Confidential(7, "twin", ("RedirectUris:0", Flows.WebRedirect), ("RedirectUris:1", OtherHost), ("RedirectUris:2", Flows.WebRedirect + "/other"),
            ("PostLogoutRedirectUris:0", "https://twin.example/bye?from=here")),
        .. Confidential(8, "odd", ("DisplayName", OddName), ("RedirectUris:0", OddRedirect)),
        .. Flows.Client(9, "implicit-app", ("ApplicationType", "native"), ("ConsentType", "implicit"), ("RedirectUris:0", "http://127.0.0.1/callback")),
        ("AuthServer:Clients:10:ClientId", "narrow"),
        ("AuthServer:Clients:10:ClientSecret", Flows.Secret),
        ("AuthServer:Clients:10:GrantTypes:0", "authorization_code"),
        ("AuthServer:Clients:10:Scopes:0", "things.read"),
        ("AuthServer:Clients:10:Resources:0", Flows.Api),
        ("AuthServer:Clients:10:RedirectUris:0", Flows.WebRedirect),
        .. Flows.Client(11, "local", ("ApplicationType", "native"), ("RedirectUris:0", "http://localhost/callback"), ("RedirectUris:1", "http://[::1]/callback"),
            ("RedirectUris:2", "http://127.0.0.1:8000/fixed")),
        .. Confidential(12, "loopback-web", ("RedirectUris:0", "http://127.0.0.1:51004/callback")),
    ];

    public async Task InitializeAsync() => Server = await Flows.StartAsync(Settings);

    public async Task DisposeAsync() => await Server.DisposeAsync();

    public TestBrowser Browser() => new(Server);

    public async Task<TestBrowser> SignedInAsync(string email = Flows.Email, string password = Flows.Password)
    {
        var browser = Browser();
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(email, password);
        Assert.Equal("/account", browser.Address.AbsolutePath);
        return browser;
    }

    /// <summary>Somebody who has granted nothing yet, signed in.</summary>
    public async Task<TestBrowser> NewcomerAsync(string? email = null)
    {
        var browser = Browser();
        await browser.GoAsync("/register");
        await browser.SubmitAsync(new() { ["Email"] = email ?? $"{Guid.NewGuid():N}@example.com", ["Name"] = "New Comer", ["Password"] = Flows.Password });
        Assert.Equal("/account", browser.Address.AbsolutePath);
        return browser;
    }

    /// <summary>The person whose session this browser has.</summary>
    public static async Task<string> SubjectAsync(TestBrowser browser)
    {
        await browser.GoAsync("/account");
        return browser.Page.QuerySelector("dd code")!.TextContent;
    }

    /// <summary>The same browser, one step at a time.</summary>
    public HttpClient Steps(TestBrowser browser) =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = browser.Cookies }) { BaseAddress = Server.Address };

    /// <summary>The form of a page as it would be sent, with these fields on top.</summary>
    public static FormUrlEncodedContent Form(TestBrowser browser, params (string Name, string Value)[] more) => new(
        more.Prepend(("csrf", browser.Page.QuerySelector("input[name=csrf]")!.GetAttribute("value")!)).Select(field => KeyValuePair.Create(field.Item1, field.Item2)));

    /// <summary>Code for tokens, as a confidential client of the fixture.</summary>
    public async Task<JsonElement> TokensAsync(string clientId, string code, string redirectUri = Flows.WebRedirect, string? secret = Flows.Secret)
    {
        using var response = await Flows.TokenAsync(Server, clientId, secret,
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirectUri), ("code_verifier", Flows.Verifier));
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return await TestServer.JsonAsync(response);
    }

    public async Task<JsonElement> UserInfoAsync(JsonElement tokens)
    {
        using var http = Server.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/connect/userinfo");
        request.Headers.Authorization = new("Bearer", tokens.GetProperty("access_token").GetString());
        using var response = await http.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return await TestServer.JsonAsync(response);
    }

    public static string[] Scopes(JsonElement tokens) => [.. tokens.GetProperty("scope").GetString()!.Split(' ').Order(StringComparer.Ordinal)];

    /// <summary>Asks, and returns what the client was told at once; no page may be in between.</summary>
    public static async Task<Dictionary<string, string>> AnswerAsync(TestBrowser browser, string clientId, string redirectUri, params (string Name, string? Value)[] replaced)
    {
        await browser.GoAsync(Flows.AuthorizeUrl(clientId, redirectUri, replaced));
        return Answer(browser);
    }

    /// <summary>What the client was told.</summary>
    public static Dictionary<string, string> Answer(TestBrowser browser)
    {
        Assert.True(browser.Left is not null, $"{(int)browser.Response.StatusCode} {browser.Address}: {browser.Text}");
        return Flows.Query(browser.Left);
    }

    /// <summary>Asks, and arrives at a page of this path.</summary>
    public static async Task AskAsync(TestBrowser browser, string page, string clientId, string redirectUri, params (string Name, string? Value)[] replaced)
    {
        await browser.GoAsync(Flows.AuthorizeUrl(clientId, redirectUri, replaced));
        AssertAt(browser, page);
    }

    public static void AssertAt(TestBrowser browser, string page)
    {
        Assert.True(browser.Left is null, $"The browser was sent to {browser.Left}.");
        Assert.Equal(page, browser.Address.AbsolutePath);
        Assert.Equal(HttpStatusCode.OK, browser.Response.StatusCode);
    }

    /// <summary>The person is told, and the client is not.</summary>
    public static void AssertDisplayed(TestBrowser browser, HttpStatusCode status = HttpStatusCode.BadRequest)
    {
        Assert.True(browser.Left is null, $"The browser was sent to {browser.Left}.");
        Assert.Equal(status, browser.Response.StatusCode);
        Assert.Equal("text/html", browser.Response.Content.Headers.ContentType?.MediaType);
        Assert.Null(browser.Response.Headers.Location);
    }

    private static IEnumerable<(string Key, string Value)> Confidential(int index, string id, params (string Key, string Value)[] more) =>
        Flows.Client(index, id, [("ClientSecret", Flows.Secret), .. more]);
}
