using System.Net;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Specs;

/// <summary>RFC 9700 §2.1 and RFC 8252 §7: which addresses an answer may go to, at the request.</summary>
public sealed class RedirectUriTests(BrowserSide side) : IClassFixture<BrowserSide>
{
    [Theory]
    [Trait("negative", "1")]
    [Trait("negative", "4")]
    [InlineData("https://client.example/callback/")]
    [InlineData("https://client.example/callback?x=1")]
    [InlineData("https://client.example/callback?")]
    [InlineData("https://client.example/callback#f")]
    [InlineData("https://client.example/callback#")]
    [InlineData("https://client.example/Callback")]
    [InlineData("https://CLIENT.example/callback")]
    [InlineData("HTTPS://client.example/callback")]
    [InlineData("https://client.example:443/callback")]
    [InlineData("https://client.example:8443/callback")]
    [InlineData("http://client.example/callback")]
    [InlineData("https://client.example//callback")]
    [InlineData("https://client.example/./callback")]
    [InlineData("https://client.example/x/../callback")]
    [InlineData("https://client.example/%63allback")]
    [InlineData("https://client.example/x/%2e%2e/callback")]
    [InlineData("https://client.example./callback")]
    [InlineData("https://client.example/callback ")]
    [InlineData(" https://client.example/callback")]
    [InlineData("https://client.example/callback\t")]
    [InlineData("https://client.example/callback\r\nx")]
    [InlineData("https://client.example\\callback")]
    [InlineData("https:\\\\client.example\\callback")]
    [InlineData("https://client.example@evil.example/callback")]
    [InlineData("https://evil@client.example/callback")]
    [InlineData("https://client.example.evil.example/callback")]
    [InlineData("https://evil.example/https://client.example/callback")]
    [InlineData("//client.example/callback")]
    [InlineData("/callback")]
    [InlineData("javascript:alert(1)")]
    [InlineData("urn:ietf:wg:oauth:2.0:oob")]
    public async Task A_redirect_uri_that_is_not_the_registered_one_to_the_letter_is_refused_on_a_page(string redirectUri)
    {
        using var browser = side.Browser();

        await browser.GoAsync(Flows.AuthorizeUrl("web", redirectUri));

        BrowserSide.AssertDisplayed(browser);
    }

    [Theory]
    [Trait("negative", "1")]
    [InlineData("app", "http://127.0.0.1:1/callback")]
    [InlineData("app", "http://127.0.0.1:65535/callback")]
    [InlineData("app", "http://127.0.0.1/callback")]
    [InlineData("local", "http://localhost:3000/callback")]
    [InlineData("local", "http://[::1]:3000/callback")]
    [InlineData("local", "http://127.0.0.1:9/fixed")]
    [InlineData("app", "com.example.app:/callback")]
    public async Task Of_a_loopback_address_the_port_may_differ(string client, string redirectUri)
    {
        using var browser = side.Browser();

        await browser.GoAsync(Flows.AuthorizeUrl(client, redirectUri));

        BrowserSide.AssertAt(browser, "/sign-in");
    }

