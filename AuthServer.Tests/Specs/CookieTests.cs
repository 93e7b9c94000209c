using System.Net;
using AngleSharp.Html.Parser;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Specs;

/// <summary>How cookies are sent: RFC 6265bis §4.1.3.</summary>
public sealed class CookieTests(BrowserSide side) : IClassFixture<BrowserSide>
{
    [Fact]
    [Trait("negative", "24")]
    public async Task On_http_loopback_cookies_are_plain_but_closed_to_scripts_and_to_other_sites()
    {
        var cookies = await CookieWalk.OfAsync(side.Server);

        Assert.Equal(["antiforgery", "browser", "device", "session"], cookies.Keys.Order());
        foreach (var (name, attributes) in cookies)
        {
            Assert.Contains("httponly", attributes);
            Assert.Contains("path=/", attributes);
            Assert.Contains("samesite=lax", attributes);
            Assert.DoesNotContain("secure", attributes);
            Assert.DoesNotContain(attributes, attribute => attribute.StartsWith("domain", StringComparison.Ordinal));
            Assert.True(attributes[0].Length < 1500, $"{name} is {attributes[0].Length} long.");
        }
    }

    [Fact]
    [Trait("negative", "24")]
    public async Task Many_requests_do_not_make_more_cookies()
    {
        using var browser = await side.NewcomerAsync();
        for (var i = 0; i < 12; i++)
        {
            await BrowserSide.AskAsync(browser, "/consent", "web", Flows.WebRedirect, ("state", new string('s', 500)));
        }

        Assert.Equal(4, browser.Cookies.Count);
        Assert.True(browser.Cookies.GetCookieHeader(side.Server.Address).Length < 3000);
    }

    [Fact]
    [Trait("negative", "24")]
    public async Task A_device_remembers_so_many_people_and_no_more()
    {
        using var browser = side.Browser();
        var lengths = new List<int>();
        for (var i = 0; i < 10; i++)
        {
            await browser.GoAsync("/register");
            await browser.SubmitAsync(new() { ["Email"] = $"{Guid.NewGuid():N}@example.com", ["Password"] = Flows.Password });
            BrowserSide.AssertAt(browser, "/account");
            lengths.Add(browser.Cookies.GetCookies(side.Server.Address)["device"]!.Value.Length);
            await browser.GoAsync("/sign-out");
            await browser.SubmitAsync(button: "Sign out");
        }

        Assert.Equal(lengths[7], lengths[9]);
    }
}

