using System.Net;
using System.Net.Http.Json;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Organizations;

/// <summary>Who may call for an organization: what a browser's cookie is good for, and how often a credential may ask.</summary>
public sealed class CallerTests(DeveloperSide side) : IClassFixture<DeveloperSide>
{
    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    [Trait("negative", "2")]
    public async Task A_session_names_no_organization_that_its_person_is_no_member_of(string method)
    {
        var (ours, theirs) = (await side.CrewAsync(), await side.CrewAsync());
        using var browser = await BrowserAsync(ours);
        foreach (var (organization, status) in new[] { (theirs.Id, HttpStatusCode.Forbidden), ("acct_nobody", HttpStatusCode.Forbidden), (ours.Id, HttpStatusCode.OK) })
        {
            using var request = Request(method, ("X-Organization", organization), ("Sec-Fetch-Site", "same-origin"));
            await browser.SendAsync(request);
            Assert.Equal(status, browser.Response.StatusCode);
        }

        Assert.Equal(0, await AgentsAsync(theirs));
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Sec-Fetch-Site", "none")]
    [InlineData("Origin", "https://elsewhere.example")]
    [InlineData("Origin", "null")]
    [InlineData(null, null)]
    [Trait("negative", "6")]
    public async Task Another_site_does_nothing_for_an_organization_with_the_browsers_cookie(string? header, string? value)
    {
        var crew = await side.CrewAsync();
        using var browser = await BrowserAsync(crew);
        using var request = header is null ? Request("POST") : Request("POST", (header, value!));

        await browser.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, browser.Response.StatusCode);
        Assert.Contains("\"cross_site\"", await browser.Response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await AgentsAsync(crew));
    }

    [Fact]
    public async Task A_key_that_asks_too_often_waits_as_long_as_it_is_told_and_hinders_no_other()
    {
        await using var server = await Flows.StartAsync(("AuthServer:RateLimits:PerKey", "3"));
        var acme = await OrganizationSide.CreateAsync(server);
        var colleague = await acme.ColleagueAsync(AuthServer.Organizations.Role.Developer);
        for (var i = 0; i < 3; i++)
        {
            await acme.GetAsync("/api/v1/agents");
        }

        using var limited = await acme.SendAsync(HttpMethod.Get, "/api/v1/agents");
        Assert.Equal(HttpStatusCode.TooManyRequests, limited.StatusCode);
        var wait = limited.Headers.RetryAfter!.Delta!.Value;
        Assert.InRange(wait.TotalSeconds, 1, 120);
        Assert.Equal(429, (await TestServer.JsonAsync(limited)).GetProperty("status").GetInt32());
        await colleague.GetAsync("/api/v1/agents");

        server.Clock.Advance(wait);
        await acme.GetAsync("/api/v1/agents");
    }

    private HttpRequestMessage Request(string method, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), new Uri(side.Server.Address, "/api/v1/agents"))
        {
            Content = method == "GET" ? null : JsonContent.Create(OrganizationSide.Agent()),
        };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    private Task<int> AgentsAsync(Crew crew) => side.Server.QueryAsync(context => context.Agents.CountAsync(row => row.OrganizationId == crew.Id));

    private async Task<TestBrowser> BrowserAsync(Crew crew)
    {
        var browser = new TestBrowser(side.Server);
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(crew.Owner.Email, Rest.Password);
        return browser;
    }
}
