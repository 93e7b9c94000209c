using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Delegations;

public sealed class SqliteCountedConstraints : CountedConstraints;

public sealed class PostgreSqlCountedConstraints() : CountedConstraints(PostgreSqlCluster.SettingsAsync);

/// <summary>Delegations that bound what is used in all, on every database.</summary>
public abstract class CountedConstraints(Func<Task<(string Key, string Value)[]>>? database = null) : ChainTests(database)
{
    [Fact]
    public async Task Of_many_actions_at_once_exactly_as_many_pass_as_every_hop_above_has_left()
    {
        var (alice, bob, carol, dave) = await FourAsync();
        var root = await alice.DelegatedAsync(bob, ["api.read"], Bounds("""[{"key":"uses","max_subtree":20}]"""));
        var narrow = await bob.DelegatedAsync(carol, ["api.read"], Bounds("""[{"key":"uses","max_subtree":5}]""", root));
        var wide = await bob.DelegatedAsync(dave, ["api.read"], Bounds("[]", root));
        string[] tokens = [await TokenAsync(carol, narrow), await TokenAsync(carol, narrow), await TokenAsync(dave, wide), await TokenAsync(bob, root)];

        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(async () => (Place: i % 4, Answer: await VerifyAsync(tokens[i % 4])))));

        Assert.Equal(20, answers.Count(one => Allowed(one.Answer)));
        Assert.InRange(answers.Count(one => one.Place < 2 && Allowed(one.Answer)), 0, 5);
        Assert.All(answers.Where(one => !Allowed(one.Answer)), one => Assert.Equal("ceiling_exceeded", Text(one.Answer, "reasonCode")));
    }

    [Fact]
    public async Task A_hop_and_all_above_it_are_charged_together_or_not_at_all()
    {
        var (alice, bob, carol, dave) = await FourAsync();
        var root = await alice.DelegatedAsync(bob, ["api.read"], Bounds("""[{"key":"amount","budget":{"max":100,"currency":"EUR"}}]"""));
        var small = await bob.DelegatedAsync(carol, ["api.read"], Bounds("""[{"key":"amount","budget":{"max":30.5,"currency":"EUR"}}]""", root));
        var rest = await bob.DelegatedAsync(dave, ["api.read"], Bounds("[]", root));
        var (carols, daves) = (await TokenAsync(carol, small), await TokenAsync(dave, rest));

        Assert.True(Allowed(await PayAsync(carols, 30)));
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("budget_exhausted", Text(await PayAsync(carols, 1), "reasonCode"));
        }

        Assert.True(Allowed(await PayAsync(carols, 0.5m)));
        Assert.Equal("budget_exhausted", Text(await PayAsync(daves, 70), "reasonCode"));
        Assert.True(Allowed(await PayAsync(daves, 69.5m)));
        Assert.Equal("budget_exhausted", Text(await PayAsync(await TokenAsync(bob, root), 0.01m), "reasonCode"));
        Assert.Equal("budget_exhausted", (await Side.ReasonsAsync("token.verified"))[^1]);
    }

    [Fact]
    public async Task A_budget_with_a_window_fills_up_again()
    {
        var (alice, bob, _, _) = await FourAsync();
        var id = await alice.DelegatedAsync(bob, ["api.read"], Bounds("""[{"key":"amount","budget":{"max":10,"window_seconds":600}}]"""));

        Assert.True(Allowed(await PayAsync(await TokenAsync(bob, id), 10, currency: null)));
        Assert.False(Allowed(await PayAsync(await TokenAsync(bob, id), 1, currency: null)));
        Side.Server.Clock.Advance(TimeSpan.FromSeconds(620));
        Assert.True(Allowed(await PayAsync(await TokenAsync(bob, id), 10, currency: null)));
    }

    [Fact]
    public async Task What_bounds_a_token_is_counted_for_each_token_by_itself()
    {
        var (alice, bob, _, _) = await FourAsync();
        var id = await alice.DelegatedAsync(bob, ["api.read"], Bounds("""[{"key":"pages","max_lifetime":3}]"""));
        var (first, second) = (await TokenAsync(bob, id), await TokenAsync(bob, id));

        Assert.True(Allowed(await VerifyAsync(first, new() { ["pages"] = 3 })));
        Assert.Equal("ceiling_exceeded", Text(await VerifyAsync(first, new() { ["pages"] = 1 }), "reasonCode"));
        Assert.True(Allowed(await VerifyAsync(second, new() { ["pages"] = 2 })));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"amount":-5,"currency":"EUR"}""")]
    [InlineData("""{"amount":1}""")]
    [InlineData("""{"amount":1,"currency":"USD"}""")]
    [InlineData("""{"amount":0.00000000001,"currency":"EUR"}""")]
    public async Task What_cannot_be_counted_is_not_done(string context)
    {
        var (alice, bob, _, _) = await FourAsync();
        var id = await alice.DelegatedAsync(bob, ["api.read"], Bounds("""[{"key":"amount","budget":{"max":10,"currency":"EUR"}}]"""));
        using var rest = Side.As(null);
        var answer = await rest.PostAsync("/tokens/verify", Question(await TokenAsync(bob, id), JsonNode.Parse(context)!.AsObject(), null));

        Assert.False(answer.Status == HttpStatusCode.OK && Allowed(answer.Json), answer.Text);
        Assert.Equal("0", await TakenAsync(id));
    }

    [Fact]
    public async Task An_action_that_is_repeated_counts_once_also_with_a_new_token_and_many_times_at_once()
    {
        var (alice, bob, _, _) = await FourAsync();
        var id = await alice.DelegatedAsync(bob, ["api.read"], Bounds("""[{"key":"pages","max_subtree":10}]"""));
        string[] tokens = [await TokenAsync(bob, id), await TokenAsync(bob, id)];

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => VerifyAsync(tokens[i % 2], new() { ["pages"] = 4 }, "job-1"))));
        Assert.All(answers, answer => Assert.True(Allowed(answer)));
        Assert.True(Allowed(await VerifyAsync(tokens[0], new() { ["pages"] = 5 }, "job-1")));
        Assert.False(Allowed(await VerifyAsync(tokens[0], new() { ["pages"] = 2 }, "job-2")));
        Assert.Equal("9", await TakenAsync(id));
    }

    [Fact]
    public async Task Two_apis_that_use_the_same_action_id_count_each_for_itself()
    {
        var (alice, bob, _, _) = await FourAsync();
        var id = await alice.DelegatedAsync(bob, ["api.read"], Bounds("""[{"key":"pages","max_subtree":10}]"""));
        var (mail, files) = (await ApiAsync(), await ApiAsync());
        using var rest = Side.As(null);
        var token = Text(
            (await Side.AuthAsync(new { grant_type = "agent_delegation", client_secret = bob.Key, delegation_id = id, resource = new[] { mail.Url, files.Url } })).Is(HttpStatusCode.OK).Json,
            "access_token");

        foreach (var (api, taken) in new[] { (mail, "4"), (mail, "4"), (files, "8"), (files, "8"), (mail, "8") })
        {
            var answer = await rest.SendAsync(HttpMethod.Post, "/tokens/verify", Question(token, new() { ["pages"] = 4 }, "job-1"), api.Credential);
            Assert.True(Allowed(answer.Is(HttpStatusCode.OK).Json), answer.Text);
            Assert.Equal(taken, await TakenAsync(id));
        }
    }

    [Fact]
    public async Task A_policys_limit_and_a_delegations_are_charged_together_or_not_at_all()
    {
        var (alice, bob, _, _) = await FourAsync();
        var id = await alice.DelegatedAsync(bob, ["api.read"], Bounds("""[{"key":"uses","max_subtree":2}]"""));
        await Side.Organization.AskAsync(
            HttpMethod.Post, "/api/v1/policies",
            JsonNode.Parse($$$"""{"name":"Three","agentId":"{{{bob.Id}}}","rules":[{"type":"rate_limit","config":{"maxRequests":3,"windowSeconds":600,"scope":"per_agent"}}]}"""), HttpStatusCode.Created);
        var token = await TokenAsync(bob, id);

        for (var i = 0; i < 2; i++)
        {
            Assert.True(Allowed(await VerifyAsync(token)));
        }

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("ceiling_exceeded", Text(await VerifyAsync(token), "reasonCode"));
        }

        // The third request is still there for another delegation, and the fourth is not.
        var other = await TokenAsync(bob, await alice.DelegatedAsync(bob, ["api.read"], Bounds("""[{"key":"uses","max_subtree":2}]""")));
        Assert.True(Allowed(await VerifyAsync(other)));
        Assert.Equal("rate_limit_exceeded", Text(await VerifyAsync(other), "reasonCode"));
    }

    [Fact]
    public async Task What_is_left_is_told_and_asking_for_it_takes_nothing()
    {
        var (alice, bob, carol, _) = await FourAsync();
        var root = await alice.DelegatedAsync(bob, ["api.read"], Bounds("""[{"key":"uses","max_subtree":5}]"""));
        var id = await bob.DelegatedAsync(carol, ["api.read"], Bounds("""[{"key":"uses","max_subtree":2},{"key":"uses","max_lifetime":1}]""", root));
        var token = await TokenAsync(carol, id);

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal([(root, "max_subtree", 5m), (id, "max_subtree", 2m), (id, "max_lifetime", 1m)], Left(await IntrospectAsync(carol, token), "delegation_limits", "delegation_id"));
            Assert.True((await CheckAsync(carol)).GetProperty("allowed").GetBoolean());
        }

        var verified = await Side.Organization.PostAsync("/api/v1/tokens/verify", Question(token, [], null));
        Assert.Equal([(root, "max_subtree", 4m), (id, "max_subtree", 1m), (id, "max_lifetime", 0m)], Left(verified, "limits", "delegationId"));
        Assert.Equal([4m, 1m, 0m], Left(await IntrospectAsync(carol, token), "delegation_limits", "delegation_id").Select(left => left.Remaining));
        var shown = await Side.Organization.GetAsync("/api/v1/delegations/" + id);
        Assert.Equal([(root, "max_subtree", 4m), (id, "max_subtree", 1m)], Left(shown, "limits", "delegation_id"));
        Assert.True(Allowed(await VerifyAsync(await TokenAsync(carol, id))));
        Assert.Equal("ceiling_exceeded", Text(await CheckAsync(carol), "reasonCode"));
    }

    [Fact]
    public async Task Who_passes_on_passes_on_no_more_than_there_was()
    {
        var (alice, bob, carol, _) = await FourAsync();
        var root = await alice.DelegatedAsync(bob, ["api.read"], Bounds("""[{"key":"amount","budget":{"max":10,"currency":"EUR","window_seconds":600}},{"key":"uses","max_subtree":5}]"""));

        foreach (var wider in new[]
        {
            """{"key":"uses","max_subtree":6}""", """{"key":"amount","budget":11}""", """{"key":"amount","budget":{"max":10}}""",
            """{"key":"amount","budget":{"max":10,"currency":"USD","window_seconds":600}}""", """{"key":"amount","budget":{"max":10,"currency":"EUR","window_seconds":60}}""",
        })
        {
            (await bob.DelegateAsync(carol, ["api.read"], Bounds($"[{wider}]", root))).Is(HttpStatusCode.Forbidden, "delegation_refused");
            Assert.Equal("beyond_own_rights", (await Side.ReasonsAsync("access.refused"))[^1]);
        }

        foreach (var bad in new[] { """{"key":"uses","max_subtree":-1}""", """{"key":"uses","max_lifetime":1e300}""", """{"key":"amount","budget":{"most":1}}""", """{"key":"amount","budget":{"max":1,"currency":"Euro"}}""" })
        {
            (await bob.DelegateAsync(carol, ["api.read"], Bounds($"[{bad}]", root))).Is(HttpStatusCode.BadRequest, "invalid_request");
        }

        var many = string.Join(',', Enumerable.Range(0, 9).Select(i => $$"""{"key":"k{{i}}","max_subtree":1}"""));
        (await alice.DelegateAsync(bob, ["api.read"], Bounds($"[{many}]"))).Is(HttpStatusCode.Forbidden, "delegation_refused");
        Assert.Equal("too_many_constraints", (await Side.ReasonsAsync("access.refused"))[^1]);
        (await bob.DelegateAsync(carol, ["api.read"], Bounds("""[{"key":"amount","budget":{"max":10,"currency":"EUR","window_seconds":6000}}]""", root))).Is(HttpStatusCode.Created);
    }

    private async Task<(KeyedAgent, KeyedAgent, KeyedAgent, KeyedAgent)> FourAsync() => (
        await Side.AgentAsync(), await Side.AgentAsync("delegations.write"), await Side.AgentAsync("delegations.write"), await Side.AgentAsync("delegations.write"));

    /// <summary>An API of the organization, which asks by its own credential.</summary>
    private async Task<(string Url, (string Name, string Value) Credential)> ApiAsync()
    {
        var url = $"https://api.acme.example/{Guid.NewGuid():n}";
        var api = await Side.Organization.AskAsync(HttpMethod.Post, "/api/v1/resources", new { url }, HttpStatusCode.Created);
        return (url, AgentSide.Basic(Text(api.GetProperty("resource"), "clientId"), Text(api, "clientSecret")));
    }

    private static async Task<string> TokenAsync(KeyedAgent agent, string delegation) => Text((await agent.ActAsync(delegation)).Is(HttpStatusCode.OK).Json, "access_token");

    private Task<JsonElement> PayAsync(string token, decimal amount, string? currency = "EUR") => VerifyAsync(token, new() { ["amount"] = amount, ["currency"] = currency });

    private async Task<JsonElement> VerifyAsync(string token, JsonObject? context = null, string? actionId = null)
    {
        using var rest = Side.As(null);
        return (await rest.PostAsync("/tokens/verify", Question(token, context ?? [], actionId))).Is(HttpStatusCode.OK).Json;
    }

    private static JsonObject Question(string token, JsonObject context, string? actionId) =>
        new() { ["token"] = token, ["requiredScopes"] = new JsonArray("api.read"), ["context"] = context, ["actionId"] = actionId };

    private async Task<JsonElement> IntrospectAsync(KeyedAgent agent, string token)
    {
        using var rest = Side.As(null);
        return (await rest.PostAsync("/auth/token/introspect", new { client_secret = agent.Key, token })).Is(HttpStatusCode.OK).Json;
    }

    private Task<JsonElement> CheckAsync(KeyedAgent agent) => Side.Organization.PostAsync("/api/v1/policies/evaluate", new { agentId = agent.Id, action = "read", resource = "/api/v1" });

    /// <summary>What was taken under a delegation.</summary>
    private Task<string> TakenAsync(string delegation) => Side.Server.QueryAsync(async context =>
        await context.PolicyLimits.Where(row => row.Key.StartsWith($"delegation/{delegation}/")).Select(row => row.State).FirstOrDefaultAsync() is { } state ? state.Split(':')[^1] : "0");

    private static (string, string, decimal Remaining)[] Left(JsonElement json, string name, string id) =>
        [.. json.GetProperty(name).EnumerateArray().Select(left => (Text(left, id), Text(left, "type"), left.GetProperty("remaining").GetDecimal()))];

    private static JsonObject Bounds(string json, string? parent = null) => parent is null
        ? new() { ["constraints"] = JsonNode.Parse(json) }
        : new() { ["constraints"] = JsonNode.Parse(json), ["delegation_id"] = parent };

    private static bool Allowed(JsonElement answer) => answer.GetProperty("allowed").GetBoolean();

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