/// <summary>A server that people reach by https, with and without a proxy that says so.</summary>
public sealed class HttpsIssuerTests
{
    [Theory]
    [Trait("negative", "24")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Behind_https_cookies_are_bound_to_the_host_and_to_https_and_forms_work(bool proxySaysSo)
    {
        await using var server = await Flows.StartAsync(("AuthServer:Issuer", "https://issuer.example"), ("AuthServer:Proxies:0", "127.0.0.1"), ("AuthServer:Proxies:1", "::1"));

        var cookies = await CookieWalk.OfAsync(server, proxySaysSo);

        Assert.Equal(["__Host-antiforgery", "__Host-browser", "__Host-device", "__Host-session"], cookies.Keys.Order());
        foreach (var attributes in cookies.Values)
        {
            Assert.Contains("httponly", attributes);
            Assert.Contains("secure", attributes);
            Assert.Contains("path=/", attributes);
            Assert.Contains("samesite=lax", attributes);
            Assert.DoesNotContain(attributes, attribute => attribute.StartsWith("domain", StringComparison.Ordinal));
        }
    }
}

/// <summary>The host of a request is what its sender says; the issuer is what the operator says.</summary>
public sealed class HostHeaderTests
{
    [Fact]
    [Trait("negative", "25")]
    [Trait("negative", "12")]
    public async Task Neither_host_nor_forwarded_headers_change_issuer_links_or_cookies()
    {
        await using var server = await Flows.StartAsync(("AuthServer:Proxies:0", "127.0.0.1"), ("AuthServer:Proxies:1", "::1"));
        using var http = server.CreateClient();
        foreach (var path in new[] { "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/", "/sign-in", Flows.AuthorizeUrl("web", Flows.WebRedirect), Flows.AuthorizeUrl("web", Flows.WebRedirect, ("prompt", "none")), Flows.AuthorizeUrl("web", Flows.WebRedirect, ("prompt", "none"), ("response_mode", "form_post")), "/connect/endsession", "/no-such-page" })
        {
            using var plain = await http.GetAsync(path);
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Host = "evil.example";
            request.Headers.Add("X-Forwarded-Host", "evil.example");
            request.Headers.Add("X-Forwarded-Proto", "https");
            request.Headers.Add("X-Forwarded-Prefix", "/evil");
            request.Headers.Add("X-Original-Host", "evil.example");
            request.Headers.Add("Forwarded", "host=evil.example;proto=https");
            using var spoofed = await http.SendAsync(request);

            Assert.Equal(plain.StatusCode, spoofed.StatusCode);
            Assert.DoesNotContain("evil", await spoofed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.DoesNotContain("evil", spoofed.Headers.ToString(), StringComparison.Ordinal);
            Assert.Equal(Attributes(plain), Attributes(spoofed));
            if (spoofed.Headers.Location is { } location && location.OriginalString.Contains("iss=", StringComparison.Ordinal))
            {
                Assert.Contains("iss=" + Uri.EscapeDataString(server.Issuer), location.OriginalString, StringComparison.Ordinal);
            }
        }

        var metadata = await TestServer.JsonAsync(await http.GetAsync("/.well-known/openid-configuration"));
        Assert.Equal(server.Issuer, metadata.GetProperty("issuer").GetString());
        Assert.True(metadata.GetProperty("authorization_response_iss_parameter_supported").GetBoolean());
        Assert.False(metadata.GetProperty("request_parameter_supported").GetBoolean());
        Assert.False(metadata.GetProperty("request_uri_parameter_supported").GetBoolean());
    }

    private static string[] Attributes(HttpResponseMessage response) => response.Headers.TryGetValues("Set-Cookie", out var cookies)
        ? [.. cookies.Select(cookie => cookie.Split('=', 2)[0] + cookie[cookie.IndexOf(';', StringComparison.Ordinal)..])]
        : [];
}

/// <summary>Walks from a request through sign-in to the consent page by hand, since a cookie jar would keep Secure cookies back.</summary>
internal static class CookieWalk
{
    /// <summary>Every cookie that was set on the way: its name, and its value and attributes in lower case.</summary>
    public static async Task<Dictionary<string, string[]>> OfAsync(TestServer server, bool forwardedProto = false)
    {
        var cookies = new Dictionary<string, string[]>();
        var jar = new Dictionary<string, string>();
        using var http = server.CreateClient();
        async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
        {
            if (jar.Count > 0)
            {
                request.Headers.Add("Cookie", string.Join("; ", jar.Select(pair => $"{pair.Key}={pair.Value}")));
            }

            if (forwardedProto)
            {
                request.Headers.Add("X-Forwarded-Proto", "https");
            }

            var response = await http.SendAsync(request);
            foreach (var cookie in response.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
            {
                var name = cookie.Split('=', 2)[0];
                var parts = cookie.Split('=', 2)[1].Split(';', StringSplitOptions.TrimEntries);
                jar[name] = parts[0];
                cookies[name] = [parts[0], .. parts.Skip(1).Select(part => part.ToLowerInvariant())];
            }

            return response;
        }

        using var asked = await SendAsync(new(HttpMethod.Get, Flows.AuthorizeUrl("web", Flows.WebRedirect)));
        using var page = await SendAsync(new(HttpMethod.Get, asked.Headers.Location));
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        var csrf = new HtmlParser().ParseDocument(await page.Content.ReadAsStringAsync()).QuerySelector("input[name=csrf]")!.GetAttribute("value")!;
        using var signedIn = await SendAsync(new(HttpMethod.Post, asked.Headers.Location)
        {
            Content = new FormUrlEncodedContent([new("csrf", csrf), new("Email", Flows.Email), new("Password", Flows.Password)]),
        });
        Assert.Equal(HttpStatusCode.SeeOther, signedIn.StatusCode);
        using var next = await SendAsync(new(HttpMethod.Get, signedIn.Headers.Location));
        Assert.StartsWith("/consent", next.Headers.Location!.OriginalString, StringComparison.Ordinal);
        using var consent = await SendAsync(new(HttpMethod.Get, next.Headers.Location));
        Assert.Equal(HttpStatusCode.OK, consent.StatusCode);
        return cookies;
    }
}
