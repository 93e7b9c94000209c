using System.Net;
using System.Text;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Specs;

/// <summary>RFC 6749 §4.1.2.1, OIDC Core §3.1.2.6, RFC 9207: faults of an identified request go back to the client, each with its code.</summary>
public sealed class AuthorizationErrorTests(BrowserSide side) : IClassFixture<BrowserSide>
{
    public static TheoryData<string, string?, string> Faults { get; } = new()
    {
        { "response_type", null, "invalid_request" },
        { "response_type", "token", "unsupported_response_type" },
        { "response_type", "id_token", "unsupported_response_type" },
        { "response_type", "code id_token", "unsupported_response_type" },
        { "response_type", "code token", "unsupported_response_type" },
        { "response_type", "none", "unsupported_response_type" },
        { "response_type", "CODE", "unsupported_response_type" },
        { "response_type", "code ", "unsupported_response_type" },
        { "response_mode", "fragment", "invalid_request" },
        { "response_mode", "query.jwt", "invalid_request" },
        { "response_mode", "form_post.jwt", "invalid_request" },
        { "response_mode", "jwt", "invalid_request" },
        { "response_mode", "web_message", "invalid_request" },
        { "response_mode", "QUERY", "invalid_request" },
        { "scope", "openid nonsense", "invalid_scope" },
        { "scope", "openid \"quoted\"", "invalid_scope" },
        { "scope", "openid t\u00EBst", "invalid_scope" },
        { "scope", "   ", "invalid_scope" },
        { "resource", "https://unknown.example", "invalid_target" },
        { "resource", "not-a-uri", "invalid_target" },
        { "resource", "https://api.example#fragment", "invalid_target" },
        { "code_challenge", null, "invalid_request" },
        { "code_challenge", "short", "invalid_request" },
        { "code_challenge_method", null, "invalid_request" },
        { "code_challenge_method", "plain", "invalid_request" },
        { "code_challenge_method", "s256", "invalid_request" },
        { "code_challenge_method", "S512", "invalid_request" },
        { "prompt", "none login", "invalid_request" },
        { "prompt", "none consent", "invalid_request" },
        { "prompt", "none select_account", "invalid_request" },
        { "prompt", "create", "invalid_request" },
        { "prompt", "LOGIN", "invalid_request" },
        { "max_age", "-1", "invalid_request" },
        { "max_age", "+1", "invalid_request" },
        { "max_age", "1.5", "invalid_request" },
        { "max_age", "1e3", "invalid_request" },
        { "max_age", " 1", "invalid_request" },
        { "max_age", "4294967296", "invalid_request" },
        { "max_age", "99999999999999999999999", "invalid_request" },
        { "max_age", "soon", "invalid_request" },
        { "claims", "[]", "invalid_request" },
        { "claims", "{", "invalid_request" },
        { "claims", "{\"userinfo\":7}", "invalid_request" },
        { "claims", "{\"userinfo\":{\"email\":\"yes\"}}", "invalid_request" },
        { "id_token_hint", "nonsense", "invalid_request" },
        { "request", "eyJhbGciOiJub25lIn0.e30.", "request_not_supported" },
        { "request_uri", "https://client.example/request", "request_uri_not_supported" },
        { "request_uri", "urn:ietf:params:oauth:request_uri:x", "request_uri_not_supported" },
        { "registration", "{}", "registration_not_supported" },
        { "dpop_jkt", "x", "invalid_request" },
        { "authorization_details", "[]", "invalid_request" },
    };

