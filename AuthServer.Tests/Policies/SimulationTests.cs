using System.Net;
using System.Text.Json;
using AuthServer.Policies;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Policies;

public sealed class SimulationTests(PolicyServer shared) : IClassFixture<PolicyServer>, IAsyncLifetime
{
    private const string Path = "/api/v1/policies";
    private const string TwoPerHour = """{"name":"Slow","rules":[{"type":"rate_limit","config":{"maxRequests":2,"windowSeconds":3600,"scope":"per_agent"}}]}""";

    private OrganizationSide _acme = null!;

    public async Task InitializeAsync() => _acme = await shared.OrganizationAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_proposed_policy_is_tried_on_what_was_decided_and_is_not_in_force()
    {
        await DecideAsync("email:send");
        var charge = await DecideAsync("payments:charge");
        var result = await SimulateAsync("""{"policy":{"name":"No payments","actions":["payments:*"],"effect":"deny"}}""");
        Assert.Equal((2, 2, 1, 1, 0, 1, true), Counts(result));
        var difference = Assert.Single(result.GetProperty("differences").EnumerateArray());
        Assert.Equal((charge.DecisionId, "payments:charge"), (Text(difference, "decisionId"), difference.GetProperty("actions")[0].GetString()));
        Assert.Equal((true, "allowed"), (difference.GetProperty("before").GetProperty("allowed").GetBoolean(), Text(difference.GetProperty("before"), "reasonCode")));
        Assert.Equal((false, "policy_denies", "No payments"), (
            difference.GetProperty("after").GetProperty("allowed").GetBoolean(), Text(difference.GetProperty("after"), "reasonCode"), Text(difference.GetProperty("after"), "policyName")));
        Assert.True((await DecideAsync("payments:charge")).Allowed);
        Assert.Equal(0, (await _acme.GetAsync(Path)).GetProperty("data").GetArrayLength());
    }

