using System.Net;
using AuthServer.Delegations;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Pages;

/// <summary>The delegations of an organization, as its members see and cut them.</summary>
public sealed class DelegationPageTests(DeveloperSide side) : IClassFixture<DeveloperSide>
{
    [Fact]
    public async Task A_member_sees_who_gave_what_to_whom_for_how_long_and_within_which_bounds()
    {
        var (crew, forest) = await ForestAsync();
        var (first, second, third) = (await forest.AgentAsync("planner"), await forest.AgentAsync("worker"), await forest.AgentAsync("tool"));
        var root = await forest.DelegateAsync(first, second, constraints: new object[]
        {
            new { key = "amount", max = 100 }, new { key = "amount", budget = new { max = 150, currency = "EUR", window_seconds = 86400 } },
        }, hours: 24);
        await forest.DelegateAsync(second, third, root);
        using var browser = await SignedInAsync(crew.Owner);
        await browser.GoAsync("/developer/delegations");

        Assert.Equal(["planner lets worker act", "worker lets tool act"], Hops(browser).Select(hop => hop.Who));
        Assert.All(Hops(browser), hop => Assert.Equal("Live", hop.State));
        Assert.Contains("amount at most 100", browser.Text, StringComparison.Ordinal);
        Assert.Contains("amount at most 150 EUR in any 24 hours, with everything below", browser.Text, StringComparison.Ordinal);
        Assert.Contains("email:read", browser.Text, StringComparison.Ordinal);
        Assert.Matches(@"Since \d.* until \d", browser.Text);
        Assert.Equal(3, browser.Page.QuerySelectorAll("svg.graph-node").Length);
        Assert.Equal(2, browser.Page.QuerySelectorAll("path.graph-edge.lives").Length);
    }

    [Fact]
    public async Task What_is_dead_says_so_in_words_and_by_its_line_and_why()
    {
        var (crew, forest) = await ForestAsync();
        var (first, second, third, fourth) = (await forest.AgentAsync("planner"), await forest.AgentAsync("worker"), await forest.AgentAsync("tool"), await forest.AgentAsync("other"));
        var revoked = await forest.DelegateAsync(first, second);
        await forest.DelegateAsync(second, third, revoked);
        await forest.RevokeAsync(revoked);
        await forest.DelegateAsync(first, third, hours: 1);
        side.Server.Clock.Advance(TimeSpan.FromHours(2));
        var suspended = await forest.DelegateAsync(first, fourth);
        await forest.DelegateAsync(fourth, third, suspended);
        await forest.SuspendAsync(fourth);
        using var browser = await SignedInAsync(crew.Owner);
        await browser.GoAsync("/developer/delegations");

        Assert.Equal(
            ["other lets tool act: Cut above", "planner lets other act: Agent inactive", "planner lets tool act: Expired", "planner lets worker act: Revoked", "worker lets tool act: Revoked"],
            Hops(browser).Select(hop => $"{hop.Who}: {hop.State}").Order(StringComparer.Ordinal));
        Assert.Equal(5, browser.Page.QuerySelectorAll("path.graph-edge.died").Length);
        Assert.Empty(browser.Page.QuerySelectorAll("path.graph-edge.lives"));
    }

    [Fact]
    public async Task One_agents_part_is_what_it_gave_and_received_with_what_hangs_above_and_below()
    {
        var (crew, forest) = await ForestAsync();
        var (first, second, third, fourth) = (await forest.AgentAsync("planner"), await forest.AgentAsync("worker"), await forest.AgentAsync("tool"), await forest.AgentAsync("other"));
        var root = await forest.DelegateAsync(first, second);
        var next = await forest.DelegateAsync(second, third, root);
        await forest.DelegateAsync(third, fourth, next);
        await forest.DelegateAsync(first, fourth);
        using var browser = await SignedInAsync(crew.Owner);
        await browser.GoAsync($"/developer/delegations?agent={third.Id}");

        Assert.Equal(["planner lets worker act", "tool lets other act", "worker lets tool act"], Hops(browser).Select(hop => hop.Who).Order(StringComparer.Ordinal));
        Assert.Equal(3, browser.Page.QuerySelectorAll(".hop-who > a").Length);
    }

