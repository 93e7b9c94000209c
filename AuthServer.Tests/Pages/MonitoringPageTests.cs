using System.Net;
using AuthServer.Data;
using AuthServer.Protocol;
using AuthServer.Tests.Support;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Usage;

namespace AuthServer.Tests.Pages;

/// <summary>How a connection fares, for people: numbers, charts and tables that say the same.</summary>
public sealed class MonitoringPageTests(PageServer pages) : IClassFixture<PageServer>
{
    [Fact]
    public async Task A_member_sees_numbers_charts_and_the_same_as_tables_without_scripts_or_styles()
    {
        var (email, organization) = await OwnerAsync();
        var id = await BusyAsync(pages.Server, organization);
        using var browser = await SignedInAsync(email);

        await browser.GoAsync($"/developer/connections/{id}/monitoring");

        Assert.Equal(HttpStatusCode.OK, browser.Response.StatusCode);
        Assert.Equal("Seen", browser.Page.QuerySelector("h1")!.TextContent);
        Assert.Equal("Day", browser.Page.QuerySelector(".pills [aria-current]")!.TextContent);
        Assert.Matches("^7,[12][0-9]{2} 5 a minute$", string.Join(' ', browser.Page.QuerySelector(".numbers dd")!.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
        var charts = browser.Page.QuerySelectorAll("svg.chart");
        Assert.Equal(3, charts.Length);
        Assert.NotEmpty(browser.Page.QuerySelectorAll("td.share-cell > svg.share[aria-hidden=true]"));
        Assert.All(charts, chart => Assert.All(chart.GetAttribute("aria-labelledby")!.Split(' '), named => Assert.NotNull(browser.Page.GetElementById(named))));
        Assert.Equal(96, browser.Page.QuerySelectorAll("details tbody tr").Length);
        Assert.Contains("404 Not Found", browser.Text, StringComparison.Ordinal);
        Assert.Empty(browser.Page.QuerySelectorAll("script:not([src]), style, [style]"));
        Assert.InRange((await browser.Response.Content.ReadAsStringAsync()).Length, 5_000, 100_000);
    }

    [Theory]
    [InlineData("hour", 60)]
    [InlineData("90-days", 90)]
    [InlineData("nonsense", 96)]
    public async Task A_period_is_chosen_by_a_link(string period, int steps)
    {
        var (email, organization) = await OwnerAsync();
        var id = await BusyAsync(pages.Server, organization);
        using var browser = await SignedInAsync(email);

        await browser.GoAsync($"/developer/connections/{id}/monitoring?period={period}");

        Assert.Equal(steps, browser.Page.QuerySelectorAll("details tbody tr").Length);
        Assert.All(browser.Page.QuerySelectorAll(".pills a"), link => Assert.StartsWith($"/developer/connections/{id}/monitoring?period=", link.GetAttribute("href"), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_calls_it_says_so_and_names_are_text()
    {
        var (email, organization) = await OwnerAsync();
        var id = await QuietAsync(pages.Server, organization, "A <b>name</b>");
        using var browser = await SignedInAsync(email);

        await browser.GoAsync($"/developer/connections/{id}/monitoring");

        Assert.Equal("A <b>name</b>", browser.Page.QuerySelector("h1")!.TextContent);
        Assert.Contains("Nothing was called in this time", browser.Text, StringComparison.Ordinal);
        Assert.Empty(browser.Page.QuerySelectorAll("svg.chart"));
    }

    [Fact]
    public async Task Others_do_not_see_it()
    {
        var id = await QuietAsync(pages.Server, (await OwnerAsync()).Organization, "Theirs");
        using var stranger = await SignedInAsync((await OwnerAsync()).Email);
        await stranger.GoAsync($"/developer/connections/{id}/monitoring");
        Assert.Equal(HttpStatusCode.NotFound, stranger.Response.StatusCode);

        using var nobody = new TestBrowser(pages.Server);
        await nobody.GoAsync($"/developer/connections/{id}/monitoring");
        Assert.Equal("/sign-in", nobody.Address.AbsolutePath);
    }

    /// <summary>A connection that nothing went through.</summary>
    internal static Task<string> QuietAsync(TestServer server, string organizationId, string name) => server.QueryAsync(context => QuietAsync(context, organizationId, name, server.Clock.Now));

    /// <summary>One that was called all day, by two agents and by members.</summary>
    internal static Task<string> BusyAsync(TestServer server, string organizationId) => server.QueryAsync(context => BusyAsync(context, organizationId, "Seen", server.Clock.Now));

    internal static async Task<string> QuietAsync(AuthDbContext context, string organizationId, string name, DateTimeOffset now, string provider = "slack")
    {
        var connection = new Connection { Id = Identifiers.New(Connection.IdPrefix, now), OrganizationId = organizationId, ProviderId = provider, Name = name, Status = ConnectionStatus.Active, CreatedAt = now, UpdatedAt = now };
        context.Connections.Add(connection);
        await context.SaveChangesAsync();
        return connection.Id;
    }

    internal static async Task<string> BusyAsync(AuthDbContext context, string organizationId, string name, DateTimeOffset now, string provider = "slack")
    {
        var id = await QuietAsync(context, organizationId, name, now, provider);
        context.ConnectionUsages.AddRange(Minutes(id, now));
        context.ConnectionUsages.AddRange(Minutes(id, now).GroupBy(row => (row.AgentId, Hour: row.At.AddMinutes(-row.At.Minute))).Select(hour => Sum(hour.Key.AgentId, hour.Key.Hour, [.. hour])));
        context.CredentialPulses.Add(new CredentialPulse
        {
            ConnectionId = id,
            AccountId = "",
            ToldAt = now,
            SucceededAt = now,
            FailedAt = now.AddMinutes(-3),
            SeenAt = now,
            QuotaLimit = 5000,
            QuotaLeft = 1234,
            QuotaResetsAt = now.AddMinutes(20),
            QuotaSeenAt = now,
        });
        await context.SaveChangesAsync();
        return id;
    }

    // 7,200 calls a day: five a minute, more in the middle of it.
    private static IEnumerable<ConnectionUsage> Minutes(string id, DateTimeOffset now)
    {
        var minute = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);
        for (var i = 0; i < 1440; i++)
        {
            var calls = i % 3 == 0 ? 7 : 4;
            var (lost, failed) = (i % 7 == 0 ? 1 : 0, i % 400 < 40 ? 1 : 0);
            var errors = new Dictionary<string, long>();
            ErrorCounts.Add(errors, "404", lost);
            ErrorCounts.Add(errors, "503", failed);
            yield return new ConnectionUsage
            {
                ConnectionId = id,
                AgentId = i % 4 == 0 ? "" : $"agt_{i % 2}",
                Seconds = 60,
                At = minute.AddMinutes(-i),
                Calls = calls,
                Succeeded = calls - lost - failed,
                ClientErrors = lost,
                ServerErrors = failed,
                RateLimited = failed,
                Refreshed = i % 60 == 0 ? 1 : 0,
                RefreshesFailed = i % 360 == 0 ? 1 : 0,
                Latency = $"0 0 1 {calls - 1 - failed} 0 {failed}",
                Errors = ErrorCounts.Write(errors.Where(pair => pair.Value > 0).ToDictionary()),
            };
        }
    }

    private static ConnectionUsage Sum(string agentId, DateTimeOffset hour, ConnectionUsage[] rows)
    {
        var (latency, errors) = (new long[Latencies.Bounds.Count + 1], new Dictionary<string, long>());
        foreach (var row in rows)
        {
            latency = [.. latency.Zip(Latencies.Read(row.Latency), (one, other) => one + other)];
            ErrorCounts.Add(errors, ErrorCounts.Read(row.Errors));
        }

        return new ConnectionUsage
        {
            ConnectionId = rows[0].ConnectionId,
            AgentId = agentId,
            Seconds = 3600,
            At = hour,
            Calls = rows.Sum(row => row.Calls),
            Succeeded = rows.Sum(row => row.Succeeded),
            ClientErrors = rows.Sum(row => row.ClientErrors),
            ServerErrors = rows.Sum(row => row.ServerErrors),
            RateLimited = rows.Sum(row => row.RateLimited),
            Refreshed = rows.Sum(row => row.Refreshed),
            RefreshesFailed = rows.Sum(row => row.RefreshesFailed),
            Latency = Latencies.Write(latency),
            Errors = ErrorCounts.Write(errors),
        };
    }

    private async Task<(string Email, string Organization)> OwnerAsync()
    {
        using var rest = new Rest(pages.Server);
        var registered = await rest.RegisterDeveloperAsync("Acme");
        return (registered.GetProperty("developer").GetProperty("email").GetString()!, registered.GetProperty("organization").GetProperty("id").GetString()!);
    }

    private async Task<TestBrowser> SignedInAsync(string email)
    {
        var browser = new TestBrowser(pages.Server);
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(email, Rest.Password);
        return browser;
    }
}
