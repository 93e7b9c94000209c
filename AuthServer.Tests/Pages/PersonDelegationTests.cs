using System.Net;
using System.Text.Json;
using AuthServer.Delegations;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Pages;

/// <summary>What was passed on in a person's name: who can act for them now, seen and stopped.</summary>
public sealed class PersonDelegationTests(DeveloperSide side) : IClassFixture<DeveloperSide>
{
    private static readonly string[] Asked = ["email:read", "email:send", "delegations.write"];

    private static readonly string[] Passed = ["email:read", "delegations.write"];

    [Fact]
    public async Task The_dashboard_and_the_API_name_who_acts_directly_and_who_acts_through_another()
    {
        var (person, browser, forest, planner, token) = await AllowedAsync();
        using var _ = browser;
        var (worker, tool) = (await forest.AgentAsync("worker"), await forest.AgentAsync("tool"));
        var first = await forest.PassOnAsync(token, worker, Passed);
        var second = await forest.PassOnAsync(await forest.ExchangedAsync(worker, token), tool);
        await browser.GoAsync("/dashboard");

        Assert.Contains("You let planner act", browser.Text, StringComparison.Ordinal);
        Assert.Equal(["tool", "worker"], browser.Page.QuerySelectorAll("h3.grant-name").Select(name => name.TextContent).Order(StringComparer.Ordinal));
        var actors = await ActorsAsync(person);
        Assert.Equal(
            [(planner.Id, "", "email:read email:send delegations.write"), (worker.Id, first, "email:read delegations.write"), (tool.Id, $"{first} {second}", "email:read")],
            actors.Select(actor => (Text(actor, "agentId"), string.Join(' ', actor.GetProperty("chain").EnumerateArray().Select(hop => Text(hop, "delegationId"))),
                string.Join(' ', actor.GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString())))));
        await browser.GoAsync("/dashboard/delegations");
        Assert.Equal(["planner lets worker act", "worker lets tool act"], browser.Page.QuerySelectorAll(".hop-who > a").Select(link => link.TextContent));
    }

    [Fact]
    public async Task The_person_ends_a_hop_and_what_is_below_it()
    {
        var (person, browser, forest, planner, token) = await AllowedAsync();
        using var _ = browser;
        var (worker, tool) = (await forest.AgentAsync("worker"), await forest.AgentAsync("tool"));
        var first = await forest.PassOnAsync(token, worker, Passed);
        await forest.PassOnAsync(await forest.ExchangedAsync(worker, token), tool);
        await browser.GoAsync($"/delegation?id={first}&revoke=ask");
        await browser.SubmitAsync(button: "Revoke it");

        Assert.Contains("It is revoked", browser.Text, StringComparison.Ordinal);
        Assert.Equal([planner.Id], (await ActorsAsync(person)).Select(actor => Text(actor, "agentId")));
        var told = Assert.Single(await side.Server.TrailAsync(DelegationEvents.Revoked), row => row.Target == first);
        Assert.Equal(person.Id, told.Subject);
        Assert.Contains(person.Id, told.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Taking_the_consent_back_leaves_nobody_and_the_picture_says_why()
    {
        var (person, browser, forest, _, token) = await AllowedAsync();
        using var disposed = browser;
        await forest.PassOnAsync(token, await forest.AgentAsync("worker"));
        await browser.GoAsync("/dashboard");
        await browser.SubmitAsync(button: "Stop it");

        Assert.Empty(await ActorsAsync(person));
        await browser.GoAsync("/dashboard/delegations");
        Assert.Contains("Consent ended", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_suspended_agent_in_the_middle_ends_what_is_behind_it_too()
    {
        var (person, browser, forest, planner, token) = await AllowedAsync();
        using var _ = browser;
        var (worker, tool) = (await forest.AgentAsync("worker"), await forest.AgentAsync("tool"));
        await forest.PassOnAsync(token, worker, Passed);
        await forest.PassOnAsync(await forest.ExchangedAsync(worker, token), tool);
        await forest.SuspendAsync(worker);

        Assert.Equal([planner.Id], (await ActorsAsync(person)).Select(actor => Text(actor, "agentId")));
        await browser.GoAsync("/dashboard/delegations");
        Assert.Equal(["Agent inactive", "Cut above"], browser.Page.QuerySelectorAll(".hop .risk").Select(state => state.TextContent.Trim()).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Another_person_sees_none_of_it()
    {
        var (person, browser, forest, _, token) = await AllowedAsync();
        using var disposed = browser;
        var id = await forest.PassOnAsync(token, await forest.AgentAsync("worker"));
        var other = await side.PersonAsync();
        (await other.Api.GetAsync($"/users/{person.Id}/acting-agents")).Is(HttpStatusCode.NotFound);
        Assert.Empty(await ActorsAsync(other));
        using var stranger = new TestBrowser(side.Server);
        await stranger.GoAsync("/sign-in");
        await stranger.SignInAsync(other.Email, Rest.Password);
        await stranger.GoAsync("/delegation?id=" + id);
        Assert.Equal(HttpStatusCode.NotFound, stranger.Response.StatusCode);
        await stranger.GoAsync("/dashboard/delegations");
        Assert.Contains("Nothing was passed on", stranger.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_organization_sees_what_its_agents_do_in_a_persons_name_but_not_whose()
    {
        var crew = await side.CrewAsync();
        var (person, browser, forest, _, token) = await AllowedAsync(crew);
        using var disposed = browser;
        var id = await forest.PassOnAsync(token, await forest.AgentAsync("worker"));
        using var member = new TestBrowser(side.Server);
        await member.GoAsync("/sign-in");
        await member.SignInAsync(crew.Owner.Email, Rest.Password);
        await member.GoAsync("/delegation?id=" + id);

        Assert.Contains("A person's, by their consent", member.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(person.Id, member.Page.Source.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(person.Email, member.Page.Source.Text, StringComparison.Ordinal);
    }

    /// <summary>A person, their browser, and the agent that they allowed to act, with its token.</summary>
    private async Task<(Somebody Person, TestBrowser Browser, DelegationForest Forest, ForestAgent Planner, string Token)> AllowedAsync(Crew? crew = null)
    {
        var forest = new DelegationForest((crew ?? await side.CrewAsync()).Key);
        var (person, planner, browser) = (await side.PersonAsync(), await forest.AgentAsync("planner"), new TestBrowser(side.Server));
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(person.Email, Rest.Password);
        await browser.GoAsync(await forest.AskAsync(planner, Asked));
        await browser.SubmitAsync(button: "Allow");
        return (person, browser, forest, planner, await forest.TokenAsync(planner, Flows.Query(browser.Left!)["code"]));
    }

    private static async Task<JsonElement[]> ActorsAsync(Somebody person) =>
        [.. (await person.Api.GetAsync($"/users/{person.Id}/acting-agents")).Is(HttpStatusCode.OK).Json.GetProperty("data").EnumerateArray()];

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
