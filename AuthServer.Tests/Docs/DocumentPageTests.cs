using System.Net;
using AngleSharp.Dom;
using AuthServer.Docs;
using AuthServer.Docs.Errors;
using AuthServer.Tests.Http;
using AuthServer.Tests.Specs;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Docs;

/// <summary>The documentation on the server.</summary>
public sealed class DocumentPageTests(ApiDocumentTests.Documented documented) : IClassFixture<ApiDocumentTests.Documented>
{
    private const int Largest = 100 * 1024;

    public static TheoryData<string> Names => [.. DocumentLibrary.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_page_is_small_has_nothing_inline_and_all_its_links_lead_somewhere(string name)
    {
        using var browser = new TestBrowser(documented.Server);
        await browser.GoAsync(AddressOf(name));

        Assert.Equal(HttpStatusCode.OK, browser.Response.StatusCode);
        SecurityHeaderTests.AssertGuarded(browser.Response);
        Assert.InRange((await browser.Response.Content.ReadAsByteArrayAsync()).Length, 1000, Largest);
        Assert.Empty(browser.Page.QuerySelectorAll("[style], style, script, [onclick], [onload]"));
        var ids = browser.Page.QuerySelectorAll("[id]").Select(element => element.Id).ToArray();
        Assert.Equal(ids.Length, ids.Distinct().Count());
        using var http = documented.Server.CreateClient();
        foreach (var address in LinksOf(browser.Page).Distinct())
        {
            await AssertLeadsSomewhereAsync(http, browser.Page, address);
        }
    }

    [Fact]
    public async Task The_first_page_leads_to_the_API_before_all_else()
    {
        using var browser = new TestBrowser(documented.Server);
        await browser.GoAsync("/docs");

        Assert.Equal("/docs/api", browser.Page.QuerySelector("main a")!.GetAttribute("href"));
        Assert.Equal(DocumentLibrary.Names.Count + 1, browser.Page.QuerySelectorAll("nav.doc-nav a").Select(link => link.GetAttribute("href")).Distinct().Count());
    }

    [Fact]
    public void Every_page_stands_once_on_the_shelves() =>
        Assert.Equal(DocumentLibrary.Names.Where(name => name != DocumentLibrary.Home), DocumentMap.Shelves.SelectMany(shelf => shelf.Pages).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("/docs/README")]
    [InlineData("/docs/nothing")]
    [InlineData("/docs/ERRORS")]
    [InlineData("/docs/agents.md")]
    [InlineData("/docs/..%2Fappsettings")]
    [InlineData("/docs/pictures")]
    [InlineData("/docs/pictures/nothing.svg")]
    [InlineData("/docs/pictures/..%2Fagents.md")]
    public async Task What_is_no_page_is_not_found(string path)
    {
        using var http = documented.Server.CreateClient();
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Every_code_has_its_place_on_the_page_of_errors()
    {
        using var browser = new TestBrowser(documented.Server);
        await browser.GoAsync("/docs/errors");

        Assert.All(ErrorList.Sections.SelectMany(section => section.Entries), entry => Assert.Equal("H3", browser.Page.GetElementById(entry.Code)?.TagName));
    }

    [Theory]
    [InlineData("house")]
    [InlineData("code-flow")]
    [InlineData("delegation")]
    [InlineData("vault-life")]
    public async Task A_picture_has_words_and_may_use_its_own_style_sheet_and_nothing_else(string name)
    {
        using var http = documented.Server.CreateClient();
        using var response = await http.GetAsync(new Uri($"/docs/pictures/{name}.svg", UriKind.Relative));
        var text = await response.Content.ReadAsStringAsync();

        Assert.Equal("image/svg+xml", response.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith("default-src 'none'; style-src 'sha256-", Assert.Single(response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme: dark", text, StringComparison.Ordinal);
        Assert.Matches("<title id=\"title\">.{5,}</title>", text);
        Assert.Matches("<desc id=\"desc\">.{40,}</desc>", text);
        Assert.DoesNotContain("href", text, StringComparison.Ordinal);
    }

    private static string AddressOf(string name) => name == DocumentLibrary.Home ? "/docs" : "/docs/" + name;

    private static IEnumerable<string> LinksOf(IDocument page) => page.QuerySelectorAll("main a, main img")
        .Select(element => element.GetAttribute("href") ?? element.GetAttribute("src")!).Where(address => !address.Contains("://", StringComparison.Ordinal));

    private static async Task AssertLeadsSomewhereAsync(HttpClient http, IDocument page, string address)
    {
        var (path, part) = address.Split('#') is [var before, var after] ? (before, after) : (address, null);
        if (path.Length == 0)
        {
            Assert.True(page.GetElementById(part!) is not null, $"There is no {address} here.");
            return;
        }

        using var response = await http.GetAsync(new Uri(path, UriKind.Relative));
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{address} is {response.StatusCode}.");
        if (part is not null)
        {
            Assert.Contains($" id=\"{part}\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }
}
