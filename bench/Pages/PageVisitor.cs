using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace AuthServer.Bench.Pages;

/// <summary>Somebody signed in, who reads pages.</summary>
internal sealed partial class PageVisitor(Uri server, string cookies) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false })
    {
        BaseAddress = server,
        DefaultRequestHeaders = { { "Cookie", cookies["Cookie:".Length..].Trim() } },
    };

    /// <summary>A page as it is sent.</summary>
    /// <exception cref="InvalidOperationException">It is none any more.</exception>
    public async Task<byte[]> GetAsync(string page)
    {
        using var answer = await _http.GetAsync(page);
        return answer.StatusCode == HttpStatusCode.OK
            ? await answer.Content.ReadAsByteArrayAsync()
            : throw new InvalidOperationException($"{page}: {(int)answer.StatusCode}");
    }

    /// <summary>Every kind of page to which links lead from here, one of each; and the links that lead to nothing.</summary>
    public async Task<(IReadOnlyList<string> Pages, IReadOnlyList<string> Dead)> WalkAsync(string start)
    {
        var area = start.Split('/')[1];
        List<string> pages = [], dead = [];
        HashSet<string> kinds = [];
        var waiting = new Queue<(string Page, string From)>([(start, "")]);
        while (waiting.TryDequeue(out var next))
        {
            if (!kinds.Add(Kind(next.Page)))
            {
                continue;
            }

            using var answer = await _http.GetAsync(next.Page);
            if (answer.StatusCode is HttpStatusCode.OK && answer.Content.Headers.ContentType?.MediaType == "text/html")
            {
                pages.Add(next.Page);
                var links = Link().Matches(await answer.Content.ReadAsStringAsync()).Select(match => WebUtility.HtmlDecode(match.Groups[1].Value).Split('#')[0]);
                links.Where(link => IsOf(area, link)).Distinct().ToList().ForEach(link => waiting.Enqueue((link, next.Page)));
            }
            else if ((int)answer.StatusCode >= 400)
            {
                dead.Add($"{next.From} leads to {next.Page}: {(int)answer.StatusCode}");
            }
        }

        return (pages, dead);
    }

    public void Dispose() => _http.Dispose();

    // A person's own pages lie in several places.
    private static bool IsOf(string area, string link) => area == "dashboard"
        ? link.StartsWith("/dashboard", StringComparison.Ordinal) || link.StartsWith("/account", StringComparison.Ordinal) || link.StartsWith("/approvals", StringComparison.Ordinal)
        : link.StartsWith($"/{area}", StringComparison.Ordinal) || (area == "developer" && link.StartsWith("/delegation?", StringComparison.Ordinal));

    /// <summary>What it is of, without which of them: ids are one kind, and so are the values of a query.</summary>
    private static string Kind(string page)
    {
        var parts = page.Split('?', 2);
        IEnumerable<string> names = parts.Length == 1 ? [] : parts[1].Split('&').Select(pair => pair.Split('=')[0]).Where(name => name != "organization").Order();
        return new StringBuilder(Id().Replace(parts[0], "*")).Append('?').AppendJoin('&', names).ToString();
    }

    [GeneratedRegex("<a [^>]*href=\"(/[^\"]*)\"")]
    private static partial Regex Link();

    [GeneratedRegex("(?<=/)(?:[a-z]+_[0-9a-z]{20,}|[0-9a-f-]{32,36}|[0-9]+)(?=/|$)")]
    private static partial Regex Id();
}