    [Fact]
    public async Task Limits_are_counted_anew_in_the_order_of_the_trail()
    {
        for (var i = 0; i < 5; i++)
        {
            await DecideAsync("email:send");
            shared.Server.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        var result = await SimulateAsync($$"""{"policy":{{TwoPerHour}}}""");
        Assert.Equal((5, 5, 2, 3, 0, 3, true), Counts(result));
        Assert.All(result.GetProperty("differences").EnumerateArray(), difference => Assert.Equal("rate_limit_exceeded", Text(difference.GetProperty("after"), "reasonCode")));
    }

    [Fact]
    public async Task What_came_before_the_time_fills_the_limits_and_is_not_told()
    {
        for (var i = 0; i < 3; i++)
        {
            await DecideAsync("email:send");
            shared.Server.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        var from = shared.Server.Clock.Now.AddSeconds(-90).ToString("o");
        Assert.Equal((1, 1, 0, 1, 0, 1, true), Counts(await SimulateAsync($$"""{"policy":{{TwoPerHour}},"from":"{{from}}"}""")));
    }

    [Fact]
    public async Task A_policy_is_tried_without_and_in_another_form()
    {
        var id = Text(await _acme.AskAsync(HttpMethod.Post, Path, TwoPerHour, HttpStatusCode.Created), "id");
        for (var i = 0; i < 4; i++)
            await DecideAsync("email:send");
        Assert.Equal((4, 2, 4, 0, 2, 2, true), Counts(await SimulateAsync($$"""{"remove":"{{id}}"}""")));
        var three = TwoPerHour.Replace(":2,", ":3,", StringComparison.Ordinal);
        Assert.Equal((4, 2, 3, 0, 1, 1, true), Counts(await SimulateAsync($$"""{"policy":{{three}},"replaces":"{{id}}"}""")));
    }

    [Fact]
    public async Task What_another_policy_changes_that_was_made_since_is_not_laid_at_the_proposed_ones_door()
    {
        var (sent, charge) = (await DecideAsync("email:send"), await DecideAsync("payments:charge"));
        await _acme.AskAsync(HttpMethod.Post, Path, """{"name":"No mail","actions":["email:*"],"effect":"deny"}""", HttpStatusCode.Created);
        var nothing = await SimulateAsync("""{"policy":{"name":"No files","actions":["files:*"],"effect":"deny"}}""");
        Assert.Equal((2, 1, 1, 0, 0, 0, true), Counts(nothing));
        Assert.Equal((0, 0, 1), (nothing.GetProperty("differences").GetArrayLength(), nothing.GetProperty("changes").GetArrayLength(), nothing.GetProperty("recordedOtherwise").GetInt32()));

        var paid = await SimulateAsync("""{"policy":{"name":"No payments","actions":["payments:*"],"effect":"deny"}}""");
        Assert.Equal((2, 1, 0, 1, 0, 1, true), Counts(paid));
        Assert.Equal(charge.DecisionId, Text(Assert.Single(paid.GetProperty("differences").EnumerateArray()), "decisionId"));

        // What undoes the other policy changes today's answer, though not the recorded one.
        var id = Text((await _acme.GetAsync(Path)).GetProperty("data")[0], "id");
        var without = await SimulateAsync($$"""{"remove":"{{id}}"}""");
        Assert.Equal((2, 1, 2, 0, 1, 1, true), Counts(without));
        var difference = Assert.Single(without.GetProperty("differences").EnumerateArray());
        Assert.Equal((sent.DecisionId, "No mail"), (Text(difference, "decisionId"), Text(difference.GetProperty("before"), "policyName")));
        Assert.True(difference.GetProperty("recorded").GetProperty("allowed").GetBoolean());
    }

    [Fact]
    public async Task A_policy_that_is_changed_is_compared_with_itself_as_it_is_stored()
    {
        for (var i = 0; i < 4; i++)
            await DecideAsync("email:send");
        var id = Text(await _acme.AskAsync(HttpMethod.Post, Path, TwoPerHour, HttpStatusCode.Created), "id");
        Assert.Equal((4, 2, 2, 0, 0, 0, true), Counts(await SimulateAsync($$"""{"policy":{{TwoPerHour}},"replaces":"{{id}}"}""")));
        var one = TwoPerHour.Replace(":2,", ":1,", StringComparison.Ordinal);
        Assert.Equal((4, 2, 1, 1, 0, 1, true), Counts(await SimulateAsync($$"""{"policy":{{one}},"replaces":"{{id}}"}""")));
    }

    [Fact]
    public async Task Repeated_actions_addresses_amounts_and_risks_are_replayed_as_they_were()
    {
        for (var i = 0; i < 3; i++)
            await DecideAsync("payments:charge", "pay-1", 40);
        await DecideAsync("payments:charge", "pay-2", 40);
        Assert.Equal((4, 4, 4, 0, 0, 0, true), Counts(await SimulateAsync(
            """
            {"policy":{"name":"x","conditions":{"ipAllowlist":["192.0.2.1"]},"rules":[{"type":"budget","config":{"maxAmount":80,"windowSeconds":3600,"scope":"per_agent","currency":"EUR"}},
             {"type":"max_risk","config":{"level":"standard"}},{"type":"expires_after","config":{"seconds":86401}}]}}
            """)));
        Assert.Equal((4, 4, 3, 1, 0, 1, true), Counts(await SimulateAsync(
            """{"policy":{"name":"x","rules":[{"type":"budget","config":{"maxAmount":79,"windowSeconds":3600,"scope":"per_agent","currency":"EUR"}}]}}""")));
        Assert.Equal((4, 4, 0, 4, 0, 4, true), Counts(await SimulateAsync(
            """{"policy":{"name":"x","rules":[{"type":"max_risk","config":{"level":"low"}}]}}""")));
    }

    [Fact]
    [Trait("negative", "60")]
    public async Task Decisions_and_policies_of_another_organization_are_not_replayed()
    {
        await DecideAsync("email:send");
        var id = Text(await _acme.AskAsync(HttpMethod.Post, Path, TwoPerHour, HttpStatusCode.Created), "id");
        var other = await shared.OrganizationAsync();
        Assert.Equal(0, (await other.PostAsync($"{Path}/simulate", """{"policy":{"name":"x","effect":"deny"}}""")).GetProperty("decisions").GetInt32());
        await other.AskAsync(HttpMethod.Post, $"{Path}/simulate", $$"""{"remove":"{{id}}"}""", HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task One_simulation_of_an_organization_runs_at_a_time()
    {
        var turns = shared.Server.Services.GetRequiredService<SimulationTurns>();
        Assert.True(turns.TryBegin(_acme.Id));
        using var refused = await _acme.SendAsync(HttpMethod.Post, $"{Path}/simulate", """{"policy":{"name":"x"}}""");
        Assert.Equal((HttpStatusCode.TooManyRequests, SimulationTurns.Wait), (refused.StatusCode, refused.Headers.RetryAfter!.Delta));
        var other = await shared.OrganizationAsync();
        await other.PostAsync($"{Path}/simulate", """{"policy":{"name":"x"}}""");

        turns.End(_acme.Id);
        await SimulateAsync("""{"policy":{"name":"x"}}""");
        await _acme.AskAsync(HttpMethod.Post, $"{Path}/simulate", "{}", HttpStatusCode.BadRequest);
        await SimulateAsync("""{"policy":{"name":"x"}}""");
    }

    [Fact]
    public void A_replay_does_no_more_than_so_much()
    {
        var replay = new Replay([Ask.Policy("[]")], [Ask.Policy("[]"), Ask.Policy("[]", id: "pol_2")], Ask.Monday, mostLooks: 7);
        replay.Add("aud_1", new(true, "allowed", null), Ask.For("email:send"), null);
        Assert.False(replay.IsExhausted);
        replay.Add("aud_2", new(true, "allowed", null), Ask.For("email:send"), null);
        Assert.True(replay.IsExhausted);
    }

    [Theory]
    [InlineData("""{}""", "policy")]
    [InlineData("""{"replaces":"pol_01hzzzzzzzzzzzzzzzzzzzzzzz"}""", "replaces")]
    [InlineData("""{"remove":"nonsense"}""", "remove")]
    [InlineData("""{"policy":{"name":"x","rules":[{"type":"geo","config":{}}]}}""", "policy.rules[0].type")]
    [InlineData("""{"policy":{"name":"x"},"from":"2026-03-02T00:00:00Z","to":"2026-03-02T00:00:00Z"}""", "from")]
    [InlineData("""{"policy":{"name":"x"},"from":"2021-03-02T00:00:00Z","to":"2026-03-02T00:00:00Z"}""", "from")]
    [InlineData("""{"policy":{"name":"x"},"from":"0001-01-01T00:00:00Z"}""", "from")]
    [InlineData("""{"policy":{"name":"x"},"to":"0001-01-01T00:00:00Z"}""", "to")]
    public async Task A_simulation_that_cannot_be_run_names_its_fault(string body, string field)
    {
        var problem = await _acme.AskAsync(HttpMethod.Post, $"{Path}/simulate", body, HttpStatusCode.BadRequest);
        Assert.Equal(field, Assert.Single(problem.GetProperty("errors").EnumerateObject()).Name);
    }

    private Task<Verdict> DecideAsync(string action, string? actionId = null, decimal? amount = null)
    {
        shared.Server.Clock.Advance(TimeSpan.FromMilliseconds(1)); // the trail is in the order of milliseconds
        var now = shared.Server.Clock.Now;
        var input = Ask.For(action) with { Now = now, OrganizationId = _acme.Id, Amount = amount, Currency = amount is null ? null : "EUR", GrantedAt = now.AddDays(-1) };
        var told = new AuditEvent { Id = Identifiers.New("aud_", now), At = now, Type = "token.verified", Outcome = AuditOutcomes.Denied };
        return shared.Server.Services.GetRequiredService<Decisions>().DecideAsync(input, told, enforcer: null, actionId, act: null, default);
    }

    private async Task<JsonElement> SimulateAsync(string body)
    {
        shared.Server.Clock.Advance(TimeSpan.FromMilliseconds(1)); // the end of the time is not within
        return await _acme.PostAsync($"{Path}/simulate", body);
    }

    private static (int, int, int, int, int, int, bool) Counts(JsonElement result)
    {
        int Number(string name) => result.GetProperty(name).GetInt32();
        return (Number("decisions"), Number("allowedBefore"), Number("allowedAfter"), Number("newlyDenied"), Number("newlyAllowed"), Number("changed"), result.GetProperty("complete").GetBoolean());
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