    [Theory]
    [Trait("negative", "8")]
    [Trait("negative", "11")]
    [Trait("negative", "12")]
    [Trait("negative", "13")]
    [MemberData(nameof(Faults))]
    public async Task A_fault_goes_back_to_the_client_with_its_code_its_state_and_the_issuer(string name, string? value, string error)
    {
        using var browser = side.Browser();

        var answer = await BrowserSide.AnswerAsync(browser, "web", Flows.WebRedirect, (name, value));

        Assert.Equal(HttpStatusCode.SeeOther, browser.Response.StatusCode);
        Assert.StartsWith(Flows.WebRedirect + "?", browser.Left!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(error, answer["error"]);
        Assert.Equal("s-123", answer["state"]);
        Assert.Equal(side.Server.Issuer, answer["iss"]);
        Assert.NotEmpty(answer["error_description"]);
        Assert.Equal($"{side.Server.Issuer}/docs/errors#{error}", answer["error_uri"]);
        Assert.DoesNotContain("code", answer.Keys);
        Assert.Equal("no-store", browser.Response.Headers.CacheControl!.ToString());
    }

    [Fact]
    [Trait("negative", "13")]
    public async Task A_request_object_beside_a_request_uri_is_refused_and_nothing_of_either_is_used()
    {
        using var browser = await side.SignedInAsync();

        var answer = await BrowserSide.AnswerAsync(browser, "implicit", Flows.WebRedirect, ("request", "e30.e30."), ("request_uri", "https://client.example/r"));

        Assert.Equal("request_not_supported", answer["error"]);
    }

    [Fact]
    [Trait("negative", "8")]
    public async Task A_client_that_may_not_use_the_grant_has_no_address_to_be_answered_at()
    {
        using var browser = side.Browser();

        await browser.GoAsync(Flows.AuthorizeUrl("machine", Flows.WebRedirect));

        BrowserSide.AssertDisplayed(browser);
    }

    [Theory]
    [Trait("negative", "7")]
    [InlineData("scope", "openid")]
    [InlineData("state", "other")]
    [InlineData("nonce", "other")]
    [InlineData("response_type", "code")]
    [InlineData("code_challenge", "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU")]
    [InlineData("prompt", "none&prompt=none")]
    [InlineData("max_age", "1&max_age=2")]
    [InlineData("made_up", "1&made_up=2")]
    public async Task A_parameter_that_stands_twice_is_refused_and_dropped(string name, string again)
    {
        foreach (var post in new[] { false, true })
        {
            using var browser = side.Browser();

            await SendAsync(browser, Flows.AuthorizeUrl("web", Flows.WebRedirect) + $"&{name}={again}", post);

            var answer = BrowserSide.Answer(browser);
            Assert.Equal("invalid_request", answer["error"]);
            Assert.Equal(name == "state" ? null : "s-123", answer.GetValueOrDefault("state"));
            Assert.Equal(side.Server.Issuer, answer["iss"]);
        }
    }

    [Theory]
    [Trait("negative", "7")]
    [InlineData("client_id", "web")]
    [InlineData("client_id", "twin")]
    [InlineData("redirect_uri", "https://client.example/callback")]
    [InlineData("redirect_uri", "https://evil.example/callback")]
    public async Task A_client_or_an_address_that_stands_twice_is_told_to_the_person(string name, string again)
    {
        foreach (var post in new[] { false, true })
        {
            using var browser = side.Browser();

            await SendAsync(browser, Flows.AuthorizeUrl("web", Flows.WebRedirect) + $"&{name}={Uri.EscapeDataString(again)}", post);

            BrowserSide.AssertDisplayed(browser);
        }
    }

    [Fact]
    [Trait("negative", "7")]
    public async Task The_same_words_in_query_and_form_are_not_added_up()
    {
        using var browser = side.Browser();
        using var content = Form(Flows.AuthorizeUrl("web", Flows.WebRedirect));
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(side.Server.Address, "/connect/authorize?client_id=twin&prompt=none")) { Content = content };

        await browser.SendAsync(request);

        BrowserSide.AssertAt(browser, "/sign-in");
        Assert.Contains("The web client", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_parameter_is_an_absent_one()
    {
        using var browser = side.Browser();

        await BrowserSide.AskAsync(browser, "/sign-in", "web", Flows.WebRedirect, ("prompt", ""), ("max_age", ""), ("request", ""), ("resource", ""), ("claims", ""));
    }

    [Fact]
    public async Task An_unknown_parameter_is_ignored()
    {
        using var browser = side.Browser();

        await BrowserSide.AskAsync(browser, "/sign-in", "web", Flows.WebRedirect, ("display", "popup"), ("ui_locales", "de-CH fr"), ("acr_values", "urn:none:such"), ("made_up", "x"));
    }

    [Theory]
    [InlineData("%ZZ")]
    [InlineData("%C3%28")]
    [InlineData("a%00b")]
    [InlineData("%")]
    public async Task Text_that_cannot_be_read_is_told_to_the_person(string encoded)
    {
        using var browser = side.Browser();

        // The client must not mend what it sends.
        var address = new Uri(side.Server.Issuer + Flows.AuthorizeUrl("web", Flows.WebRedirect) + "&x=" + encoded, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        await browser.SendAsync(request);

        BrowserSide.AssertDisplayed(browser);
    }

    [Fact]
    public async Task A_body_that_is_no_form_is_told_to_the_person()
    {
        foreach (var type in new[] { "application/json", "multipart/form-data; boundary=x", "text/plain" })
        {
            using var browser = side.Browser();
            using var content = new StringContent("{}", Encoding.UTF8);
            content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(type);
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(side.Server.Address, "/connect/authorize")) { Content = content };

            await browser.SendAsync(request);

            BrowserSide.AssertDisplayed(browser);
        }
    }

    [Theory]
    [InlineData("/connect/authorize", "PUT", 405)]
    [InlineData("/connect/authorize", "DELETE", 405)]
    [InlineData("/connect/authorize", "HEAD", 405)]
    [InlineData("/connect/authorize", "OPTIONS", 405)]
    [InlineData("/connect/endsession", "PUT", 405)]
    [InlineData("/connect/endsession", "HEAD", 405)]
    [InlineData("/sign-in", "HEAD", 200)]
    [InlineData("/sign-in", "PUT", 400)]
    [InlineData("/sign-in", "OPTIONS", 405)]
    [InlineData("/sign-in", "DELETE", 400)]
    [InlineData("/register", "OPTIONS", 405)]
    [InlineData("/consent", "OPTIONS", 405)]
    [InlineData("/consent", "PUT", 400)]
    [InlineData("/select-account", "OPTIONS", 405)]
    [InlineData("/sign-out", "OPTIONS", 405)]
    [InlineData("/account", "OPTIONS", 405)]
    [InlineData("/account", "POST", 400)]
    [InlineData("/account/password", "OPTIONS", 405)]
    [InlineData("/account/password", "PATCH", 400)]
    [InlineData("/", "POST", 400)]
    [InlineData("/error", "GET", 404)]
    [InlineData("/no-such-page", "GET", 404)]
    [InlineData("/no-such-page", "POST", 404)]
    public async Task Every_method_has_an_answer_and_none_breaks_a_page(string path, string method, int status)
    {
        using var http = side.Server.CreateClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var response = await http.SendAsync(request);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("DENY", Assert.Single(response.Headers.GetValues("X-Frame-Options")));
        Assert.DoesNotContain(side.Server.Logs.All, line => line.Contains("failed.", StringComparison.Ordinal) && line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/account", "POST")]
    [InlineData("/account", "PUT")]
    [InlineData("/", "POST")]
    [InlineData("/sign-out", "DELETE")]
    [InlineData("/signed-out", "POST")]
    [InlineData("/account/password", "PUT")]
    public async Task A_good_form_token_does_not_open_a_page_to_a_method_it_does_not_have(string path, string method)
    {
        using var browser = await side.SignedInAsync();
        await browser.GoAsync("/account/password");
        using var content = new FormUrlEncodedContent([new("csrf", browser.Page.QuerySelector("input[name=csrf]")!.GetAttribute("value"))]);
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(side.Server.Address, path)) { Content = content };

        await browser.SendAsync(request);

        BrowserSide.AssertDisplayed(browser, HttpStatusCode.MethodNotAllowed);
    }

    private static FormUrlEncodedContent Form(string url) => new(url[(url.IndexOf('?', StringComparison.Ordinal) + 1)..].Split('&')
        .Select(pair => pair.Split('=', 2)).Select(pair => KeyValuePair.Create(pair[0], Uri.UnescapeDataString(pair[1]))));

    private async Task SendAsync(TestBrowser browser, string url, bool post)
    {
        if (!post)
        {
            await browser.GoAsync(url);
            return;
        }

        using var content = Form(url);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(side.Server.Address, "/connect/authorize")) { Content = content };
        await browser.SendAsync(request);
    }
}
