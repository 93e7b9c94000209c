using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Support;

/// <summary>The standard installation of the protocol tests, and how a client walks through it.</summary>
public static class Flows
{
    public const string Email = "ada@example.com";
    public const string Password = "a long and quiet sentence";
    public const string Secret = "the-secret-of-the-web-client-0123456789";
    public const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk-and-more";
    public const string WebRedirect = "https://client.example/callback";
    public const string Api = "https://api.example";

    public static string Challenge { get; } = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    /// <summary>A confidential web client, a public native one, a machine, an API, and one person.</summary>
    public static (string Key, string Value)[] Settings { get; } =
    [
        ("AuthServer:Users:0:Email", Email),
        ("AuthServer:Users:0:Password", Password),
        ("AuthServer:Users:0:Name", "Ada Lovelace"),
        ("AuthServer:Resources:0:Url", Api),
        ("AuthServer:Resources:0:DisplayName", "The API"),
        ("AuthServer:Resources:0:Scopes:0", "things.read"),
        ("AuthServer:Resources:0:Scopes:1", "things.write"),
        ("AuthServer:Resources:0:ClientId", "api"),
        ("AuthServer:Resources:0:ClientSecret", Secret),
        .. Client(0, "web", ("ClientSecret", Secret), ("DisplayName", "The web client"), ("RedirectUris:0", WebRedirect),
            ("PostLogoutRedirectUris:0", "https://client.example/bye")),
        .. Client(1, "app", ("DisplayName", "The native client"), ("ApplicationType", "native"), ("RedirectUris:0", "http://127.0.0.1/callback"),
            ("RedirectUris:1", "com.example.app:/callback")),
        .. Client(2, "spa", ("DisplayName", "The page"), ("RedirectUris:0", "https://spa.example/callback")),
        ("AuthServer:Clients:3:ClientId", "machine"),
        ("AuthServer:Clients:3:ClientSecret", Secret),
        ("AuthServer:Clients:3:GrantTypes:0", "client_credentials"),
        ("AuthServer:Clients:3:Scopes:0", "things.read"),
        ("AuthServer:Clients:3:Scopes:1", "things.write"),
        ("AuthServer:Clients:3:Resources:0", Api),
    ];

    public static IEnumerable<(string Key, string Value)> Client(int index, string id, params (string Key, string Value)[] more)
    {
        var prefix = $"AuthServer:Clients:{index}:";
        (string, string)[] common =
        [
            ("ClientId", id), ("GrantTypes:0", "authorization_code"), ("GrantTypes:1", "refresh_token"),
            ("Scopes:0", "profile"), ("Scopes:1", "email"), ("Scopes:2", "things.read"), ("Scopes:3", "things.write"),
            ("Scopes:4", "address"), ("Scopes:5", "phone"),
            ("Resources:0", Api), ("Resources:1", Other),
        ];
        return common.Concat(more).Select(pair => (prefix + pair.Item1, pair.Item2));
    }

    /// <summary>A second API, so that a client's resource is never its only one.</summary>
    public const string Other = "https://other.example/mcp";

    public static Task<TestServer> StartAsync(params (string Key, string Value)[] more) => StartAsync(null, more);

    public static Task<TestServer> StartAsync(Action<IServiceCollection>? configure, params (string Key, string Value)[] more) =>
        TestServer.StartAsync(configure, [.. Settings, ("AuthServer:Resources:1:Url", Other), .. more]);

    /// <summary>A complete authorization request; values may be replaced, and left out with null.</summary>
    public static string AuthorizeUrl(string clientId, string redirectUri, params (string Name, string? Value)[] replaced)
    {
        var parameters = new List<(string Name, string? Value)>
        {
            ("response_type", "code"), ("client_id", clientId), ("redirect_uri", redirectUri), ("scope", "openid profile email offline_access"),
            ("state", "s-123"), ("nonce", "n-456"), ("code_challenge", Challenge), ("code_challenge_method", "S256"),
        };
        parameters.RemoveAll(parameter => replaced.Any(other => other.Name == parameter.Name));
        return "/connect/authorize?" + string.Join('&', parameters.Concat(replaced).Where(p => p.Value is not null).Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}"));
    }

