using System.Net;
using System.Text.Json;
using AuthServer.Agents;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Pages;

public sealed class ClaimPageTests(DeveloperSide side) : IClassFixture<DeveloperSide>
{
    private const string NotGood = "used already, or the agent that it was for has ended";

    [Fact]
    public async Task Somebody_signs_in_by_the_link_sees_what_it_is_and_makes_an_organization_with_it()
    {
        var started = await UnclaimedSide.StartAsync(side.Server, $"pipeline {Guid.NewGuid():N}");
        var person = await side.PersonAsync();
        using var browser = new TestBrowser(side.Server);
        await browser.GoAsync(Link(started));
        Assert.Equal("/sign-in", browser.Address.AbsolutePath);
        await browser.SignInAsync(person.Email, Rest.Password);

        Assert.Equal("/claim", browser.Address.AbsolutePath);
        foreach (var shown in new[]
        {
            Text(started.GetProperty("claim"), "code"), "the agent shows you the same code", Text(started.GetProperty("agent"), "name"), "Processes nightly ETL jobs", "It works by itself",
            "Register and change agents", "127.0.0.1",
        })
        {
            Assert.Contains(shown, browser.Text.Replace("::1/64", "127.0.0.1", StringComparison.Ordinal), StringComparison.Ordinal);
        }

        await browser.SubmitAsync(new() { ["Organization"] = "new", ["OrganizationName"] = "Night Works" }, "Yes, I answer for it");
        Assert.Contains("belongs to Night Works now", browser.Text, StringComparison.Ordinal);
        await browser.GoAsync("/dashboard");
        Assert.Equal(Text(started.GetProperty("agent"), "name"), browser.Page.QuerySelector(".owned-name")!.TextContent);

        // What it had goes on: its organization is the same one.
        using var agent = new Rest(side.Server, Text(started.GetProperty("token"), "access_token"));
        var answer = (await agent.GetAsync("/agents/" + Id(started))).Is(HttpStatusCode.OK).Json;
        Assert.Equal((person.Id, Text(started.GetProperty("agent"), "organization_id")), (Text(answer, "ownerId"), Text(answer, "organizationId")));
        var owner = await person.SignInAsync(Text(started.GetProperty("agent"), "organization_id"));
        Assert.Equal(Id(started), Text((await owner.Api.GetAsync("/agents")).Is(HttpStatusCode.OK).Json.GetProperty("data")[0], "id"));
        var key = (await agent.GetAsync("/credentials")).Is(HttpStatusCode.OK).Json.GetProperty("data")[0];
        Assert.False(key.TryGetProperty("expires_at", out var end) && end.ValueKind != JsonValueKind.Null);
    }