    [Fact]
    public async Task A_name_full_of_markup_stays_a_name()
    {
        var (crew, forest) = await ForestAsync();
        var name = "</title></svg><script>alert(1)</script><img src=x onerror=alert(1)>";
        var id = await forest.DelegateAsync(await forest.AgentAsync(name), await forest.AgentAsync("worker"), constraints: new[] { new { key = "<b>path</b>", prefix = "<i>/</i>" } });
        using var browser = await SignedInAsync(crew.Owner);
        foreach (var page in new[] { "/developer/delegations", "/delegation?id=" + id, $"/delegation?id={id}&revoke=ask" })
        {
            await browser.GoAsync(page);

            Assert.Empty(browser.Page.QuerySelectorAll("script:not([src^='/']), main img, main b, main i, [style]"));
            Assert.Contains(name, browser.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Another_organizations_graph_and_hops_are_not_there()
    {
        var (crew, forest) = await ForestAsync();
        var (other, _) = await ForestAsync();
        var agent = await forest.AgentAsync("planner");
        var id = await forest.DelegateAsync(agent, await forest.AgentAsync("worker"));
        using var browser = await SignedInAsync(other.Owner);
        foreach (var page in new[]
        {
            $"/developer/delegations?organization={crew.Id}", $"/developer/delegations?organization={other.Id}&agent={agent.Id}", "/developer/delegations?agent=nonsense",
            "/delegation?id=" + id, $"/delegation?id={id}&revoke=ask", "/delegation?id=dlg_01jv0000000000000000000000", "/delegation", "/dashboard/delegations?agent=nonsense",
        })
        {
            await browser.GoAsync(page);
            Assert.Equal(HttpStatusCode.NotFound, browser.Response.StatusCode);
            Assert.DoesNotContain("planner", browser.Text, StringComparison.Ordinal);
        }

        await browser.GoAsync("/developer/delegations");
        Assert.Contains("Nothing was delegated", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task However_much_others_give_to_its_agents_an_organization_sees_what_it_gave_itself()
    {
        var (crew, forest) = await ForestAsync();
        var (_, foreign) = await ForestAsync();
        var (mine, worker, theirs) = (await forest.AgentAsync("planner"), await forest.AgentAsync("worker"), await foreign.AgentAsync("generous"));
        await forest.DelegateAsync(mine, worker);
        for (var i = 0; i <= DelegationGraphs.Most; i++)
        {
            side.Server.Clock.Advance(TimeSpan.FromMilliseconds(1));
            await foreign.DelegateAsync(theirs, worker);
        }

        using var browser = await SignedInAsync(crew.Owner);
        foreach (var agent in new[] { "", "&agent=" + worker.Id })
        {
            await browser.GoAsync($"/developer/delegations?organization={crew.Id}{agent}");
            Assert.Equal("planner lets worker act", Hops(browser).First().Who);
            Assert.Contains($"The first {DelegationGraphs.Most} are shown", browser.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Another_organizations_agent_is_shown_without_its_name_and_what_it_passed_on_too()
    {
        var (crew, forest) = await ForestAsync();
        var (abroad, foreign) = await ForestAsync();
        var (mine, theirs, further) = (await forest.AgentAsync("planner"), await foreign.AgentAsync("secret project"), await foreign.AgentAsync("further project"));
        var root = await forest.DelegateAsync(mine, theirs);
        await foreign.DelegateAsync(theirs, further, root);
        using var browser = await SignedInAsync(crew.Owner);
        await browser.GoAsync("/developer/delegations");

        Assert.Equal([$"planner lets {theirs.Id} act", $"{theirs.Id} lets {further.Id} act"], Hops(browser).Select(hop => hop.Who));
        Assert.DoesNotContain("project", browser.Text, StringComparison.Ordinal);

        using var stranger = await SignedInAsync(abroad.Owner);
        await stranger.GoAsync("/delegation?id=" + root);
        Assert.Contains("secret project", stranger.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("planner", stranger.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_in_several_organizations_chooses_and_who_is_in_none_is_told()
    {
        var (crew, forest) = await ForestAsync();
        var other = await side.CrewAsync("Other Works");
        await forest.DelegateAsync(await forest.AgentAsync("planner"), await forest.AgentAsync("worker"));
        (await crew.Owner.Api.PostAsync("/invitations/accept", new { token = await other.InviteAsync(crew.Owner.Email) })).Is(HttpStatusCode.OK);
        using var browser = await SignedInAsync(crew.Owner);
        await browser.GoAsync("/developer/delegations");

        Assert.Contains("Whose do you want to see?", browser.Text, StringComparison.Ordinal);
        await browser.GoAsync(browser.Page.QuerySelectorAll(".choices a").Select(link => link.GetAttribute("href")!).Single(address => address.EndsWith(crew.Id, StringComparison.Ordinal)));
        Assert.Equal(["planner lets worker act"], Hops(browser).Select(hop => hop.Who));

        using var alone = await SignedInAsync(await side.PersonAsync());
        await alone.GoAsync("/developer/delegations");
        Assert.Contains("You are in no organization", alone.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Revoking_says_first_what_ends_with_it_and_then_ends_it_and_no_more()
    {
        var (crew, forest) = await ForestAsync();
        var (first, second, third) = (await forest.AgentAsync("planner"), await forest.AgentAsync("worker"), await forest.AgentAsync("tool"));
        var root = await forest.DelegateAsync(first, second);
        await forest.DelegateAsync(second, third, root);
        var beside = await forest.DelegateAsync(first, third);
        using var browser = await SignedInAsync(await crew.JoinedAsync("developer"));
        await browser.GoAsync("/delegation?id=" + root);
        Assert.Empty(browser.Page.Forms);
        await browser.GoAsync(browser.Page.QuerySelector("a.button-danger")!.GetAttribute("href")!);
        Assert.Contains("2 delegations, itself among them", browser.Text, StringComparison.Ordinal);
        Assert.Equal(["tool", "worker"], browser.Page.QuerySelectorAll(".scope-tags li").Select(agent => agent.TextContent).Order(StringComparer.Ordinal));
        await browser.SubmitAsync(button: "Revoke it");

        Assert.Contains("It is revoked", browser.Text, StringComparison.Ordinal);
        await browser.GoAsync("/developer/delegations");
        Assert.Equal(["Revoked", "Revoked", "Live"], Hops(browser).OrderBy(hop => hop.Who == "planner lets tool act").Select(hop => hop.State));
        Assert.Single(await side.Server.TrailAsync(DelegationEvents.Revoked), row => row.Target == root);
        await browser.GoAsync($"/delegation?id={beside}&revoked=yes");
        Assert.DoesNotContain("It is revoked", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_auditor_sees_it_and_cannot_end_it()
    {
        var (crew, forest) = await ForestAsync();
        var id = await forest.DelegateAsync(await forest.AgentAsync("planner"), await forest.AgentAsync("worker"));
        var auditor = await crew.JoinedAsync("auditor");
        using var browser = await SignedInAsync(auditor);
        await browser.GoAsync($"/delegation?id={id}&revoke=ask");
        Assert.Contains("You may look at it, and not end it", browser.Text, StringComparison.Ordinal);
        Assert.Empty(browser.Page.Forms);

        // With a form of another page of theirs, which has what is needed against forgery.
        await browser.GoAsync("/chain");
        await browser.SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(side.Server.Address, "/delegation?id=" + id))
        {
            Content = new FormUrlEncodedContent([new("csrf", browser.Page.QuerySelector("input[name=csrf]")!.GetAttribute("value"))]),
        });
        Assert.Equal(HttpStatusCode.Forbidden, browser.Response.StatusCode);
        Assert.Equal("This needs the role of a developer", browser.Page.QuerySelector("h1")!.TextContent);
        Assert.Single(await side.Server.TrailAsync("access.refused"), row => row.Subject == auditor.Id && row.Reason == "role");
        await browser.GoAsync("/developer/delegations");
        Assert.Equal("Live", Assert.Single(Hops(browser)).State);
    }

    [Fact]
    public async Task In_a_suspended_organization_nobody_ends_one()
    {
        var (crew, forest) = await ForestAsync();
        var id = await forest.DelegateAsync(await forest.AgentAsync("planner"), await forest.AgentAsync("worker"));
        using var browser = await SignedInAsync(crew.Owner);
        await browser.GoAsync($"/delegation?id={id}&revoke=ask");
        var now = side.Server.Clock.Now;
        await side.Server.QueryAsync(context => context.Organizations.Where(row => row.Id == crew.Id).ExecuteUpdateAsync(row => row.SetProperty(one => one.SuspendedAt, now)));
        await browser.SubmitAsync(button: "Revoke it");
        Assert.Equal(HttpStatusCode.Forbidden, browser.Response.StatusCode);
        Assert.Null(await side.Server.QueryAsync(context => context.Delegations.Where(row => row.Id == id).Select(row => row.RevokedAt).SingleAsync()));
    }

    [Fact]
    public async Task A_form_that_another_site_sends_revokes_nothing()
    {
        var (crew, forest) = await ForestAsync();
        var id = await forest.DelegateAsync(await forest.AgentAsync("planner"), await forest.AgentAsync("worker"));
        using var browser = await SignedInAsync(crew.Owner);
        await browser.GoAsync($"/delegation?id={id}&revoke=ask");
        await browser.SubmitAsync(new() { ["csrf"] = null }, "Revoke it");

        Assert.Contains("This page was out of date", browser.Text, StringComparison.Ordinal);
        await browser.GoAsync("/developer/delegations");
        Assert.Equal("Live", Assert.Single(Hops(browser)).State);
    }

    [Theory]
    [InlineData("/developer/delegations")]
    [InlineData("/dashboard/delegations")]
    [InlineData("/delegation?id=dlg_01jv0000000000000000000000")]
    public async Task Who_is_not_signed_in_is_sent_to_sign_in(string page)
    {
        using var browser = new TestBrowser(side.Server);
        await browser.GoAsync(page);

        Assert.Equal("/sign-in", browser.Address.AbsolutePath);
    }

    private async Task<(Crew Crew, DelegationForest Forest)> ForestAsync()
    {
        var crew = await side.CrewAsync();
        return (crew, new DelegationForest(crew.Key));
    }

    private async Task<TestBrowser> SignedInAsync(Somebody person)
    {
        var browser = new TestBrowser(side.Server);
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(person.Email, Rest.Password);
        return browser;
    }

    private static IEnumerable<(string Who, string State)> Hops(TestBrowser browser) => browser.Page.QuerySelectorAll(".hop").Select(hop =>
        (hop.QuerySelector(".hop-who > a, .hop-who > strong")!.TextContent, hop.QuerySelector(".risk")!.TextContent.Trim()));
}
