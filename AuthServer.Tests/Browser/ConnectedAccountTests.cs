using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AuthServer.Tests.Support;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Refresh;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace AuthServer.Tests.Browser;

/// <summary>The whole life of a connected account at an OpenID provider that others wrote, in a real browser.</summary>
[Collection(ChromiumGroup.Name)]
public sealed class ConnectedAccountTests(Chromium chromium) : IAsyncLifetime
{
    private const string Id = "goggle";

    private readonly OidcProvider _google = new() { AccessTokens = TimeSpan.FromSeconds(5) };
    private readonly HttpClient _http = new();
    private Site _site = null!;
    private Rest _key = null!;
    private string _email = null!;

    public async Task InitializeAsync()
    {
        _site = await SiteAsync();
        using var nobody = _site.Rest();
        var registered = await nobody.RegisterDeveloperAsync("Acme AI");
        _key = nobody.As(registered.GetProperty("apiKey").GetString());
        _email = registered.GetProperty("developer").GetProperty("email").GetString()!;
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        _key.Dispose();
        await _site.DisposeAsync();
        await _google.DisposeAsync();
    }

    [Fact]
    public async Task Connects_is_called_expires_is_refreshed_signs_in_and_is_disconnected()
    {
        // Without scripts one page leads to the next; with them the provider has a window of its own.
        await using var visit = await Visit.BeginAsync(chromium, _site, scripts: false);
        await visit.SignInAsync(_email, Rest.Password);
        await visit.GoAsync("/account");
        var person = (await visit.Page.Locator("dd code").First.TextContentAsync())!;
        var (connection, account) = await AccountAsync(person);
        await _google.StartAsync($"{_site.Issuer}/sign-in/external/{Id}/callback", $"{_site.Issuer}/connect/accounts/callback/{connection}");

        // Connect.
        var link = (await _key.PostAsync($"/connected-accounts/{account}/auth-url")).Is(HttpStatusCode.OK).Json.GetProperty("url").GetString()!;
        await visit.GoAsync(link);
        await visit.PressAsync("Connect");
        await AgreeThereAsync(visit);
        await Assertions.Expect(visit.Page.Locator("h1")).ToContainTextAsync("Google is connected");
        await Assertions.Expect(visit.Page.GetByText("ada@idp.example")).ToBeVisibleAsync();

        // Its API is called through the vault.
        Assert.Equal("ada", await OwnerAsync(account));
        var first = await TokensAsync(account);

        // Its access token expires there, and a refresh gives another one of each kind.
        await Waiting.UntilAsync(() => FilesAsync(first.AccessToken), status => status == HttpStatusCode.Unauthorized);
        Assert.Equal("ada", await OwnerAsync(account));
        var second = await TokensAsync(account);
        Assert.NotEqual((first.AccessToken, first.RefreshToken), (second.AccessToken, second.RefreshToken));
        Assert.True(await IsActiveAsync(second.RefreshToken!));
        Assert.False(await IsActiveAsync(first.RefreshToken!));

        // The same account there signs its person in here.
        await SignInByItAsync(visit);

        // Disconnected: nothing is left of it, here or there.
        var latest = await TokensAsync(account);
        var deleted = (await _key.DeleteAsync($"/connected-accounts/{account}")).Is(HttpStatusCode.OK);
        Assert.Equal("revoked", deleted.Json.GetProperty("provider_grant").GetString());
        Assert.False(await IsActiveAsync(latest.RefreshToken!));
        (await _key.GetAsync($"/connected-accounts/{account}/proxy/files")).Is(HttpStatusCode.NotFound);
        Assert.Empty(await _site.QueryAsync(context => context.AuditEvents.Where(row => row.Type == RefreshEvents.Expired || row.Type == AccountEvents.Refused).ToListAsync()));
    }

    private Task<Site> SiteAsync() => Site.StartAsync(
        ("AuthServer:SignIn:External:1:Id", Id),
        ("AuthServer:SignIn:External:1:Name", "Google"),
        ("AuthServer:SignIn:External:1:Issuer", _google.Issuer),
        ("AuthServer:SignIn:External:1:ClientId", OidcProvider.ClientId),
        ("AuthServer:SignIn:External:1:ClientSecret", OidcProvider.Secret),
        ("AuthServer:Vault:RefreshAhead", "false"),
        ("AuthServer:Outbound:AllowedPrivateHosts:2", _google.Name));

