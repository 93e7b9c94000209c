using AuthServer.Policies;
using AuthServer.Policies.Engine;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Policies;

public sealed class SqliteDecisionTests(SqliteStore store) : DecisionContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlDecisionTests(PostgreSqlStore store) : DecisionContract(store), IClassFixture<PostgreSqlStore>;

/// <summary>What a decision leaves behind on every database.</summary>
public abstract class DecisionContract(DatabaseStore store)
{
    private const int Many = 64;
    private const string TenPerHour = """[{"type":"rate_limit","config":{"maxRequests":10,"windowSeconds":3600,"scope":"per_organization"}}]""";
    private const string HundredEuros = """[{"type":"budget","config":{"maxAmount":100,"windowSeconds":3600,"scope":"per_agent","currency":"EUR"}}]""";

    private readonly PolicyStore _policies = new(store);

    [Fact]
    public async Task Of_many_requests_at_once_exactly_as_many_pass_as_the_rate_allows()
    {
        await _policies.AddAsync(TenPerHour);
        var verdicts = await AtOnceAsync(_ => _policies.DecideAsync(_policies.Input("email:send")));
        Assert.Equal(10, verdicts.Count(verdict => verdict.Allowed));
        Assert.All(verdicts.Where(verdict => !verdict.Allowed), verdict => Assert.Equal(PolicyReasons.RateLimitExceeded, verdict.ReasonCode));
        Assert.Equal(Enumerable.Range(0, 10), verdicts.Where(verdict => verdict.Allowed).Select(verdict => (int)verdict.Rate!.Remaining).Order());
    }

    [Fact]
    public async Task Of_many_payments_at_once_exactly_as_many_pass_as_the_budget_covers()
    {
        await _policies.AddAsync(HundredEuros);
        var verdicts = await AtOnceAsync(_ => _policies.DecideAsync(_policies.Input("payments:charge") with { Amount = 7.50m, Currency = "EUR" }));
        Assert.Equal(13, verdicts.Count(verdict => verdict.Allowed)); // 97.50
        Assert.All(verdicts.Where(verdict => !verdict.Allowed), verdict => Assert.Equal(PolicyReasons.BudgetExceeded, verdict.ReasonCode));
        Assert.True((await _policies.DecideAsync(_policies.Input("payments:charge") with { Amount = 2.50m, Currency = "EUR" })).Allowed);
        Assert.False((await _policies.DecideAsync(_policies.Input("payments:charge") with { Amount = 0.01m, Currency = "EUR" })).Allowed);
    }

    [Fact]
    public async Task Requests_that_take_from_the_same_limits_in_different_orders_all_get_an_answer_and_no_limit_is_passed()
    {
        await _policies.AddAsync(TenPerHour, "first");
        await _policies.AddAsync("""[{"type":"rate_limit","config":{"maxRequests":4,"windowSeconds":60,"scope":"per_user"}}]""", "second");
        await _policies.AddAsync("""[{"type":"rate_limit","config":{"maxRequests":7,"windowSeconds":60,"scope":"per_agent"}}]""", "third");
        var verdicts = await AtOnceAsync(i => _policies.DecideAsync(
            _policies.Input("email:send") with { UserId = $"usr_{i % 3}", AgentId = $"agt_{i % 2}" }));
        Assert.Equal(10, verdicts.Count(verdict => verdict.Allowed));
        foreach (var i in Enumerable.Range(0, 3))
            Assert.InRange(verdicts.Where((verdict, place) => verdict.Allowed && place % 3 == i).Count(), 0, 4);
        foreach (var i in Enumerable.Range(0, 2))
            Assert.InRange(verdicts.Where((verdict, place) => verdict.Allowed && place % 2 == i).Count(), 0, 7);
    }

    [Fact]
    public async Task A_limit_without_room_leaves_the_others_untouched()
    {
        await _policies.AddAsync(TenPerHour);
        await _policies.AddAsync(HundredEuros);
        var input = _policies.Input("payments:charge") with { Currency = "EUR" };
        for (var i = 0; i < 20; i++)
            Assert.Equal(PolicyReasons.BudgetExceeded, (await _policies.DecideAsync(input with { Amount = 100.01m })).ReasonCode);
        var verdict = await _policies.DecideAsync(input with { Amount = 100 });
        Assert.Equal((true, 9L), (verdict.Allowed, verdict.Rate!.Remaining));
    }

