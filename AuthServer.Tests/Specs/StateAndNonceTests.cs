using System.Net;
using AngleSharp.Html.Dom;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Specs;

/// <summary>RFC 6749 §4.1.1 <c>state</c> and OIDC Core §3.1.2.1 <c>nonce</c>: they come back to the letter, or are refused.</summary>
public sealed class StateAndNonceTests(BrowserSide side) : IClassFixture<BrowserSide>
{
    private static readonly string[] Values =
    [
        new('a', 2048), "plus+and space and%20and%2B", "&code=evil&iss=evil", "#fragment?query=1", "\"><script>alert(1)</script>", "'\"`<>&amp;&#39;", "\u041F\u0440\u0438\u0432\u0435\u0442 \u4F60\u597D \uD83D\uDE00",
        "\u202Eabc\u200B", "https://evil.example/", "{\"a\":[1,2]}", "..\\..//%2e%2e/", " leading and trailing ", "=",
    ];

    [Fact]
    [Trait("negative", "10")]
    public async Task Whatever_they_hold_they_come_back_to_the_letter_by_query_and_by_form()
    {
        using var browser = await side.SignedInAsync();
        foreach (var value in Values)
        {
            var answer = await BrowserSide.AnswerAsync(browser, "implicit", Flows.WebRedirect, ("state", value), ("nonce", value));
            Assert.Equal(value, answer["state"]);
            Assert.Equal(value, await NonceAsync(answer["code"]));
            Assert.Equal(3, answer.Count);

            await browser.GoAsync(Flows.AuthorizeUrl("implicit", Flows.WebRedirect, ("state", value), ("nonce", value), ("response_mode", "form_post")));
            var fields = Fields(browser);
            Assert.Equal(value, fields["state"]);
            Assert.Equal(value, await NonceAsync(fields["code"]));
            Assert.Equal(3, fields.Count);
        }
    }

    [Theory]
    [Trait("negative", "10")]
    [InlineData("state")]
    [InlineData("nonce")]
    public async Task Too_long_and_control_characters_are_refused(string name)
    {
        // A browser rewrites line ends and C1 controls in a form that it posts, so they could not come back as they went.
        using var browser = await side.SignedInAsync();
        foreach (var value in new[] { new string('a', 2049), "a\r\nSet-Cookie: x=y", "a\nb", "a\rb", "a\tb", "a\u007Fb", "a\u0085b", "a\u001Bb" })
        {
            var answer = await BrowserSide.AnswerAsync(browser, "implicit", Flows.WebRedirect, (name, value));

            Assert.Equal("invalid_request", answer["error"]);
            Assert.DoesNotContain("code", answer.Keys);
            Assert.False(browser.Response.Headers.Contains("Set-Cookie"));
            Assert.Equal(name == "state" ? value : "s-123", answer["state"]);
        }
    }

    [Fact]
    [Trait("negative", "10")]
    public async Task They_survive_the_pages_in_between()
    {
        using var browser = side.Browser();
        var value = Values[6] + Values[4] + new string('x', 1500);

        var answer = await Flows.AuthorizeAsync(browser, "web", Flows.WebRedirect, ("state", value), ("nonce", value));

        Assert.Equal(value, answer["state"]);
        using var response = await Flows.RedeemAsync(side.Server, answer["code"]);
        var tokens = await TestServer.JsonAsync(response);
        Assert.Equal(value, Flows.Claims(tokens.GetProperty("id_token").GetString()!).GetProperty("nonce").GetString());
    }

    [Fact]
    public async Task Without_them_the_answer_has_none()
    {
        using var browser = await side.SignedInAsync();

        var answer = await BrowserSide.AnswerAsync(browser, "implicit", Flows.WebRedirect, ("state", null), ("nonce", null));

        Assert.Equal(["code", "iss"], answer.Keys.Order());
        Assert.Null(await NonceAsync(answer["code"]));
    }

    private static Dictionary<string, string> Fields(TestBrowser browser)
    {
        Assert.Equal(HttpStatusCode.OK, browser.Response.StatusCode);
        return browser.Page.QuerySelectorAll("input").OfType<IHtmlInputElement>().ToDictionary(input => input.Name!, input => input.Value);
    }

    private async Task<string?> NonceAsync(string code)
    {
        using var response = await Flows.TokenAsync(side.Server, "implicit", Flows.Secret, ("grant_type", "authorization_code"), ("code", code),
            ("redirect_uri", Flows.WebRedirect), ("code_verifier", Flows.Verifier));
        var tokens = await TestServer.JsonAsync(response);
        return Flows.Claims(tokens.GetProperty("id_token").GetString()!).TryGetProperty("nonce", out var nonce) ? nonce.GetString() : null;
    }
}