    /// <summary>An account of this person, by a connection of their organization, which describes the provider itself.</summary>
    private async Task<(string Connection, string Account)> AccountAsync(string person)
    {
        (await _key.PostAsync("/providers", JsonElement.Parse(Definition()))).Is(HttpStatusCode.Created);
        var connection = IdOf(await _key.PostAsync("/connections", new
        {
            provider = Id,
            auth_type = "oauth2",
            credentials = new { client_id = OidcProvider.ClientId, client_secret = OidcProvider.Secret },
            scopes = new[] { "openid", "email", "offline_access", "files.read" },
            return_check = "session",
        }));
        return (connection, IdOf(await _key.PostAsync("/connected-accounts", new { connection_id = connection, identifier = person, identifier_type = "user_id" })));

        static string IdOf(RestAnswer answer) => answer.Is(HttpStatusCode.Created).Json.GetProperty("id").GetString()!;
    }

    private string Definition() => $$"""
        {
          "id": "{{Id}}", "name": "Google", "category": "development",
          "oauth": {
            "authorize": { "url": "{{_google.Issuer}}/auth", "parameters": { "prompt": "consent" }, "pkce": "required" },
            "scopes": { "known": [{ "name": "files.read", "words": "read your files", "access": "read" }] },
            "token": { "url": "{{_google.Issuer}}/token", "client_authentication": ["basic"] },
            "refresh": { "rotation": "single_use" },
            "identity": { "call": { "url": "{{_google.Issuer}}/me" }, "account_key": { "call": ["sub"] }, "email_path": "email" },
            "revocation": { "call": { "method": "POST", "url": "{{_google.Issuer}}/token/revocation", "authentication": "client_basic", "format": "form", "fields": { "token": "{token}" } } },
            "test": { "call": { "url": "{{_google.Issuer}}/me" } }
          },
          "api": { "base_url": "{{_google.Issuer}}" }
        }
        """;

    /// <summary>On the provider's own pages, which ask who somebody is where they do not know, and then for whatever was not agreed to before.</summary>
    private async Task AgreeThereAsync(Visit visit)
    {
        var login = visit.Page.GetByPlaceholder("Enter any login");
        var agree = visit.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Continue", Exact = true });
        await login.Or(agree).First.WaitForAsync();
        if (await login.IsVisibleAsync())
        {
            await login.FillAsync("ada");
            await visit.Page.GetByPlaceholder("and password").FillAsync("whatever");
            await visit.PressAsync("Sign-in");
            await agree.WaitForAsync();
        }

        _site.Clock.AdvanceTo(DateTimeOffset.UtcNow);
        await agree.ClickAsync();
    }

    private async Task SignInByItAsync(Visit visit)
    {
        await visit.GoAsync("/account/sign-ins");
        _site.Clock.AdvanceTo(DateTimeOffset.UtcNow);
        await visit.PressAsync("Add Google");
        await AgreeThereAsync(visit);
        await visit.ArriveAsync("*/link?link=*");
        await visit.PressAsync("Link it");
        await Assertions.Expect(visit.Page.GetByText("ada@idp.example", new PageGetByTextOptions { Exact = true })).ToBeVisibleAsync();
        await visit.GoAsync("/sign-out");
        await visit.PressAsync("Sign out");
        await visit.GoAsync("/sign-in");
        _site.Clock.AdvanceTo(DateTimeOffset.UtcNow);
        await visit.PressAsync("Continue with Google");
        await visit.ArriveAsync("*/account");
        await Assertions.Expect(visit.Page.GetByText(_email).First).ToBeVisibleAsync();
    }

    /// <summary>Whose files they are, as an API of the provider says through the proxy. Its clock is the machine's, and ours stands still.</summary>
    private async Task<string?> OwnerAsync(string account)
    {
        _site.Clock.AdvanceTo(DateTimeOffset.UtcNow);
        var answer = await _key.GetAsync($"/connected-accounts/{account}/proxy/files");
        return answer.Is(HttpStatusCode.OK).Json.GetProperty("owner").GetString();
    }

    private async Task<TokenSet> TokensAsync(string account)
    {
        var row = await _site.QueryAsync(context => context.ConnectedAccounts.AsNoTracking().SingleAsync(row => row.Id == account));
        return _site.Services.GetRequiredService<SealedTokens>().Open(row.Tokens, row.TokensPlace)!;
    }

    private async Task<HttpStatusCode> FilesAsync(string accessToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{_google.Issuer}/files") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", accessToken) } };
        return (await _http.SendAsync(request)).StatusCode;
    }

    /// <summary>Whether a token is good, as the provider itself says.</summary>
    private async Task<bool> IsActiveAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{_google.Issuer}/token/introspection") { Content = new FormUrlEncodedContent([new("token", token)]) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{OidcProvider.ClientId}:{OidcProvider.Secret}")));
        using var answer = await _http.SendAsync(request);
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("active").GetBoolean();
    }
}
