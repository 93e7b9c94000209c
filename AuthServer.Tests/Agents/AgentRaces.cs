using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Agents;
using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Jose;
using AuthServer.Organizations;
using AuthServer.Protocol;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.State;
using AuthServer.Scopes;
using AuthServer.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static AuthServer.Tests.Agents.AgentInstallation;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Agents;

/// <summary>Two who want to change one agent at the same moment, and agents that ask for tokens while they are suspended.</summary>
public abstract class AgentRaces : IAsyncLifetime
{
    private TestServer _server = null!;
    private OrganizationSide _acme = null!;

    public async Task InitializeAsync()
    {
        _server = await Flows.StartAsync([.. await DatabaseAsync(), ("AuthServer:RateLimits:PerKey", "100000")]);
        await ObserveAsync(_server);
        _acme = await OrganizationSide.CreateAsync(_server);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    protected abstract Task<(string Key, string Value)[]> DatabaseAsync();

    [Fact]
    public async Task Of_many_changes_with_one_version_one_is_made()
    {
        var agent = await _acme.RegisterAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i =>
            _acme.SendAsync(HttpMethod.Patch, PathOf(agent), $$"""{"name":"Name {{i}}"}""", $"\"{Text(agent, "version")}\"")));

        var winner = await TestServer.JsonAsync(Assert.Single(answers, answer => answer.IsSuccessStatusCode));
        Assert.Equal(15, answers.Count(answer => answer.StatusCode == HttpStatusCode.PreconditionFailed));
        Assert.Equal(winner.GetRawText(), (await _acme.GetAsync(PathOf(agent))).GetRawText());
        Assert.Single(await _server.TrailAsync(AgentEvents.Updated));
        Array.ForEach(answers, answer => answer.Dispose());
    }

    [Fact]
    public async Task Keys_that_an_API_key_sets_while_it_is_revoked_do_not_stay()
    {
        using var planted = SigningKey.Create(JwsAlgorithm.ES256);
        var agent = await _acme.RegisterAsync(OrganizationSide.Agent(("allowedScopes", new JsonArray("api.read", "credentials.write"))));
        for (var round = 0; round < 5; round++)
        {
            var made = await _acme.AskAsync(HttpMethod.Post, "/api/v1/credentials", new { agent_id = Text(agent, "id") }, HttpStatusCode.Created);
            using var rest = new Rest(_server, Text(made, "raw_key"));
            var setting = Enumerable.Range(0, 8).Select(_ => Task.Run(() => rest.SendAsync(HttpMethod.Put, $"/agents/{Text(agent, "id")}/jwks", JsonNode.Parse(Jwks([planted]))))).ToArray();
            await setting[round];
            await _acme.AskAsync(HttpMethod.Delete, $"/api/v1/credentials/{Text(made.GetProperty("credential"), "id")}");

            foreach (var answer in await Task.WhenAll(setting))
            {
                Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.Unauthorized || answer.Code is "key_ended" or "changed_meanwhile", answer.Text);
            }

            Assert.False((await _acme.GetAsync(PathOf(agent))).TryGetProperty("keyThumbprints", out _));
        }

        Assert.NotEmpty(await _server.TrailAsync(AgentEvents.KeysReplaced));
    }

    [Fact]
    public async Task Of_many_rotations_at_once_each_answer_is_true()
    {
        var agent = await _acme.RegisterAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => _acme.SendAsync(HttpMethod.Post, PathOf(agent, "/rotate-secret"))));

        Assert.All(answers, answer => Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Conflict, answer.StatusCode.ToString()));
        var given = new List<string>();
        foreach (var answer in answers.Where(answer => answer.IsSuccessStatusCode))
        {
            given.Add(Text(await TestServer.JsonAsync(answer), "clientSecret"));
        }

        // Those that came one after the other all succeeded; of those at one moment, one did. The last one's secret is the secret.
        var working = new List<string>();
        foreach (var secret in given)
        {
            using var asked = await AskTokenAsync(_server, agent, secret);
            if (asked.IsSuccessStatusCode)
            {
                working.Add(secret);
            }
        }

        Assert.Single(working);
        Assert.Equal(given.Count, (await _server.TrailAsync(AgentEvents.SecretRotated)).Count);
        Assert.Single((await _acme.GetAsync(PathOf(agent, "/secrets"))).GetProperty("data").EnumerateArray());
        using var first = await AskTokenAsync(_server, agent);
        await Flows.AssertErrorAsync(first, 401, "invalid_client");
        Array.ForEach(answers, answer => answer.Dispose());
    }

    [Fact]
    public async Task No_token_that_was_being_issued_outlives_the_suspension()
    {
        var agent = await _acme.RegisterAsync();
        var started = new TaskCompletionSource();
        var workers = Enumerable.Range(0, 8).Select(_ => Task.Run(() => AskUntilRefusedAsync(agent, started))).ToArray();
        await started.Task;

        await _acme.PostAsync(PathOf(agent, "/suspend"));

        foreach (var token in (await Task.WhenAll(workers)).SelectMany(tokens => tokens))
        {
            Assert.False(await IsActiveAsync(_server, token));
        }
    }

    [Fact]
    public async Task No_token_of_a_child_that_was_being_issued_outlives_the_suspension_of_its_parent()
    {
        var parent = await _acme.RegisterAsync();
        var child = await _acme.RegisterAsync(OrganizationSide.Agent(("parentAgentId", Text(parent, "id"))));
        var started = new TaskCompletionSource();
        var workers = Enumerable.Range(0, 8).Select(_ => Task.Run(() => AskUntilRefusedAsync(child, started))).ToArray();
        await started.Task;

        await _acme.PostAsync(PathOf(parent, "/suspend"));

        foreach (var token in (await Task.WhenAll(workers)).SelectMany(tokens => tokens))
        {
            Assert.False(await IsActiveAsync(_server, token));
        }
    }

    [Fact]
    public async Task No_child_that_was_being_registered_is_active_below_a_suspended_parent()
    {
        for (var round = 0; round < 5; round++)
        {
            var parent = await _acme.RegisterAsync();
            var id = Text(parent, "id");
            var suspending = Task.Run(() => _acme.PostAsync(PathOf(parent, "/suspend")));
            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _acme.SendAsync(HttpMethod.Post, "/api/v1/agents", OrganizationSide.Agent(("parentAgentId", id)))));
            await suspending;

            Assert.All(answers, answer => Assert.True(answer.StatusCode is HttpStatusCode.Created or HttpStatusCode.BadRequest, answer.StatusCode.ToString()));
            Assert.False(await _server.QueryAsync(context => context.Agents.AnyAsync(row => row.ParentAgentId == id && row.Status == AgentStatus.Active)));
            Array.ForEach(answers, answer => answer.Dispose());
        }
    }

    [Fact]
    public async Task Agents_of_one_tree_that_are_suspended_and_resumed_at_once_end_as_the_last_word_on_each_says()
    {
        var parent = await _acme.RegisterAsync();
        var child = await _acme.RegisterAsync(OrganizationSide.Agent(("parentAgentId", Text(parent, "id"))));
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i =>
            _acme.SendAsync(HttpMethod.Post, PathOf(i % 2 == 0 ? parent : child, i % 4 < 2 ? "/suspend" : "/resume"))));
        Assert.All(answers, answer => Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Conflict, answer.StatusCode.ToString()));
        Array.ForEach(answers, answer => answer.Dispose());

        await _acme.PostAsync(PathOf(parent, "/resume"));
        await _acme.PostAsync(PathOf(child, "/resume"));
        Assert.Equal("active", Text(await _acme.GetAsync(PathOf(child)), "status"));
        await _acme.PostAsync(PathOf(parent, "/suspend"));
        Assert.Equal("suspended", Text(await _acme.GetAsync(PathOf(child)), "status"));
    }

    [Fact]
    public async Task An_agent_that_was_suspended_since_it_was_read_gets_no_token_and_leaves_no_event()
    {
        var agent = await _acme.RegisterAsync();
        var identity = new AgentIdentity(Text(agent, "id"), "assistant", "root", _acme.Id);
        var agents = _server.Services.GetRequiredService<IActiveAgents>();
        AuditEvent Issued() => new() { Id = Identifiers.New("aud_", _server.Clock.Now), At = _server.Clock.Now, Type = AuditEventTypes.TokenIssued, Outcome = AuditOutcomes.Success };
        Assert.True(await agents.TryIssueAsync(identity, new Issuance(Issued()), CancellationToken.None));

        await _acme.PostAsync(PathOf(agent, "/suspend"));
        Assert.False(await agents.TryIssueAsync(identity, new Issuance(Issued()), CancellationToken.None));
        Assert.Single(await _server.TrailAsync(AuditEventTypes.TokenIssued));

        await _acme.PostAsync(PathOf(agent, "/resume"));
        Assert.True(await agents.TryIssueAsync(identity, new Issuance(Issued()), CancellationToken.None));
    }

    [Fact]
    public async Task No_agent_or_API_that_was_being_registered_outlives_the_closing_of_its_organization()
    {
        for (var round = 0; round < 5; round++)
        {
            var rival = await OrganizationSide.CreateAsync(_server);
            var closing = Task.Run(() => CloseAsync(rival));
            var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => i % 2 == 0
                ? rival.SendAsync(HttpMethod.Post, "/api/v1/agents", OrganizationSide.Agent())
                : rival.SendAsync(HttpMethod.Post, "/api/v1/resources", new { url = $"https://{Guid.NewGuid():N}.example" })));
            Assert.True(await closing);

            Assert.All(answers, answer => Assert.True(
                answer.StatusCode is HttpStatusCode.Created or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, answer.StatusCode.ToString()));
            await AssertNothingLivesAsync(rival);
            Array.ForEach(answers, answer => answer.Dispose());
        }
    }

    [Fact]
    public async Task Whose_organization_was_closed_since_they_were_read_registers_no_agent_and_no_API()
    {
        var rival = await OrganizationSide.CreateAsync(_server);
        var developer = new Developer(rival.Id, rival.UserId, Role.Owner, null);
        Assert.True(await CloseAsync(rival));
        await using var scope = _server.Services.CreateAsyncScope();

        var agent = await scope.ServiceProvider.GetRequiredService<NewAgents>()
            .RegisterAsync(new DefaultHttpContext(), new ActingParty(developer), new NewAgent { Name = "Late" }, CancellationToken.None);
        var api = await scope.ServiceProvider.GetRequiredService<ResourceServers>()
            .RegisterAsync(new DefaultHttpContext(), developer, new NewResource { Url = "https://late.example" }, CancellationToken.None);

        Assert.True(agent.Failed(out var problem, out _));
        Assert.Equal(("role", 403), (problem.Code, problem.Status));
        Assert.True(api.Failed(out problem, out _));
        Assert.Equal(("role", 403), (problem.Code, problem.Status));
        await AssertNothingLivesAsync(rival);
    }

    [Fact]
    public async Task Suspended_and_revoked_at_once_it_is_revoked()
    {
        var agent = await _acme.RegisterAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i =>
            _acme.SendAsync(HttpMethod.Post, PathOf(agent, i % 3 == 0 ? "/revoke" : i % 3 == 1 ? "/suspend" : "/resume"))));

        Assert.All(answers, answer => Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Conflict, answer.StatusCode.ToString()));
        Assert.Equal("revoked", Text(await _acme.GetAsync(PathOf(agent)), "status"));
        Assert.Single(await _server.TrailAsync(AgentEvents.Revoked));
        Array.ForEach(answers, answer => answer.Dispose());
    }

    [Theory]
    [InlineData("/api/v1/agents", "{\"name\":\"Mail\",\"ownerId\":\"usr_\\u0000\"}", HttpStatusCode.BadRequest)]
    [InlineData("/api/v1/developers/login", "{\"email\":\"ada@example.com\",\"password\":\"a long and quiet sentence\",\"organizationId\":\"\\u0000\"}", HttpStatusCode.Forbidden)]
    [InlineData("/api/v1/developers/login", "{\"email\":\"a\\u0000@example.com\",\"password\":\"p\"}", HttpStatusCode.Unauthorized)]
    [InlineData("/api/v1/consent/initiate", "{\"clientId\":\"\\u0000\",\"redirectUri\":\"\\u0000\",\"requestedScopes\":[\"a\"],\"userId\":\"\\u0000\"}", HttpStatusCode.BadRequest)]
    [Trait("negative", "4")]
    public async Task A_NUL_in_JSON_is_answered_like_any_other_wrong_value(string path, string body, HttpStatusCode status) =>
        await _acme.AskAsync(HttpMethod.Post, path, body, status);

    private Task<bool> CloseAsync(OrganizationSide organization)
    {
        var closed = new AuditEvent { Id = Identifiers.New("aud_", _server.Clock.Now), At = _server.Clock.Now, Type = OrganizationEvents.Closed, Outcome = AuditOutcomes.Success };
        return _server.Services.GetRequiredService<Closings>().TryCloseAsync(organization.Id, organization.UserId, "v2", closed, CancellationToken.None);
    }

    private async Task AssertNothingLivesAsync(OrganizationSide organization)
    {
        Assert.Equal((0, 0), await _server.QueryAsync(async context => (
            await context.Agents.CountAsync(row => row.OrganizationId == organization.Id && row.Status != AgentStatus.Revoked),
            await context.ProtectedResources.CountAsync(row => row.OrganizationId == organization.Id))));
    }

    /// <summary>Each request is a second later than the one before, so that a token that escaped would be younger than the suspension.</summary>
    private async Task<List<string>> AskUntilRefusedAsync(JsonElement agent, TaskCompletionSource started)
    {
        var tokens = new List<string>();
        while (true)
        {
            _server.Clock.Advance(TimeSpan.FromSeconds(1));
            using var response = await AskTokenAsync(_server, agent);
            if (!response.IsSuccessStatusCode)
            {
                return tokens;
            }

            tokens.Add(Text(await OkAsync(response), "access_token"));
            started.TrySetResult();
        }
    }
}
