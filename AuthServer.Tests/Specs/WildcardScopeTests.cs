using AuthServer.Protocol.State;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Specs;

/// <summary>A client that is allowed wildcards, and what its tokens say.</summary>
public sealed class WildcardScopeTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await Flows.StartAsync(
    [
        ("AuthServer:Clients:4:ClientId", "wide"),
        ("AuthServer:Clients:4:ClientSecret", Flows.Secret),
        ("AuthServer:Clients:4:DisplayName", "The wide client"),
        ("AuthServer:Clients:4:GrantTypes:0", "client_credentials"),
        ("AuthServer:Clients:4:GrantTypes:1", "authorization_code"),
        ("AuthServer:Clients:4:GrantTypes:2", "refresh_token"),
        ("AuthServer:Clients:4:RedirectUris:0", Flows.WebRedirect),
        ("AuthServer:Clients:4:Scopes:0", "calendar:*"),
        ("AuthServer:Clients:4:Scopes:1", "own.*"),
    ]);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("calendar:*", "calendar:read calendar:write")]
    [InlineData("calendar:read", "calendar:read")]
    [InlineData("own.thing", "own.thing")]
    [InlineData(null, "calendar:read calendar:write")]
    public async Task Its_tokens_name_concrete_scopes(string? asked, string granted)
    {
        using var response = await Flows.TokenAsync(_server, "wide", Flows.Secret, ("grant_type", "client_credentials"), ("scope", asked));

        var tokens = await TestServer.JsonAsync(response);
        Assert.Equal(granted, tokens.GetProperty("scope").GetString());
        Assert.Equal(granted, Flows.Claims(tokens.GetProperty("access_token").GetString()!).GetProperty("scope").GetString());
        Assert.DoesNotContain("*", Assert.Single(await _server.TrailAsync(AuditEventTypes.TokenIssued)).Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("calendar.*")]
    [InlineData("calendar.read")]
    [InlineData("calendar")]
    [InlineData("*")]
    [InlineData("email:*")]
    [InlineData("own.*")]
    public async Task What_its_wildcards_do_not_cover_or_nobody_knows_is_refused(string asked)
    {
        using var response = await Flows.TokenAsync(_server, "wide", Flows.Secret, ("grant_type", "client_credentials"), ("scope", asked));

        await Flows.AssertErrorAsync(response, 400, "invalid_scope");
    }

    [Fact]
    public async Task A_person_is_asked_for_each_scope_and_gives_no_more_than_was_ticked()
    {
        using var browser = new TestBrowser(_server);
        await browser.GoAsync(Flows.AuthorizeUrl("wide", Flows.WebRedirect, ("scope", "calendar:* own.thing offline_access")));
        await browser.SignInAsync(Flows.Email, Flows.Password);

        Assert.Equal(["calendar:read", "calendar:write", "own.thing", "offline_access"], browser.Page.QuerySelectorAll("input[name=scope]").Select(box => box.GetAttribute("value")));
        Assert.Contains("See your calendar", browser.Text, StringComparison.Ordinal);
        Assert.Contains("Nobody has described what this allows.", browser.Text, StringComparison.Ordinal);
        using var steps = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = browser.Cookies }) { BaseAddress = _server.Address };
        using var form = BrowserSide.Form(browser, ("decision", "allow"), ("scope", "calendar:read"), ("scope", "calendar:*"), ("scope", "offline_access"));
        using var allowed = await steps.PostAsync(browser.Address, form);
        await browser.GoAsync(allowed.Headers.Location!.OriginalString);
        using var response = await Flows.TokenAsync(_server, "wide", Flows.Secret, ("grant_type", "authorization_code"), ("code", Flows.Query(browser.Left!)["code"]),
            ("redirect_uri", Flows.WebRedirect), ("code_verifier", Flows.Verifier));

        var tokens = await TestServer.JsonAsync(response);
        Assert.Equal("calendar:read offline_access", tokens.GetProperty("scope").GetString());
        using var wider = await Flows.TokenAsync(_server, "wide", Flows.Secret, ("grant_type", "refresh_token"), ("refresh_token", tokens.GetProperty("refresh_token").GetString()),
            ("scope", "calendar:*"));
        await Flows.AssertErrorAsync(wider, 400, "invalid_scope");
    }

    [Fact]
    public async Task A_remembered_consent_for_the_concrete_scopes_answers_for_the_wildcard()
    {
        using var browser = new TestBrowser(_server);
        await Flows.AuthorizeAsync(browser, "wide", Flows.WebRedirect, ("scope", "calendar:read calendar:write"));

        await browser.GoAsync(Flows.AuthorizeUrl("wide", Flows.WebRedirect, ("scope", "calendar:*"), ("prompt", "none")));

        Assert.Contains("code", Flows.Query(browser.Left!).Keys);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("calendar*")]
    [InlineData("a.*.b")]
    public async Task A_star_that_is_no_last_segment_stops_the_start(string scope)
    {
        var refused = await Assert.ThrowsAsync<AuthServer.Configuration.StartRefusedException>(() => Flows.StartAsync(
            ("AuthServer:Clients:4:ClientId", "bad"), ("AuthServer:Clients:4:ClientSecret", Flows.Secret), ("AuthServer:Clients:4:Scopes:0", scope)));
        Assert.Contains($"'{scope}'", refused.Message, StringComparison.Ordinal);
    }
}
