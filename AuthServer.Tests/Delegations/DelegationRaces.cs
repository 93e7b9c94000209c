using System.Net;
using System.Text.Json.Nodes;
using AuthServer.Data;
using AuthServer.Delegations;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static AuthServer.Tests.Data.Samples;

namespace AuthServer.Tests.Delegations;

/// <summary>Who delegates, and asks for tokens, while somebody revokes.</summary>
public abstract class DelegationRaces(Func<Task<(string Key, string Value)[]>>? database = null) : ChainTests(database)
{
    [Fact]
    public async Task No_token_that_was_being_issued_outlives_the_revocation()
    {
        var (alice, bob) = (await Side.AgentAsync(), await Side.AgentAsync());
        var id = await alice.DelegatedAsync(bob, ["api.read"]);
        var started = new TaskCompletionSource();
        var workers = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            List<string> tokens = [];
            while (await bob.ActAsync(id) is { Status: HttpStatusCode.OK } answer)
            {
                tokens.Add(answer.Json.GetProperty("access_token").GetString()!);
                started.TrySetResult();
            }

            return tokens;
        })).ToArray();
        await started.Task;

        using var rest = alice.Rest();
        (await rest.DeleteAsync("/delegations/" + id)).Is(HttpStatusCode.OK);

        foreach (var token in (await Task.WhenAll(workers)).SelectMany(tokens => tokens))
        {
            Assert.False(await Side.IsActiveAsync(bob, token));
        }
    }

    [Fact]
    public async Task No_hop_that_was_being_added_outlives_the_one_above_it()
    {
        for (var round = 0; round < 5; round++)
        {
            var (alice, bob, carol) = (await Side.AgentAsync(), await Side.AgentAsync("delegations.write"), await Side.AgentAsync());
            var root = await alice.DelegatedAsync(bob, ["api.read"]);
            using var rest = alice.Rest();
            var cutting = Task.Run(() => rest.DeleteAsync("/delegations/" + root));
            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => bob.DelegateAsync(carol, ["api.read"], new() { ["delegation_id"] = root })));
            (await cutting).Is(HttpStatusCode.OK);

            Assert.All(answers, answer => Assert.True(answer.Status is HttpStatusCode.Created or HttpStatusCode.Forbidden, answer.Text));
            Assert.Equal(0, await Side.Server.QueryAsync(context => context.Delegations.CountAsync(row => row.RootId == root && row.RevokedAt == null)));
        }
    }

    [Fact]
    public async Task There_are_never_more_from_one_agent_to_another_than_may_be()
    {
        var (alice, bob) = (await Side.AgentAsync(), await Side.AgentAsync());
        for (var i = 0; i < 95; i++)
        {
            await alice.DelegatedAsync(bob, ["api.read"]);
        }

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => alice.DelegateAsync(bob, ["api.read"])));
        Assert.Equal(5, answers.Count(answer => answer.Status == HttpStatusCode.Created));
    }

    [Fact]
    public async Task What_ended_since_it_was_read_gives_no_token_and_leaves_no_event()
    {
        var (alice, bob) = (await Side.AgentAsync(), await Side.AgentAsync("delegations.write"));
        var delegations = Side.Server.Services.GetRequiredService<IDelegations>();
        using var rest = alice.Rest();
        var chain = (await delegations.FindAsync(await alice.DelegatedAsync(bob, ["api.read"]), default))!;
        var other = (await delegations.FindAsync(await alice.DelegatedAsync(bob, ["api.read"]), default))!;
        Assert.True(await delegations.TryIssueAsync(chain, new Issuance(Event()), default));

        (await rest.DeleteAsync("/delegations/" + chain.Leaf.Id)).Is(HttpStatusCode.OK);
        var refused = Event();
        Assert.False(await delegations.TryIssueAsync(chain, new Issuance(refused), default));
        Assert.False(await Side.Server.QueryAsync(context => context.AuditEvents.AnyAsync(row => row.Id == refused.Id)));
        var carol = await Side.AgentAsync();
        var deep = (await delegations.FindAsync(await bob.DelegatedAsync(carol, ["api.read"], new() { ["delegation_id"] = other.Leaf.Id }), default))!;
        Assert.True(await delegations.TryIssueAsync(deep, new Issuance(Event()), default));
        await Side.Organization.PostAsync($"/api/v1/agents/{bob.Id}/suspend");
        Assert.False(await delegations.TryIssueAsync(other, new Issuance(Event()), default));
        Assert.False(await delegations.TryIssueAsync(deep, new Issuance(Event()), default));
        await Side.Organization.PostAsync($"/api/v1/agents/{bob.Id}/resume");
        await Side.Organization.PostAsync($"/api/v1/agents/{alice.Id}/suspend");
        Assert.False(await delegations.TryIssueAsync(deep, new Issuance(Event()), default));
    }

    [Fact]
    public async Task Who_came_to_another_organization_since_it_was_read_delegates_nothing_in_the_name_of_the_old_one()
    {
        var (alice, bob) = (await Side.AgentAsync(), await Side.AgentAsync());
        var changes = Side.Server.Services.GetRequiredService<DelegationChanges>();
        var other = await OrganizationSide.CreateAsync(Side.Server);

        var late = Row(other.Id);
        var refused = Event();
        Assert.False(await changes.TryAddAsync(late, [], 100, refused, default));
        Assert.False(await Side.Server.QueryAsync(context => context.Delegations.AnyAsync(row => row.Id == late.Id)));
        Assert.False(await Side.Server.QueryAsync(context => context.AuditEvents.AnyAsync(row => row.Id == refused.Id)));
        Assert.True(await changes.TryAddAsync(Row(Side.Organization.Id), [], 100, Event(), default));

        Delegation Row(string organizationId)
        {
            var id = Identifiers.New("dlg_", Side.Server.Clock.Now);
            return new Delegation
            {
                Id = id,
                RootId = id,
                Path = id + "/",
                DelegatorId = alice.Id,
                DelegateId = bob.Id,
                PrincipalId = alice.Id,
                OrganizationId = organizationId,
                Scopes = """["api.read"]""",
                Constraints = "[]",
                MaxAbsoluteChainDepth = 3,
                CreatedAt = Side.Server.Clock.Now,
            };
        }
    }

    [Fact]
    public async Task A_key_that_was_revoked_since_it_was_read_opens_no_family()
    {
        var agent = await Side.AgentAsync();
        var tokens = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            if (i == 4)
            {
                await Side.Organization.AskAsync(HttpMethod.Delete, "/api/v1/credentials/" + agent.KeyId);
                return null;
            }

            var answer = await Side.AuthAsync(new { grant_type = "client_credentials", client_secret = agent.Key });
            return answer.Status == HttpStatusCode.OK ? answer.Json.GetProperty("access_token").GetString() : null;
        }));
        var witness = await Side.Organization.AskAsync(HttpMethod.Post, "/api/v1/credentials", new JsonObject { ["agent_id"] = agent.Id }, HttpStatusCode.Created);
        var other = agent with { Key = witness.GetProperty("raw_key").GetString()! };

        foreach (var token in tokens.OfType<string>())
        {
            Assert.False(await Side.IsActiveAsync(other, token));
        }
    }

    [Theory]
    [InlineData("DELETE", "")]
    [InlineData("POST", "/rotate")]
    public async Task What_was_delegated_by_a_key_or_a_token_of_it_ends_with_the_key_and_nothing_beside_it(string method, string act)
    {
        var (alice, bob, carol) = (await Side.AgentAsync(), await Side.AgentAsync("delegations.write"), await Side.AgentAsync());
        var second = await Side.Organization.AskAsync(HttpMethod.Post, "/api/v1/credentials", new JsonObject { ["agent_id"] = alice.Id }, HttpStatusCode.Created);
        var byKey = await alice.DelegatedAsync(bob, ["api.read"], new() { ["expires_in_hours"] = 720 });
        var byToken = (await alice.DelegateAsync(carol, ["api.read"], credential: await alice.TokenAsync())).Is(HttpStatusCode.Created).Json.GetProperty("id").GetString()!;
        var below = await bob.DelegatedAsync(carol, ["api.read"], new() { ["delegation_id"] = byKey });
        var byOther = await (alice with { Key = second.GetProperty("raw_key").GetString()! }).DelegatedAsync(bob, ["api.read"]);
        var byMember = (await Side.Organization.AskAsync(
            HttpMethod.Post, "/api/v1/delegations", new { delegator_agent_id = alice.Id, delegate_agent_id = carol.Id, scopes = new[] { "api.read" } }, HttpStatusCode.Created)).GetProperty("id").GetString()!;
        List<(KeyedAgent Agent, string Id, bool Ends, string Token)> all = [];
        foreach (var (agent, id, ends) in new[] { (bob, byKey, true), (carol, byToken, true), (carol, below, true), (bob, byOther, false), (carol, byMember, false) })
        {
            all.Add((agent, id, ends, (await agent.ActAsync(id)).Is(HttpStatusCode.OK).Json.GetProperty("access_token").GetString()!));
        }

        await Side.Organization.AskAsync(new HttpMethod(method), $"/api/v1/credentials/{alice.KeyId}{act}");

        using var anybody = Side.As(null);
        foreach (var (agent, id, ends, token) in all)
        {
            Assert.Equal(ends ? HttpStatusCode.BadRequest : HttpStatusCode.OK, (await agent.ActAsync(id)).Status);
            Assert.Equal(!ends, await Side.IsActiveAsync(agent, token));
            var verified = await anybody.PostAsync("/tokens/verify", new { token, requiredScopes = new[] { "api.read" } });
            Assert.NotEqual(ends, verified.Status == HttpStatusCode.OK && verified.Json.GetProperty("allowed").GetBoolean());
        }

        // What hangs below went with what it hangs on, as when that is revoked.
        var told = await Side.Server.QueryAsync(context => context.AuditEvents.AsNoTracking().Where(row => row.Type == DelegationEvents.Revoked && row.AgentId == alice.Id).ToListAsync());
        Assert.Equal(new[] { byKey, byToken }.Order(StringComparer.Ordinal), told.Select(row => row.Target).Order(StringComparer.Ordinal));
        Assert.All(told, row => Assert.Contains($"\"endedKey\":\"{alice.KeyId}\"", row.Detail, StringComparison.Ordinal));
        Assert.All(told, row => Assert.Equal((Side.Organization.Id, AuditOutcomes.Success), (row.OrganizationId, row.Outcome)));
    }

    [Fact]
    public async Task No_delegation_that_was_being_made_outlives_the_key_that_it_is_made_by()
    {
        for (var round = 0; round < 5; round++)
        {
            var (alice, bob) = (await Side.AgentAsync(), await Side.AgentAsync());
            var ending = Task.Run(() => Side.Organization.AskAsync(HttpMethod.Delete, "/api/v1/credentials/" + alice.KeyId));
            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => alice.DelegateAsync(bob, ["api.read"])));
            await ending;

            Assert.All(answers, answer => Assert.True(answer.Status is HttpStatusCode.Created or HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized, answer.Text));
            Assert.Equal(0, await Side.Server.QueryAsync(context => context.Delegations.CountAsync(row => row.DelegatorId == alice.Id && row.RevokedAt == null)));
        }
    }

    [Fact]
    public async Task Of_many_rotations_of_one_key_one_is_made()
    {
        var agent = await Side.AgentAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Side.Organization.SendAsync(HttpMethod.Post, $"/api/v1/credentials/{agent.KeyId}/rotate")));

        Assert.Single(answers, answer => answer.IsSuccessStatusCode);
        Assert.Equal(11, answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict));
        Array.ForEach(answers, answer => answer.Dispose());
    }
}