    /// <summary>Signs in and allows everything where asked; the parameters that came back to the client.</summary>
    public static async Task<Dictionary<string, string>> AuthorizeAsync(
        TestBrowser browser, string clientId, string redirectUri, params (string Name, string? Value)[] replaced)
    {
        await browser.GoAsync(AuthorizeUrl(clientId, redirectUri, replaced));
        if (browser.Address.AbsolutePath == "/sign-in")
        {
            await browser.SignInAsync(Email, Password);
        }

        if (browser.Address.AbsolutePath == "/consent" && browser.Left is null)
        {
            await browser.SubmitAsync(button: "Allow");
        }

        Assert.True(browser.Left is not null, $"{(int)browser.Response.StatusCode} {browser.Address}: {browser.Text}");
        return Query(browser.Left);
    }

    public static Dictionary<string, string> Query(Uri address) => address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1].Replace('+', ' ')));

    /// <summary>Code and tokens of the web client, in one go.</summary>
    public static async Task<JsonElement> TokensAsync(TestServer server, params (string Name, string? Value)[] replaced)
    {
        using var browser = new TestBrowser(server);
        var answer = await AuthorizeAsync(browser, "web", WebRedirect, replaced);
        using var response = await RedeemAsync(server, answer["code"]);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return await TestServer.JsonAsync(response);
    }

    public static Task<HttpResponseMessage> RedeemAsync(TestServer server, string code, params (string Name, string? Value)[] replaced) =>
        TokenAsync(server, "web", Secret, Replace(
            [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", WebRedirect), ("code_verifier", Verifier)], replaced));

    public static Task<HttpResponseMessage> RefreshAsync(TestServer server, string token, params (string Name, string? Value)[] more) =>
        TokenAsync(server, "web", Secret, [("grant_type", "refresh_token"), ("refresh_token", token), .. more]);

    public static Task<HttpResponseMessage> TokenAsync(TestServer server, string clientId, string? secret, params (string Name, string? Value)[] form) =>
        PostAsync(server, "/connect/token", clientId, secret, form);

    /// <summary>A form with Basic authentication, or with the client's id alone.</summary>
    public static async Task<HttpResponseMessage> PostAsync(
        TestServer server, string path, string clientId, string? secret, params (string Name, string? Value)[] form)
    {
        using var http = server.CreateClient();
        var fields = form.Where(field => field.Value is not null).Select(field => KeyValuePair.Create(field.Name, field.Value!));
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(secret is null ? fields.Append(new("client_id", clientId)) : fields),
        };
        if (secret is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(clientId)}:{Uri.EscapeDataString(secret)}")));
        }

        return await http.SendAsync(request);
    }

    public static async Task AssertErrorAsync(HttpResponseMessage response, int status, string error)
    {
        var body = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == status, $"{(int)response.StatusCode}: {body}");
        using var json = JsonDocument.Parse(body);
        Assert.Equal(error, json.RootElement.GetProperty("error").GetString());
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        Assert.Equal(status == 401, response.Headers.WwwAuthenticate.Count > 0);
    }

    public static JsonElement Header(string jwt) => Part(jwt, 0);

    public static JsonElement Claims(string jwt) => Part(jwt, 1);

    private static JsonElement Part(string jwt, int index)
    {
        using var json = JsonDocument.Parse(Base64Url.DecodeFromChars(jwt.Split('.')[index]));
        return json.RootElement.Clone();
    }

    private static (string Name, string? Value)[] Replace((string Name, string? Value)[] fields, (string Name, string? Value)[] replaced) =>
        [.. fields.Where(field => replaced.All(other => other.Name != field.Name)), .. replaced];
}
