using System.Net;
using System.Text.RegularExpressions;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Pages;

/// <summary>The pages to which links lead: one of each kind.</summary>
internal static partial class PageWalk
{
    private static readonly string[] Areas = ["/account", "/admin", "/approvals", "/dashboard", "/delegation?", "/developer"];

    public static async Task<IReadOnlyList<string>> AllAsync(TestBrowser browser, params string[] starts)
    {
        HashSet<string> kinds = [];
        List<string> pages = [];
        var waiting = new Queue<string>(starts);
        while (waiting.TryDequeue(out var page))
        {
            if (!kinds.Add(KindOf(page)))
            {
                continue;
            }

            await browser.GoAsync(page);
            Assert.True(browser.Response.StatusCode == HttpStatusCode.OK, $"A link leads to {page}: {browser.Response.StatusCode}");
            if (browser.Response.Content.Headers.ContentType?.MediaType == "text/html")
            {
                pages.Add(page);
                foreach (var link in browser.Page.QuerySelectorAll("a").Select(link => link.GetAttribute("href")!.Split('#')[0]).Where(link => Areas.Any(area => link.StartsWith(area, StringComparison.Ordinal))))
                {
                    waiting.Enqueue(link);
                }
            }
        }

        return pages;
    }

    /// <summary>An address without what makes it one of many: ids, and the values of its query.</summary>
    public static string KindOf(string page)
    {
        var parts = page.Split('?', 2);
        return Id().Replace(parts[0], "*") + "?" + (parts.Length == 1 ? "" : string.Join('&', parts[1].Split('&').Select(pair => pair.Split('=')[0]).Where(name => name != "organization").Order()));
    }

    [GeneratedRegex("(?<=/)(?:[a-z]+_[0-9a-z]{20,}|[0-9a-f-]{32,36})(?=/|$)")]
    private static partial Regex Id();
}
