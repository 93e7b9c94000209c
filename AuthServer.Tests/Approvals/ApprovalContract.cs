using AuthServer.Agents;
using AuthServer.Approvals;
using AuthServer.Data;
using AuthServer.Policies;
using AuthServer.Policies.Engine;
using AuthServer.Protocol.State;
using AuthServer.Tests.Policies;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Approvals;

public sealed class SqliteApprovalTests(SqliteStore store) : ApprovalContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlApprovalTests(PostgreSqlStore store) : ApprovalContract(store), IClassFixture<PostgreSqlStore>;

/// <summary>What is asked, answered and used on every database, also when many do so at once.</summary>
public abstract class ApprovalContract(DatabaseStore store) : IAsyncLifetime
{
    private const int Many = 64;
    private const string AsksForPayments = """[{"type":"require_approval","config":{"actions":["payments:*"]}}]""";

    private readonly PolicyStore _policies = new(store);
    private PolicyRow _policy = null!;
    private string _agent = "";

    public async Task InitializeAsync()
    {
        _policy = await _policies.AddAsync(AsksForPayments);
        _agent = await _policies.AgentAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Of_many_identical_asks_at_once_one_is_filed_and_all_name_it()
    {
        var verdicts = await AtOnceAsync(_ => AskAsync());

        Assert.All(verdicts, verdict => Assert.Equal((false, PolicyReasons.ApprovalRequired), (verdict.Allowed, verdict.ReasonCode)));
        var row = Assert.Single(await RowsAsync());
        Assert.All(verdicts, verdict => Assert.Equal((row.Id, $"https://as.example/approvals/{row.Id}", row.ExpiresAt), (verdict.Approval!.Id, verdict.Approval.Url, verdict.Approval.ExpiresAt)));
        Assert.Equal((ApprovalStatus.Pending, "usr_1", _agent, _policies.Clock.Now.AddDays(1)), (row.Status, row.DeciderId, row.AgentId, row.ExpiresAt));
        Assert.Single(await EventsAsync(ApprovalEvents.Requested));
    }

    [Fact]
    public async Task What_is_approved_once_lets_exactly_one_of_many_pass()
    {
        await ApproveAsync(await AskAsync());

        var verdicts = await AtOnceAsync(_ => AskAsync());

        Assert.Equal(PolicyReasons.Approved, Assert.Single(verdicts, verdict => verdict.Allowed).ReasonCode);
        Assert.Equal([ApprovalStatus.Used, ApprovalStatus.Pending], (await RowsAsync()).Select(row => row.Status));
        Assert.Single(await EventsAsync(ApprovalEvents.Used));
    }

    [Fact]
    public async Task What_is_approved_for_an_hour_lets_all_pass_and_none_after_it()
    {
        await ApproveAsync(await AskAsync(), TimeSpan.FromHours(1));

        Assert.All(await AtOnceAsync(_ => AskAsync()), verdict => Assert.True(verdict.Allowed));
        Assert.Equal(Many, Assert.Single(await RowsAsync()).Uses);
        _policies.Clock.Advance(TimeSpan.FromMinutes(61));
        Assert.False((await AskAsync()).Allowed);
        Assert.Equal([ApprovalStatus.Expired, ApprovalStatus.Pending], (await RowsAsync()).Select(row => row.Status));
        Assert.Single(await EventsAsync(ApprovalEvents.Expired));
    }

    [Fact]
    public async Task An_approval_for_one_time_is_worth_nothing_after_its_minutes()
    {
        await ApproveAsync(await AskAsync());
        _policies.Clock.Advance(TimeSpan.FromMinutes(10));

        Assert.False((await AskAsync()).Allowed);
    }

    [Fact]
    public async Task Of_many_answers_at_once_one_counts()
    {
        var asked = await AskAsync();

        var answers = await AtOnceAsync(i => i % 2 == 0 ? ApproveAsync(asked) : DenyAsync(asked));

        Assert.Single(answers, answer => answer == true);
        var (approved, denied) = (await EventsAsync(ApprovalEvents.Approved), await EventsAsync(ApprovalEvents.Denied));
        Assert.Single(approved.Concat(denied));
        Assert.Equal(Assert.Single(await RowsAsync()).Status == ApprovalStatus.Approved, approved.Count == 1);
    }

    [Fact]
    public async Task What_is_denied_stays_denied_without_another_question_until_its_time_is_over()
    {
        await DenyAsync(await AskAsync());

        var again = await AskAsync();
        Assert.Equal((false, PolicyReasons.ApprovalDenied), (again.Allowed, again.ReasonCode));
        Assert.Single(await RowsAsync());
        _policies.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(PolicyReasons.ApprovalRequired, (await AskAsync()).ReasonCode);
        Assert.Equal([ApprovalStatus.Denied, ApprovalStatus.Pending], (await RowsAsync()).Select(row => row.Status));
    }

    [Theory]
    [InlineData("person")]
    [InlineData("resource")]
    [InlineData("amount")]
    [InlineData("currency")]
    [InlineData("consent")]
    [InlineData("action")]
    [InlineData("account")]
    [InlineData("delegation")]
    [InlineData("detail")]
    public async Task An_answer_fits_nothing_that_differs_in_anything(string difference)
    {
        await ApproveAsync(await AskAsync(), TimeSpan.FromHours(8));
        var (input, act) = (Input(), new ApprovableAct());
        (input, act) = difference switch
        {
            "person" => (input with { UserId = "usr_2" }, act),
            "resource" => (input with { Resource = "/invoices/8" }, act),
            "amount" => (input with { Amount = 20.01m }, act),
            "currency" => (input with { Currency = "USD" }, act),
            "consent" => (input with { GrantedAt = input.GrantedAt!.Value.AddMilliseconds(1) }, act),
            "action" => (input with { Required = ["payments:refund"], Granted = ["payments:refund"] }, act),
            "account" => (input, act with { AccountId = "ca_1" }),
            "delegation" => (input, act with { Delegations = ["dlg_1"] }),
            _ => (input, act with { Details = new Dictionary<string, System.Text.Json.JsonElement> { ["to"] = Ask.Json("\"somebody else\"") } }),
        };

        Assert.Equal((false, PolicyReasons.ApprovalRequired), await AnswerAsync(input, act));
        Assert.True((await AskAsync()).Allowed);
    }

    [Fact]
    public async Task Another_agent_gets_nothing_by_it()
    {
        await ApproveAsync(await AskAsync(), TimeSpan.FromHours(8));
        var other = await _policies.AgentAsync();

        Assert.Equal((false, PolicyReasons.ApprovalRequired), await AnswerAsync(Input() with { AgentId = other }, new()));
    }

    [Theory]
    [InlineData("changed")]
    [InlineData("deleted")]
    [InlineData("suspended")]
    [InlineData("consent")]
    public async Task What_it_hangs_upon_takes_it_along(string end)
    {
        var act = new ApprovableAct { AuthorizationId = $"con_{Guid.NewGuid():N}" };
        await store.GrantAsync($"app_{Guid.NewGuid():N}", act.AuthorizationId, "usr_1");
        var asked = await _policies.DecideAsync(Input(), act);
        await ApproveAsync(asked, TimeSpan.FromHours(8));
        Assert.True((await _policies.DecideAsync(Input(), act)).Allowed);

        await store.QueryAsync(async context =>
        {
            var policy = await context.Policies.SingleAsync(row => row.Id == _policy.Id);
            policy.Version = end == "changed" ? "another" : policy.Version;
            if (end == "deleted")
                context.Policies.Remove(policy);
            (await context.Agents.SingleAsync(row => row.Id == _agent)).Status = end == "suspended" ? AgentStatus.Suspended : AgentStatus.Active;
            (await context.Authorizations.SingleAsync(row => row.Id == act.AuthorizationId)).Status = end == "consent" ? "revoked" : "valid";
            return await context.SaveChangesAsync();
        });

        // This node does not know of it yet.
        var verdict = await _policies.DecideAsync(Input(), act);
        Assert.Equal((false, PolicyReasons.ApprovalRequired), (verdict.Allowed, verdict.ReasonCode));
        Assert.NotEqual(asked.Approval!.Id, verdict.Approval!.Id);
        var row = (await RowsAsync())[0];
        Assert.Equal((ApprovalStatus.Revoked, ApprovalEnds.Void), (row.Status, row.EndReason));
        Assert.False(await ApproveAsync(verdict));
    }

    [Fact]
    public async Task A_limit_without_room_uses_up_no_approval_and_asks_nobody()
    {
        await _policies.AddAsync("""[{"type":"budget","config":{"maxAmount":30,"windowSeconds":3600,"scope":"per_agent","currency":"EUR"}}]""");
        await ApproveAsync(await AskAsync(), TimeSpan.FromHours(8));

        Assert.True((await AskAsync()).Allowed); // 20
        Assert.Equal(PolicyReasons.BudgetExceeded, (await AskAsync()).ReasonCode);
        Assert.Equal((false, PolicyReasons.BudgetExceeded), await AnswerAsync(Input() with { Amount = 11 }, new()));
        Assert.Equal(1, Assert.Single(await RowsAsync()).Uses);
    }

    [Fact]
    public async Task The_same_action_repeated_is_no_second_use()
    {
        await ApproveAsync(await _policies.DecideAsync(Input(), new ApprovableAct(), "pay-1"));

        Assert.True((await _policies.DecideAsync(Input(), new ApprovableAct(), "pay-1")).Allowed);
        Assert.True((await _policies.DecideAsync(Input(), new ApprovableAct(), "pay-1")).Allowed);
        Assert.False((await _policies.DecideAsync(Input(), new ApprovableAct(), "pay-2")).Allowed);
        Assert.Equal(1, (await RowsAsync())[0].Uses);
    }

    [Fact]
    public async Task No_agent_has_more_than_twenty_questions_waiting_however_many_it_asks_at_once()
    {
        var verdicts = await AtOnceAsync(i => _policies.DecideAsync(Input() with { Resource = $"/invoices/{i}" }, new ApprovableAct()));

        Assert.Equal(20, (await RowsAsync()).Count);
        Assert.Equal(20, verdicts.Count(verdict => verdict.Approval is not null));
        var one = verdicts.First(verdict => verdict.Approval is null);
        Assert.Equal((false, PolicyReasons.ApprovalRequired), (one.Allowed, one.ReasonCode));
        Assert.EndsWith("nobody is asked for more.", one.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_taken_back_lets_nothing_pass()
    {
        var asked = await AskAsync();
        await ApproveAsync(asked, TimeSpan.FromHours(8));
        Assert.True((await AskAsync()).Allowed);

        var row = (await RowsAsync())[0];
        Assert.True(await _policies.Answers.TryTakeBackAsync(row, "usr_1", Event(ApprovalEvents.Revoked), default));
        Assert.False(await _policies.Answers.TryTakeBackAsync(row, "usr_1", Event(ApprovalEvents.Revoked), default));
        Assert.False((await AskAsync()).Allowed);
    }

    [Fact]
    public async Task Nobody_answers_for_another_person_or_for_an_organization_that_is_not_theirs()
    {
        await AskAsync();
        await _policies.DecideAsync(Input() with { UserId = null }, new ApprovableAct());
        var rows = await RowsAsync();
        var yes = new ApprovalDecision(ApprovalStatus.Approved, Once: true, _policies.Clock.Now.AddMinutes(10), null);

        Assert.Equal(["usr_1", null], rows.Select(row => row.DeciderId));
        Assert.All(
            await Task.WhenAll(rows.Select(row => _policies.Answers.TryAnswerAsync(row, yes, "usr_2", Event(ApprovalEvents.Approved), default))),
            Assert.Null);
    }

    [Fact]
    public async Task What_ran_out_is_noted_once_with_its_event_and_forgotten_after_ninety_days()
    {
        await AskAsync();
        _policies.Clock.Advance(TimeSpan.FromDays(1));

        await _policies.Answers.PruneAsync(_policies.Clock.Now, default);
        await _policies.Answers.PruneAsync(_policies.Clock.Now, default);
        Assert.Equal(ApprovalStatus.Expired, Assert.Single(await RowsAsync()).Status);
        Assert.Single(await EventsAsync(ApprovalEvents.Expired));

        await _policies.Answers.PruneAsync(_policies.Clock.Now.AddDays(90), default);
        Assert.Empty(await RowsAsync());
    }

    [Fact]
    public async Task Nobody_is_asked_where_no_act_is_at_stake()
    {
        Assert.Equal(PolicyReasons.ApprovalRequired, (await _policies.DecideAsync(Input())).ReasonCode);
        Assert.Equal((false, PolicyReasons.ApprovalRequired), await AnswerAsync(Input() with { AgentId = null }, new()));
        Assert.Equal((false, PolicyReasons.ApprovalRequired), await AnswerAsync(Input() with { Required = [], Granted = [] }, new()));
        Assert.Equal(PolicyOutcome.ApprovalRequired, (await _policies.Decisions.DryRunAsync(Input(), default)).Outcome);
        Assert.Empty(await RowsAsync());
    }

    private PolicyInput Input() => _policies.Input("payments:charge") with { AgentId = _agent, Resource = "/invoices/7", Amount = 20, Currency = "EUR" };

    private Task<Verdict> AskAsync() => _policies.DecideAsync(Input(), new ApprovableAct());

    private async Task<(bool, string)> AnswerAsync(PolicyInput input, ApprovableAct act)
    {
        var verdict = await _policies.DecideAsync(input, act);
        return (verdict.Allowed, verdict.ReasonCode);
    }

    /// <param name="length">Null: for one time.</param>
    private async Task<bool?> ApproveAsync(Verdict asked, TimeSpan? length = null) => await _policies.Answers.TryAnswerAsync(
        await RowAsync(asked), new(ApprovalStatus.Approved, length is null, _policies.Clock.Now + (length ?? TimeSpan.FromMinutes(10)), null), "usr_1", Event(ApprovalEvents.Approved), default);

    private async Task<bool?> DenyAsync(Verdict asked)
    {
        var row = await RowAsync(asked);
        return await _policies.Answers.TryAnswerAsync(row, new(ApprovalStatus.Denied, Once: false, row.ExpiresAt, "Not now."), "usr_1", Event(ApprovalEvents.Denied), default);
    }

    private AuditEvent Event(string type) => _policies.Event() with { Type = type, OrganizationId = _policies.OrganizationId };

    private Task<Approval> RowAsync(Verdict asked) => store.QueryAsync(context => context.Approvals.AsNoTracking().SingleAsync(row => row.Id == asked.Approval!.Id));

    private async Task<List<Approval>> RowsAsync() =>
        await store.QueryAsync(context => context.Approvals.AsNoTracking().Where(row => row.OrganizationId == _policies.OrganizationId).OrderBy(row => row.EndedAt == null).ThenBy(row => row.CreatedAt).ThenBy(row => row.DeciderId == null).ToListAsync());

    private Task<List<string>> EventsAsync(string type) => store.QueryAsync(context =>
        context.AuditEvents.Where(row => row.Type == type && row.OrganizationId == _policies.OrganizationId).Select(row => row.Id).ToListAsync());

    private static Task<T[]> AtOnceAsync<T>(Func<int, Task<T>> attempt) => Task.WhenAll(Enumerable.Range(0, Many).Select(i => Task.Run(() => attempt(i))));
}
