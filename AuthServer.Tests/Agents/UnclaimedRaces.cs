using System.Net;
using System.Text.Json.Nodes;
using AuthServer.Agents;
using AuthServer.Agents.Claims;
using AuthServer.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AuthServer.Tests.Agents;

/// <summary>Many who want one name, one place or one agent at the same moment, and agents whose time is over.</summary>
public abstract class UnclaimedRaces : IAsyncLifetime
{
    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await Flows.StartAsync([.. await DatabaseAsync(), ("AuthServer:Quickstart:MostUnclaimed", "20")]);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    protected abstract Task<(string Key, string Value)[]> DatabaseAsync();

    [Fact]
    public async Task Of_many_who_want_one_name_at_once_one_gets_it()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => QuickstartAsync(i % 2 == 0 ? "One Name" : "one name")));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Created);
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.Created), answer => answer.Is(HttpStatusCode.Conflict, "agent_name_conflict"));
        Assert.Equal(1, await _server.QueryAsync(context => context.Organizations.CountAsync()));
    }

    [Fact]
    public async Task Of_many_who_register_or_rename_to_one_name_in_an_organization_one_gets_it()
    {
        var acme = await OrganizationSide.CreateAsync(_server);
        var other = await acme.RegisterAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => i % 3 == 0
            ? acme.SendAsync(HttpMethod.Patch, AgentInstallation.PathOf(other), new { name = "Wanted" })
            : acme.SendAsync(HttpMethod.Post, "/api/v1/agents", OrganizationSide.Agent(("name", "wanted")))));

        Assert.All(answers, answer => Assert.True(answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.Conflict, answer.StatusCode.ToString()));
        Assert.Equal(1, await _server.QueryAsync(context => context.Agents.CountAsync(agent => agent.NormalizedName == "WANTED")));
        Array.ForEach(answers, answer => answer.Dispose());
    }

    [Fact]
    public async Task More_than_there_is_room_for_are_never_stored()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => QuickstartAsync($"agent {i}")));

        Assert.Equal(20, answers.Count(answer => answer.Status == HttpStatusCode.Created));
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.Created), answer => answer.Is(HttpStatusCode.TooManyRequests, "too_many_requests"));
        Assert.Equal(20, await _server.QueryAsync(context => context.AgentClaims.CountAsync()));
    }

    [Fact]
    public async Task Of_several_people_who_claim_one_agent_at_once_one_wins()
    {
        var started = (await QuickstartAsync("Wanted by all")).Is(HttpStatusCode.Created).Json;
        var token = started.GetProperty("claim").GetProperty("url").GetString()!.Split("claim=")[1];
        var people = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => OrganizationSide.CreateAsync(_server)));
        var claims = _server.Services.GetRequiredService<AgentClaims>();

        var answers = await Task.WhenAll(people.Select((person, i) => Task.Run(() => claims.ClaimAsync(
            new DefaultHttpContext(), person.UserId, token, i % 2 == 0 ? new ClaimAnswer(person.Id, null, null) : new ClaimAnswer(null, "Mine", null), default))));

        var winner = Assert.Single(Enumerable.Range(0, people.Length), i => answers[i].Problem is null);
        Assert.All(answers.Where(answer => answer.Problem is not null), answer => Assert.Equal(AgentClaims.NotGood, answer.Problem));
        var agent = await _server.QueryAsync(context => context.Agents.SingleAsync(agent => agent.NormalizedName == "WANTED BY ALL"));
        Assert.Equal(people[winner].UserId, agent.OwnerId);
        Assert.Equal((winner % 2 == 0, agent.OrganizationId), (agent.OrganizationId == people[winner].Id, agent.NameScope));
        Assert.Single(await _server.TrailAsync(AgentEvents.Claimed));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_child_that_is_made_while_its_maker_is_claimed_comes_with_it_or_is_not_made(bool moves)
    {
        var claims = _server.Services.GetRequiredService<AgentClaims>();
        for (var round = 0; round < 3; round++)
        {
            var name = $"Maker {round}";
            var started = (await QuickstartAsync(name)).Is(HttpStatusCode.Created).Json;
            var (key, token) = (started.GetProperty("api_key").GetString()!, started.GetProperty("claim").GetProperty("url").GetString()!.Split("claim=")[1]);
            var acme = await OrganizationSide.CreateAsync(_server);
            var making = Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
            {
                using var rest = new Rest(_server, key);
                return await rest.PostAsync("/agents", new { name = $"child {i} of {name}", agent_type = "tool" });
            })).ToArray();
            var claimed = await Task.Run(() => claims.ClaimAsync(new DefaultHttpContext(), acme.UserId, token, moves ? new ClaimAnswer(acme.Id, null, null) : new ClaimAnswer(null, "Mine", null), default));
            var answers = await Task.WhenAll(making);

            Assert.Null(claimed.Problem);
            Assert.All(answers, answer => Assert.True(answer.Status == HttpStatusCode.Created || answer.Code == "agent_changed", answer.Text));
            var maker = await _server.QueryAsync(context => context.Agents.SingleAsync(agent => agent.NormalizedName == AgentRules.Normalize(name)));
            var children = await _server.QueryAsync(context => context.Agents.Where(agent => agent.ParentAgentId == maker.Id).ToListAsync());
            Assert.Equal(answers.Count(answer => answer.Status == HttpStatusCode.Created), children.Count);
            Assert.All(children, child => Assert.Equal((maker.OrganizationId, maker.OrganizationId, acme.UserId), (child.OrganizationId, child.NameScope, child.OwnerId)));
            Assert.Equal(moves, maker.OrganizationId == acme.Id);
        }
    }

    [Fact]
    public async Task Unclaimed_in_time_it_is_revoked_with_all_that_it_made_and_deleted_later()
    {
        var started = (await QuickstartAsync("Nobody's")).Is(HttpStatusCode.Created).Json;
        var key = started.GetProperty("api_key").GetString()!;
        using var rest = new Rest(_server, key);
        var made = (await rest.PostAsync("/credentials", new { })).Is(HttpStatusCode.Created).Json;
        Assert.Equal(started.GetProperty("claim").GetProperty("expires_at").GetDateTimeOffset(), made.GetProperty("credential").GetProperty("expires_at").GetDateTimeOffset());

        _server.Clock.Advance(TimeSpan.FromDays(7) - TimeSpan.FromMinutes(5));
        using (var alive = await AskAsync(key))
        {
            Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        }

        _server.Clock.Advance(TimeSpan.FromMinutes(5));
        using (var dead = await AskAsync(key))
        {
            await Flows.AssertErrorAsync(dead, 401, "invalid_client");
        }

        await ExpireAsync();
        Assert.Equal(AgentStatus.Revoked, await _server.QueryAsync(async context => (await context.Agents.SingleAsync()).Status));
        Assert.Single(await _server.TrailAsync(AgentEvents.Unclaimed));
        (await QuickstartAsync("nobody's")).Is(HttpStatusCode.Created);
        await ExpireAsync();
        Assert.Single(await _server.TrailAsync(AgentEvents.Unclaimed));

        _server.Clock.Advance(TimeSpan.FromDays(15));
        await ExpireAsync();
        Assert.Equal((1, 1, 1), await _server.QueryAsync(async context =>
            (await context.Agents.CountAsync(), await context.Organizations.CountAsync(), await context.ApiKeys.CountAsync())));
    }

    [Fact]
    public async Task What_was_delegated_to_or_by_an_unclaimed_agent_goes_with_it_and_nothing_else_does()
    {
        var started = (await QuickstartAsync("Nobody's")).Is(HttpStatusCode.Created).Json;
        var (id, key) = (started.GetProperty("agent").GetProperty("id").GetString()!, started.GetProperty("api_key").GetString()!);
        var acme = await OrganizationSide.CreateAsync(_server);
        string[] agents = [(await AgentAsync(acme)), (await AgentAsync(acme)), (await AgentAsync(acme))];
        var toIt = await DelegateAsync(acme, agents[0], id, null);
        using var rest = new Rest(_server, key);
        var byIt = (await rest.PostAsync("/delegations", new { delegate_agent_id = agents[1], scopes = new[] { "api.read" }, delegation_id = toIt })).Is(HttpStatusCode.Created).Json.GetProperty("id").GetString()!;
        await DelegateAsync(acme, agents[1], agents[2], byIt);
        (await rest.PostAsync("/delegations", new { delegate_agent_id = agents[1], scopes = new[] { "api.read" } })).Is(HttpStatusCode.Created);
        var beside = await DelegateAsync(acme, agents[0], agents[1], null);

        _server.Clock.Advance(TimeSpan.FromDays(7));
        await ExpireAsync();
        Assert.Equal(5, await _server.QueryAsync(context => context.Delegations.CountAsync()));
        _server.Clock.Advance(TimeSpan.FromDays(15));
        await ExpireAsync();

        Assert.Equal([beside], await _server.QueryAsync(context => context.Delegations.Select(row => row.Id).ToListAsync()));
        Assert.False(await _server.QueryAsync(context => context.Agents.AnyAsync(row => row.Id == id)));
    }

    private static async Task<string> AgentAsync(OrganizationSide organization) => (await organization.RegisterAsync(OrganizationSide.Agent(
        ("allowedScopes", new JsonArray("api.read", "delegations.write"))))).GetProperty("id").GetString()!;

    private static async Task<string> DelegateAsync(OrganizationSide organization, string from, string to, string? of) => (await organization.AskAsync(
        HttpMethod.Post, "/api/v1/delegations", new { delegator_agent_id = from, delegate_agent_id = to, scopes = new[] { "api.read" }, delegation_id = of }, HttpStatusCode.Created)).GetProperty("id").GetString()!;

    private Task ExpireAsync() =>
        _server.Services.GetServices<IHostedService>().OfType<UnclaimedExpiry>().Single().RunAsync(_server.Clock.Now, default);

    private async Task<HttpResponseMessage> AskAsync(string key)
    {
        using var http = _server.CreateClient();
        return await http.PostAsync("/connect/token", TokenSide.Form(("grant_type", "client_credentials"), ("client_secret", key)));
    }

    private async Task<RestAnswer> QuickstartAsync(string name)
    {
        using var rest = new Rest(_server);
        return await rest.PostAsync("/agents/quickstart", new { name, agent_type = "tool" });
    }
}

public sealed class SqliteUnclaimedRaces : UnclaimedRaces
{
    protected override Task<(string Key, string Value)[]> DatabaseAsync() => Task.FromResult<(string, string)[]>([]);
}

public sealed class PostgreSqlUnclaimedRaces : UnclaimedRaces
{
    protected override Task<(string Key, string Value)[]> DatabaseAsync() => PostgreSqlCluster.SettingsAsync();
}