    [Fact]
    public async Task An_action_that_is_repeated_counts_once_even_when_it_comes_many_times_at_once()
    {
        await _policies.AddAsync(TenPerHour);
        var verdicts = await AtOnceAsync(_ => _policies.DecideAsync(_policies.Input("email:send"), "mail-1"));
        Assert.All(verdicts, verdict => Assert.True(verdict.Allowed));
        Assert.Equal(8, (await _policies.DecideAsync(_policies.Input("email:send"), "mail-2")).Rate!.Remaining);
    }

    [Fact]
    public async Task A_repeated_action_stays_allowed_when_the_limit_is_used_up_and_another_is_not()
    {
        await _policies.AddAsync(TenPerHour);
        for (var i = 0; i < 10; i++)
            Assert.True((await _policies.DecideAsync(_policies.Input("email:send"), $"mail-{i}")).Allowed);
        Assert.True((await _policies.DecideAsync(_policies.Input("email:send"), "mail-3")).Allowed);
        Assert.False((await _policies.DecideAsync(_policies.Input("email:send"), "mail-10")).Allowed);
        Assert.False((await _policies.DecideAsync(_policies.Input("email:send"), "mail-10")).Allowed);
    }

    [Fact]
    public async Task The_same_id_for_something_else_is_another_action()
    {
        await _policies.AddAsync(HundredEuros);
        var input = _policies.Input("payments:charge") with { Amount = 40, Currency = "EUR" };
        Assert.True((await _policies.DecideAsync(input, "pay")).Allowed);
        Assert.True((await _policies.DecideAsync(input, "pay")).Allowed);
        Assert.False((await _policies.DecideAsync(input with { Amount = 61 }, "pay")).Allowed);
        Assert.True((await _policies.DecideAsync(input with { UserId = "usr_2" }, "pay")).Allowed); // 80
        Assert.False((await _policies.DecideAsync(input with { Resource = "/invoices/2" }, "pay")).Allowed); // 120
    }

    [Fact]
    public async Task After_a_day_a_repeated_action_counts_again()
    {
        await _policies.AddAsync("""[{"type":"rate_limit","config":{"maxRequests":1,"windowSeconds":604800,"scope":"per_user"}}]""");
        Assert.True((await _policies.DecideAsync(_policies.Input("email:send"), "mail")).Allowed);
        _policies.Clock.Advance(TimeSpan.FromHours(23));
        Assert.True((await _policies.DecideAsync(_policies.Input("email:send"), "mail")).Allowed);
        _policies.Clock.Advance(TimeSpan.FromHours(2));
        Assert.False((await _policies.DecideAsync(_policies.Input("email:send"), "mail")).Allowed);
    }

    [Fact]
    public async Task Each_decision_is_in_the_trail_with_its_outcome_and_reason()
    {
        await _policies.AddAsync("""[{"type":"rate_limit","config":{"maxRequests":1,"windowSeconds":60,"scope":"per_user"}},{"type":"require_approval","config":{"actions":["payments:*"]}}]""");
        Assert.Equal((AuditOutcomes.Denied, PolicyReasons.ApprovalRequired), await ToldAsync("payments:charge"));
        Assert.Equal((AuditOutcomes.Success, PolicyReasons.Allowed), await ToldAsync("email:send"));
        Assert.Equal((AuditOutcomes.Denied, PolicyReasons.RateLimitExceeded), await ToldAsync("email:send"));

        // A person need not be asked for what cannot be done anyway.
        Assert.Equal((AuditOutcomes.Denied, PolicyReasons.RateLimitExceeded), await ToldAsync("payments:charge"));
        var missing = await _policies.DecideAsync(_policies.Input("email:send") with { Granted = [] });
        Assert.Equal((AuditOutcomes.Denied, PolicyReasons.ScopeMissing), await _policies.ToldAsync(missing));
    }