    [Fact]
    public async Task What_was_typed_when_the_session_was_over_waits_for_its_person_and_nobody_else()
    {
        var started = await UnclaimedSide.StartAsync(side.Server);
        var (person, other) = (await side.PersonAsync(), await side.PersonAsync());
        using var browser = new TestBrowser(side.Server);
        await browser.GoAsync(Link(started));
        await browser.SignInAsync(person.Email, Rest.Password);
        EveryFormTests.Expire(browser);
        await browser.SubmitAsync(new() { ["Organization"] = "new", ["OrganizationName"] = "Late Works" }, "Yes, I answer for it");
        Assert.Contains("You are not signed in any more", browser.Text, StringComparison.Ordinal);
        var signIn = browser.Page.QuerySelector("main a.button")!.GetAttribute("href")!;
        await browser.GoAsync(signIn);
        await browser.SignInAsync(other.Email, Rest.Password);
        Assert.Equal("/claim", browser.Address.AbsolutePath);
        Assert.DoesNotContain("What you typed is kept", browser.Text, StringComparison.Ordinal);

        EveryFormTests.Expire(browser);
        await browser.GoAsync(signIn);
        await browser.SignInAsync(person.Email, Rest.Password);
        Assert.Contains("What you typed is kept", browser.Text, StringComparison.Ordinal);
        await browser.SubmitAsync(button: "Send it now");
        Assert.Contains("belongs to Late Works now", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_one_that_is_suspended_it_is_said_that_its_key_does_not_work_yet()
    {
        var crew = await side.CrewAsync("Acme");
        var started = await UnclaimedSide.StartAsync(side.Server);
        var id = Id(started);
        await side.Server.QueryAsync(context => context.Agents.Where(agent => agent.Id == id).ExecuteUpdateAsync(set => set.SetProperty(agent => agent.Status, AgentStatus.Suspended)));
        using var browser = await SignedInAsync(crew.Owner);
        await browser.GoAsync(Link(started));
        Assert.Contains("It is suspended: it gets no tokens", browser.Text, StringComparison.Ordinal);
        await browser.SubmitAsync(button: "Yes, I answer for it");

        Assert.Contains("its key works again when it is resumed", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_without_an_account_makes_one_and_comes_back_to_the_agent()
    {
        var started = await UnclaimedSide.StartAsync(side.Server);
        using var browser = new TestBrowser(side.Server);
        await browser.GoAsync(Link(started));
        await browser.GoAsync(browser.Page.QuerySelector(".after a[href^='/register']")!.GetAttribute("href")!);
        await browser.SubmitAsync(new() { ["Email"] = $"{Guid.NewGuid():N}@example.com", ["Name"] = "New Comer", ["Password"] = Rest.Password });

        Assert.Equal("/claim", browser.Address.AbsolutePath);
        Assert.Contains(Text(started.GetProperty("claim"), "code"), browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_comes_to_an_organization_of_the_persons_and_what_it_had_before_is_dead_but_its_key()
    {
        var crew = await side.CrewAsync("Acme");
        var started = await UnclaimedSide.StartAsync(side.Server);
        var (key, old) = (Text(started, "api_key"), Text(started.GetProperty("token"), "access_token"));
        using var browser = await ClaimAsync(crew.Owner, started, crew.Id);

        Assert.Contains("belongs to Acme now", browser.Text, StringComparison.Ordinal);
        using (var dead = new Rest(side.Server, old))
        {
            (await dead.GetAsync("/agents/" + Id(started))).Is(HttpStatusCode.Unauthorized);
        }

        side.Server.Clock.Advance(TimeSpan.FromSeconds(2));
        using var nobody = new Rest(side.Server);
        (await nobody.PostAsync("/auth/token", new { grant_type = "refresh_token", refresh_token = Text(started.GetProperty("token"), "refresh_token") })).Is(HttpStatusCode.BadRequest);
        var again = (await nobody.PostAsync("/auth/token", new { grant_type = "client_credentials", client_secret = key })).Is(HttpStatusCode.OK).Json;
        Assert.Equal(crew.Id, Text(ChainSide.Claims(Text(again, "access_token")), "org_id"));
        Assert.Equal(crew.Owner.Id, Text((await crew.Key.GetAsync("/agents/" + Id(started))).Is(HttpStatusCode.OK).Json, "ownerId"));

        var told = Assert.Single(await side.Server.TrailAsync(AgentEvents.Claimed), row => row.AgentId == Id(started));
        Assert.Equal((crew.Owner.Id, crew.Id), (told.Subject, told.OrganizationId));
        Assert.Contains(Text(started.GetProperty("agent"), "organization_id"), told.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_link_is_good_once()
    {
        var (crew, late) = (await side.CrewAsync(), await side.PersonAsync());
        var started = await UnclaimedSide.StartAsync(side.Server);
        using var first = await ClaimAsync(crew.Owner, started, crew.Id);
        using var second = await SignedInAsync(late);
        await second.GoAsync(Link(started));

        Assert.Contains(NotGood, second.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Text(started.GetProperty("claim"), "code"), second.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(second.Page.Forms, form => form.GetAttribute("action") is null or "");
    }

    [Fact]
    public async Task Pressed_twice_it_says_the_same_and_to_nobody_else()
    {
        var (crew, late) = (await side.CrewAsync("Acme"), await side.PersonAsync());
        var started = await UnclaimedSide.StartAsync(side.Server);
        using var browser = await SignedInAsync(crew.Owner);
        await browser.GoAsync(Link(started));
        HttpRequestMessage Press() => new(HttpMethod.Post, browser.Address) { Content = BrowserSide.Form(browser, ("agent", Id(started)), ("Organization", crew.Id), ("Name", "Claimed once"), ("decision", "claim")) };
        var (once, twice) = (Press(), Press());
        await browser.SendAsync(once);
        await browser.SendAsync(twice);
        Assert.Contains("belongs to Acme now", browser.Text, StringComparison.Ordinal);
        Assert.Equal("/claim?claimed=" + Id(started), browser.Address.PathAndQuery);

        using var other = await SignedInAsync(late);
        await other.GoAsync("/claim?claimed=" + Id(started));
        Assert.Contains(NotGood, other.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("auditor")]
    [InlineData("stranger")]
    public async Task Nobody_brings_an_agent_where_they_may_register_none(string who)
    {
        var crew = await side.CrewAsync("Acme");
        var person = who == "stranger" ? await side.PersonAsync() : await crew.MemberAsync(who);
        var started = await UnclaimedSide.StartAsync(side.Server);
        using var browser = await ClaimAsync(person, started, crew.Id);

        Assert.Contains("cannot bring agents into this organization", browser.Text, StringComparison.Ordinal);
        Assert.Contains(await side.Server.TrailAsync(AuditEventTypes.AccessRefused), row => row.AgentId == Id(started) && row.Reason == "claim_role" && row.Subject == person.Id);
        (await crew.Key.GetAsync("/agents/" + Id(started))).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_name_that_is_taken_there_is_told_and_another_one_goes()
    {
        var crew = await side.CrewAsync("Acme");
        var name = $"Runner {Guid.NewGuid():N}";
        (await crew.Key.PostAsync("/agents", new { name = name.ToUpperInvariant() })).Is(HttpStatusCode.Created);
        var started = await UnclaimedSide.StartAsync(side.Server, name);
        using var browser = await ClaimAsync(crew.Owner, started, crew.Id);

        Assert.Contains($"There is an agent named \"{name}\" already", browser.Text, StringComparison.Ordinal);
        await browser.SubmitAsync(new() { ["Organization"] = crew.Id, ["Name"] = name + " II" }, "Yes, I answer for it");
        Assert.Contains("The agent is yours", browser.Text, StringComparison.Ordinal);
        Assert.Equal(name + " II", Text((await crew.Key.GetAsync("/agents/" + Id(started))).Is(HttpStatusCode.OK).Json, "name"));

        // Its first name is free for others who register themselves.
        await UnclaimedSide.StartAsync(side.Server, name);
    }

    [Fact]
    public async Task Who_says_that_it_is_not_theirs_ends_nothing_and_the_trail_knows()
    {
        var person = await side.PersonAsync();
        var started = await UnclaimedSide.StartAsync(side.Server);
        using var browser = await SignedInAsync(person);
        await browser.GoAsync(Link(started));
        await browser.SubmitAsync(button: "No, it is not mine");

        Assert.Contains("Nothing was changed", browser.Text, StringComparison.Ordinal);
        Assert.Equal(person.Id, Assert.Single(await side.Server.TrailAsync(AgentEvents.ClaimDenied), row => row.AgentId == Id(started)).Subject);
        await browser.GoAsync(Link(started));
        Assert.Contains("Is this your agent?", browser.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?claim=")]
    [InlineData("?claim=none-of-ours")]
    [InlineData("?claim=%00")]
    public async Task A_link_of_somebody_elses_making_opens_nothing(string query)
    {
        using var browser = await SignedInAsync(await side.PersonAsync());
        await browser.GoAsync("/claim" + query);

        Assert.Contains(NotGood, browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_that_another_site_sends_claims_nothing()
    {
        var crew = await side.CrewAsync();
        var started = await UnclaimedSide.StartAsync(side.Server);
        using var browser = await SignedInAsync(crew.Owner);
        await browser.GoAsync(Link(started));
        await browser.SubmitAsync(new() { ["csrf"] = null, ["Organization"] = crew.Id }, "Yes, I answer for it");

        Assert.Contains("This page was out of date", browser.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(await side.Server.TrailAsync(AgentEvents.Claimed), row => row.AgentId == Id(started));
    }

    private async Task<TestBrowser> SignedInAsync(Somebody person)
    {
        var browser = new TestBrowser(side.Server);
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(person.Email, Rest.Password);
        return browser;
    }

    private async Task<TestBrowser> ClaimAsync(Somebody person, JsonElement started, string organizationId)
    {
        var browser = await SignedInAsync(person);
        await browser.GoAsync(Link(started));
        await browser.SubmitAsync(new() { ["Organization"] = organizationId }, "Yes, I answer for it");
        return browser;
    }

    private static string Link(JsonElement started) => new Uri(Text(started.GetProperty("claim"), "url")).PathAndQuery;

    private static string Id(JsonElement started) => Text(started.GetProperty("agent"), "id");

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