    [Theory]
    [Trait("negative", "1")]
    [Trait("negative", "4")]
    [InlineData("app", "http://127.0.0.1:3000/other")]
    [InlineData("app", "http://127.0.0.1:3000/callback?x=1")]
    [InlineData("app", "http://127.0.0.1:0/callback")]
    [InlineData("app", "http://127.0.0.1:/callback")]
    [InlineData("app", "http://127.0.0.1:65536/callback")]
    [InlineData("app", "http://127.0.0.1:+80/callback")]
    [InlineData("app", "http://127.0.0.1:3000:4000/callback")]
    [InlineData("app", "http://127.0.0.1:3000@evil.example/callback")]
    [InlineData("app", "http://127.0.0.1:3000#@evil.example/callback")]
    [InlineData("app", "http://127.0.0.1.evil.example/callback")]
    [InlineData("app", "http://127.0.0.1@evil.example/callback")]
    [InlineData("app", "http://user@127.0.0.1:3000/callback")]
    [InlineData("app", "http://localhost:3000/callback")]
    [InlineData("app", "http://[::1]:3000/callback")]
    [InlineData("app", "https://127.0.0.1:3000/callback")]
    [InlineData("app", "http://127.1:3000/callback")]
    [InlineData("app", "http://2130706433:3000/callback")]
    [InlineData("app", "http://0x7f000001:3000/callback")]
    [InlineData("app", "http://0177.0.0.1:3000/callback")]
    [InlineData("app", "http://127.0.0.2:3000/callback")]
    [InlineData("app", "http://127.0.0.1.:3000/callback")]
    [InlineData("app", "http://127.0.0.1:3000\\@evil.example/callback")]
    [InlineData("app", "com.example.app:/callback/")]
    [InlineData("app", "COM.example.app:/callback")]
    [InlineData("app", "com.example.app://callback")]
    [InlineData("local", "http://localhost.:3000/callback")]
    [InlineData("local", "http://localhost.evil.example/callback")]
    [InlineData("local", "http://[0:0:0:0:0:0:0:1]:3000/callback")]
    [InlineData("local", "http://[::ffff:127.0.0.1]:3000/callback")]
    public async Task Of_a_loopback_address_nothing_but_the_port_may_differ(string client, string redirectUri)
    {
        using var browser = side.Browser();

        await browser.GoAsync(Flows.AuthorizeUrl(client, redirectUri));

        BrowserSide.AssertDisplayed(browser);
    }

    [Fact]
    [Trait("negative", "2")]
    public async Task An_unknown_client_is_told_to_the_person_and_to_nobody_else()
    {
        using var browser = side.Browser();

        await browser.GoAsync(Flows.AuthorizeUrl("nobody", "https://evil.example/callback"));

        BrowserSide.AssertDisplayed(browser);
        Assert.DoesNotContain("evil.example", await browser.Response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [Trait("negative", "2")]
    [InlineData("client_id", null)]
    [InlineData("client_id", "")]
    [InlineData("client_id", "machine")]
    [InlineData("client_id", "WEB")]
    [InlineData("client_id", "web ")]
    [InlineData("redirect_uri", "https://evil.example/")]
    public async Task A_client_or_address_that_cannot_be_identified_never_leads_to_a_redirect(string name, string? value)
    {
        using var browser = side.Browser();

        // Other faults of the same request do not open a way around the first.
        await browser.GoAsync(Flows.AuthorizeUrl("web", Flows.WebRedirect, (name, value), ("response_type", "nonsense"), ("prompt", "none")));

        BrowserSide.AssertDisplayed(browser);
    }

    [Fact]
    [Trait("negative", "2")]
    public async Task Without_a_redirect_uri_the_only_registered_one_is_used_and_with_several_nobody_guesses()
    {
        using var browser = await side.SignedInAsync();
        var answer = await Flows.AuthorizeAsync(browser, "web", Flows.WebRedirect, ("redirect_uri", null));
        Assert.Equal(Flows.WebRedirect, browser.Left!.GetLeftPart(UriPartial.Path));

        // RFC 6749 §4.1.3: what the authorization request did not name, the token request must not name either.
        using var named = await Flows.RedeemAsync(side.Server, answer["code"]);
        await Flows.AssertErrorAsync(named, 400, "invalid_grant");
        using var redeemed = await Flows.RedeemAsync(side.Server, answer["code"], ("redirect_uri", null));
        Assert.Equal(HttpStatusCode.OK, redeemed.StatusCode);

        await browser.GoAsync(Flows.AuthorizeUrl("twin", "", ("redirect_uri", null)));
        BrowserSide.AssertDisplayed(browser);
    }

    [Fact]
    [Trait("negative", "2")]
    public async Task An_address_of_another_client_is_not_ones_own()
    {
        using var browser = side.Browser();

        await browser.GoAsync(Flows.AuthorizeUrl("web", BrowserSide.OtherHost));

        BrowserSide.AssertDisplayed(browser);
    }
}