    [Fact]
    public async Task A_dry_run_answers_the_same_and_leaves_nothing()
    {
        await _policies.AddAsync("""[{"type":"rate_limit","config":{"maxRequests":1,"windowSeconds":60,"scope":"per_user"}}]""");
        var events = await store.QueryAsync(context => context.AuditEvents.CountAsync());
        for (var i = 0; i < 3; i++)
            Assert.Equal(PolicyOutcome.Allowed, (await _policies.Decisions.DryRunAsync(_policies.Input("email:send"), default)).Outcome);
        Assert.Equal(events, await store.QueryAsync(context => context.AuditEvents.CountAsync()));
        Assert.True((await _policies.DecideAsync(_policies.Input("email:send"))).Allowed);
        Assert.Equal(PolicyReasons.RateLimitExceeded, (await _policies.Decisions.DryRunAsync(_policies.Input("email:send"), default)).ReasonCode);
    }

    [Fact]
    public async Task A_policy_that_cannot_be_read_denies_everything_of_its_organization_and_nothing_of_others()
    {
        await _policies.AddAsync("""[{"type":"from_the_future","config":{}}]""");
        var verdict = await _policies.DecideAsync(_policies.Input("email:send"));
        Assert.Equal((false, PolicyReasons.PolicyFailure), (verdict.Allowed, verdict.ReasonCode));
        Assert.Equal((AuditOutcomes.Denied, PolicyReasons.PolicyFailure), await _policies.ToldAsync(verdict));
        Assert.Equal(PolicyReasons.PolicyFailure, (await _policies.Decisions.DryRunAsync(_policies.Input("email:send"), default)).ReasonCode);
        Assert.True((await new PolicyStore(store).DecideAsync(_policies.Input("email:send") with { OrganizationId = "acct_other" })).Allowed);
    }

    [Fact]
    public async Task A_limit_whose_state_is_damaged_denies()
    {
        await _policies.AddAsync(TenPerHour);
        Assert.True((await _policies.DecideAsync(_policies.Input("email:send"))).Allowed);
        await store.QueryAsync(async context =>
        {
            (await context.PolicyLimits.SingleAsync(row => row.Key.EndsWith(_policies.OrganizationId))).State = "nonsense";
            return await context.SaveChangesAsync();
        });
        var verdict = await _policies.DecideAsync(_policies.Input("email:send"));
        Assert.Equal((false, PolicyReasons.PolicyFailure), (verdict.Allowed, verdict.ReasonCode));
        Assert.Equal((AuditOutcomes.Denied, PolicyReasons.PolicyFailure), await _policies.ToldAsync(verdict));
    }

    [Fact]
    public async Task Where_the_trail_cannot_be_written_nothing_is_allowed_and_nothing_taken()
    {
        await _policies.AddAsync(TenPerHour);
        await ExecuteAsync("""ALTER TABLE "AuditEvents" RENAME TO "Away" """);
        try
        {
            await Assert.ThrowsAnyAsync<Exception>(() => _policies.DecideAsync(_policies.Input("email:send")));
        }
        finally
        {
            await ExecuteAsync("""ALTER TABLE "Away" RENAME TO "AuditEvents" """);
        }

        Assert.Equal(9, (await _policies.DecideAsync(_policies.Input("email:send"))).Rate!.Remaining);
    }

    [Fact]
    public async Task What_another_node_changed_is_in_force_after_five_seconds()
    {
        Assert.True((await _policies.DecideAsync(_policies.Input("email:send"))).Allowed);
        var other = new PolicyStore(store) { OrganizationId = _policies.OrganizationId };
        await other.AddAsync("[]", effect: PolicyEffect.Deny);
        Assert.False((await other.DecideAsync(_policies.Input("email:send"))).Allowed);
        Assert.True((await _policies.DecideAsync(_policies.Input("email:send"))).Allowed);
        _policies.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.False((await _policies.DecideAsync(_policies.Input("email:send"))).Allowed);
    }

    private Task<int> ExecuteAsync(string sql) => store.QueryAsync(context => context.Database.ExecuteSqlRawAsync(sql));

    private static Task<Verdict[]> AtOnceAsync(Func<int, Task<Verdict>> attempt) =>
        Task.WhenAll(Enumerable.Range(0, Many).Select(i => Task.Run(() => attempt(i))));

    private async Task<(string, string?)> ToldAsync(string action) => await _policies.ToldAsync(await _policies.DecideAsync(_policies.Input(action)));
}
