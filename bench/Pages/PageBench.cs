using System.Diagnostics;
using AuthServer.Bench.Servers;

namespace AuthServer.Bench.Pages;

/// <summary>A furnished server whose pages a person visits, one after the other: all to which a link leads. Once with a few of each thing, once with ten thousand.</summary>
internal sealed class PageBench(BenchOptions options, Report report) : IDisposable
{
    // So many visits of every page before any is measured.
    private const int Rounds = 15;
    private const int Visits = 50;

    private const string Admin = "bench-admin@example.com";
    private const string Owner = "bench-owner@example.com";

    private readonly string _home = Directory.CreateDirectory(Path.Combine(options.Home, $"pages-{Guid.NewGuid():N}")).FullName;

    // Visits come from one address and one session, and none of the limits is what is measured.
    private readonly Dictionary<string, string> _settings = new()
    {
        ["AuthServer__Bootstrap__AdminEmail"] = Admin,
        ["AuthServer__Bootstrap__AdminPassword"] = RealServer.Secret,
        ["AuthServer__RateLimits__PerAddress"] = "100000000",
        ["AuthServer__RateLimits__SignIn"] = "100000000",
        ["AuthServer__RateLimits__PerKey"] = "100000000",
    };

    // A session belongs to an issuer, and the issuer is an address.
    private readonly System.Net.IPEndPoint _address = ChildServer.FreeAddress();

    public async Task RunAsync()
    {
        using var filling = new PageFilling(_home, Owner);
        using (var server = await StartAsync())
        {
            await filling.FillAsync(server.Url);
        }

        await MeasureAsync("few");
        await filling.MultiplyAsync();
        await MeasureAsync("10,000");
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);

    private Task<ChildServer> StartAsync(bool logsStatements = false) => RealServer.StartAsync(
        options.ServerPath, _home, _address, logsStatements ? new Dictionary<string, string>(_settings) { ["Logging__LogLevel__Microsoft.EntityFrameworkCore.Database.Command"] = "Information" } : _settings);

    private async Task MeasureAsync(string rows)
    {
        IReadOnlyList<(PageVisitor Visitor, string Page)> pages;
        Dictionary<string, int> statements;
        using (var server = await StartAsync(logsStatements: true))
        {
            pages = await SeenAsync(server);
            statements = await CountAsync(server, pages);
        }

        Console.Error.WriteLine($"{pages.Count} pages with {rows} rows: {Rounds} + {Visits} visits of each");
        using (var server = await StartAsync())
        {
            for (var round = 0; round < Rounds; round++)
            {
                foreach (var (visitor, page) in pages)
                {
                    await visitor.GetAsync(page);
                }
            }

            foreach (var (visitor, page) in pages)
            {
                report.Add(await MeasureAsync(server, visitor, new PageMeasured(rows, page, statements[page], 0, 0, 0, 0)));
            }
        }

        pages.Select(page => page.Visitor).Distinct().ToList().ForEach(visitor => visitor.Dispose());
    }

    private static async Task<PageMeasured> MeasureAsync(ChildServer server, PageVisitor visitor, PageMeasured page)
    {
        var (times, before, weight) = (new double[Visits], server.Work, 0);
        for (var i = 0; i < Visits; i++)
        {
            var clock = Stopwatch.StartNew();
            weight = (await visitor.GetAsync(page.Page)).Length;
            times[i] = clock.Elapsed.TotalMilliseconds;
        }

        var work = (server.Work - before).TotalMilliseconds / Visits;
        Array.Sort(times);
        return page with { P50 = times[Visits / 2], P99 = times[Visits * 99 / 100], Work = work, Weight = weight };
    }

    /// <summary>What each of them comes to by links.</summary>
    private async Task<IReadOnlyList<(PageVisitor Visitor, string Page)>> SeenAsync(ChildServer server)
    {
        List<(PageVisitor Visitor, string Page)> seen = [];
        foreach (var (email, starts) in new (string, string[])[] { (Owner, ["/developer", "/dashboard"]), (Admin, ["/admin"]) })
        {
            using var person = new Person(server.Url, email);
            var visitor = new PageVisitor(server.Url, await person.CookieHeaderAsync());
            foreach (var start in starts)
            {
                var (pages, dead) = await visitor.WalkAsync(start);
                dead.ToList().ForEach(report.Fault);
                seen.AddRange(pages.Select(page => (visitor, page)));
            }
        }

        return [.. seen.DistinctBy(one => one.Page)];
    }

    /// <summary>By a server that logs each statement; what it does by itself meanwhile is left out by taking the least of some visits.</summary>
    private static async Task<Dictionary<string, int>> CountAsync(ChildServer server, IReadOnlyList<(PageVisitor Visitor, string Page)> pages)
    {
        const string Mark = "Executed DbCommand";
        Dictionary<string, int> counts = [];
        foreach (var (visitor, page) in pages)
        {
            for (var visit = 0; visit < 3; visit++)
            {
                var before = server.CountLines(Mark);
                await visitor.GetAsync(page);

                // The console is written behind the answer's back.
                await Task.Delay(40);
                counts[page] = Math.Min(counts.GetValueOrDefault(page, int.MaxValue), server.CountLines(Mark) - before);
            }
        }

        return counts;
    }
}
