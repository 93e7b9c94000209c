using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Specs;

/// <summary>Forms that no browser sends: an answer in the 400s, and the server goes on.</summary>
public sealed class HostileFormTests(BrowserSide side) : IClassFixture<BrowserSide>
{
    [Theory]
    [Trait("negative", "37")]
    [InlineData("/sign-in")]
    [InlineData("/register")]
    [InlineData("/connect/authorize")]
    [InlineData("/connect/endsession")]
    public async Task A_body_that_is_too_large_has_too_many_fields_or_cannot_be_read_is_refused(string path)
    {
        using var browser = side.Browser();
        await browser.GoAsync("/sign-in");
        var csrf = "csrf=" + Uri.EscapeDataString(browser.Page.QuerySelector("input[name=csrf]")!.GetAttribute("value")!);
        using var steps = side.Steps(browser);
        string[] bodies =
        [
            csrf + "&x=" + new string('x', 70_000),
            csrf + string.Concat(Enumerable.Range(0, 10_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"&{i}="))),
            csrf + string.Concat(Enumerable.Range(0, 3_000).Select(i => "&x=1")),
        ];
        foreach (var body in bodies)
        {
            using var content = new StringContent(body, Encoding.ASCII);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");

            // The client waits for leave to send: a server that has answered need not read on.
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
            request.Headers.ExpectContinue = true;
            using var response = await steps.SendAsync(request);

            Assert.InRange((int)response.StatusCode, 400, 499);
            SecurityHeaderTests.AssertGuarded(response);
        }

        AssertUnbroken();
    }

    [Theory]
    [Trait("negative", "37")]
    [InlineData("application/json")]
    [InlineData("text/plain")]
    [InlineData("multipart/form-data")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("application/x-www-form-urlencoded; charset=utf-7")]
    public async Task A_body_of_another_kind_signs_nobody_in(string type)
    {
        using var browser = side.Browser();
        await browser.GoAsync("/sign-in");
        using var steps = side.Steps(browser);
        using var content = new ByteArrayContent(Encoding.ASCII.GetBytes("Email=ada%40example.com&Password=x"));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);

        using var response = await steps.PostAsync("/sign-in", content);

        Assert.InRange((int)response.StatusCode, 400, 499);
        SecurityHeaderTests.AssertGuarded(response);
        AssertUnbroken();
    }

    [Theory]
    [Trait("negative", "37")]
    [InlineData("/sign-in?request_id=%00")]
    [InlineData("/sign-in?request_id=%FF%FE")]
    [InlineData("/consent?request_id=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA%00A")]
    [InlineData("/sign-out?client_id=%00")]
    [InlineData("/sign-out?client_id=web%00")]
    [InlineData("/sign-out?client_id=web&post_logout_redirect_uri=%00")]
    [InlineData("/sign-out?client_id=web&client_id=web")]
    [InlineData("/register?invitation=%00")]
    [InlineData("/connect/authorize?request_id=%00")]
    [InlineData("/connect/authorize?client_id=%00")]
    [InlineData("/connect/endsession?client_id=%00")]
    [InlineData("/%00")]
    [InlineData("/..%2f..%2fetc/passwd")]
    [InlineData("/site.css/..%5c..%5cappsettings.json")]
    [InlineData("/appsettings.json")]
    [InlineData("/keys/master.key")]
    public async Task Text_that_is_none_breaks_no_page_and_leaves_no_folder(string path)
    {
        using var browser = side.Browser();
        var address = new Uri(side.Server.Issuer + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(HttpMethod.Get, address);

        await browser.SendAsync(request);

        if (path.StartsWith("/register", StringComparison.Ordinal))
        {
            Assert.Equal(HttpStatusCode.OK, browser.Response.StatusCode);
        }
        else
        {
            Assert.InRange((int)browser.Response.StatusCode, 400, 499);
        }

        AssertUnbroken();
    }

    [Fact]
    [Trait("negative", "37")]
    public async Task Fields_with_nul_and_broken_characters_sign_nobody_in_and_make_no_account()
    {
        foreach (var (path, field) in new[] { ("/sign-in", "Email"), ("/sign-in", "Password"), ("/register", "Email"), ("/register", "Name") })
        {
            foreach (var value in new[] { "a%00b%40example.com", "%E2%80%AEa%40example.com", "a%C2%85b%40example.com" })
            {
                using var browser = side.Browser();
                await browser.GoAsync(path);
                using var steps = side.Steps(browser);
                var csrf = Uri.EscapeDataString(browser.Page.QuerySelector("input[name=csrf]")!.GetAttribute("value")!);
                var others = new Dictionary<string, string> { ["Email"] = "ada@example.com", ["Password"] = "wrong+wrong+wrong", ["Name"] = "N", [field] = value };
                using var content = new StringContent($"csrf={csrf}&" + string.Join('&', others.Select(pair => $"{pair.Key}={pair.Value}")), Encoding.ASCII);
                content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");

                using var response = await steps.PostAsync(path, content);

                Assert.Null(response.Headers.Location);
                Assert.InRange((int)response.StatusCode, 200, 499);
            }
        }

        AssertUnbroken();
    }

    private void AssertUnbroken() => Assert.Equal("", string.Join('\n', side.Server.Logs.All.Where(line => line.StartsWith("Error", StringComparison.Ordinal))));
}
