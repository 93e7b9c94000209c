using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Audit;

public sealed class SqliteAuditQueryTests : AuditQueryContract
{
    [Fact]
    public async Task A_search_for_what_is_rare_rests_and_goes_on_where_it_rested()
    {
        var rare = await AppendAsync(Side.Event() with { Scope = "rare:scope" });
        await using (var context = await Side.Node.GetRequiredService<IDbContextFactory<AuthDbContext>>().CreateDbContextAsync())
        {
            Side.Clock.Advance(TimeSpan.FromSeconds(1));
            context.AuditEvents.AddRange(Enumerable.Range(0, AuditSelection.MostLookedAt + 10).Select(_ => AuditEventRow.From(Side.Event())));
            await context.SaveChangesAsync();
        }

        var first = await Query.FindAsync(new() { OrganizationId = "acct_1", Scope = "rare:scope" }, 10, default);
        Assert.Empty(first.Entries);
        var second = await Query.FindAsync(new() { OrganizationId = "acct_1", Scope = "rare:scope", Cursor = first.NextCursor }, 10, default);
        Assert.Equal([rare], second.Entries.Select(entry => entry.Id));
        Assert.Null(second.NextCursor);
        Assert.Equal([rare], await AllAsync(new() { OrganizationId = "acct_1", Scope = "rare:scope" }));
    }

    [Theory]
    [InlineData("acct_1", null, null, null, "IX_AuditEvents_Organization")]
    [InlineData("acct_1", null, null, "success", "IX_AuditEvents_Organization")]
    [InlineData("acct_1", null, null, "denied", "IX_AuditEvents_OrganizationDenied")]
    [InlineData("acct_1", "agt_1", null, "denied", "IX_AuditEvents_Agent")]
    [InlineData("acct_1", "agt_1", "usr_ada", "denied", "IX_AuditEvents_Person")]
    [InlineData(null, null, "usr_ada", null, "IX_AuditEvents_Person")]
    public async Task Each_view_is_read_from_its_index_in_order(string? organization, string? agent, string? user, string? outcome, string index)
    {
        var filter = new AuditFilter { OrganizationId = organization, AgentId = agent, UserId = user, Outcome = outcome, From = Side.Clock.Now, Scope = "x" };
        var selection = new AuditSelection(filter);
        foreach (var (statement, values) in new[] { selection.RestingPlace(), selection.Entries("aud_", 10) })
        {
            var plan = await Side.Node.GetRequiredService<IDatabaseReader>().ListAsync(
                new Statement("EXPLAIN QUERY PLAN " + statement.Sql), row => row.GetString(3), values, default);
            Assert.Matches($"^SEARCH AuditEvents USING (COVERING )?INDEX {index} ", Assert.Single(plan));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("acct_1")]
    public async Task What_is_told_of_things_that_are_gone_is_read_from_its_index_in_order(string organization)
    {
        var plan = await Side.Node.GetRequiredService<IDatabaseReader>().ListAsync(
            new Statement("EXPLAIN QUERY PLAN " + AuditQuery.Gone.Sql), row => row.GetString(3), ["pol_1", organization], default);
        Assert.StartsWith("SEARCH AuditEvents USING INDEX IX_AuditEvents_Gone ", Assert.Single(plan), StringComparison.Ordinal);
    }
}

public sealed class PostgreSqlAuditQueryTests : AuditQueryContract
{
    protected override async Task<string?> DatabaseAsync() => await PostgreSqlCluster.CreateDatabaseAsync();
}

/// <summary>What is asked of the trail is answered, newest first, and nothing else.</summary>
public abstract class AuditQueryContract : IAsyncLifetime
{
    private protected TrailSide Side { get; private set; } = null!;

    private protected AuditQuery Query => Side.Node.GetRequiredService<AuditQuery>();

    public async Task InitializeAsync() => Side = await new TrailSide(await DatabaseAsync()).StartAsync();

    public async Task DisposeAsync() => await Side.DisposeAsync();

    [Fact]
    public async Task An_entry_shows_what_the_event_says()
    {
        var entry = Side.Event();
        await AppendAsync(entry);
        var shown = Assert.Single((await Query.FindAsync(new() { OrganizationId = "acct_1" }, 10, default)).Entries);
        Assert.Equal(
            (entry.Id, entry.At, entry.Type, entry.Outcome, entry.AgentId, entry.Subject, entry.ClientId),
            (shown.Id, shown.Timestamp, shown.Type, shown.Outcome, shown.AgentId, shown.UserId, shown.ClientId));
        Assert.Equal(
            (entry.Scope, entry.PolicyId, entry.Reason, entry.Address, entry.UserAgent, entry.CorrelationId, entry.Target, entry.OrganizationId),
            (shown.Scope, shown.PolicyId, shown.Reason, shown.IpAddress, shown.UserAgent, shown.CorrelationId, shown.Target, shown.OrganizationId));
        Assert.Equal(1, shown.Details?.GetProperty("a").GetInt32());
        Assert.Equal("ada@example.com", shown.Personal?.GetProperty("email").GetString());
    }

    [Fact]
    public async Task A_machine_that_acts_for_itself_is_no_user()
    {
        await AppendAsync(Side.Event() with { Subject = "machine", ClientId = "machine" });
        Assert.Null(Assert.Single((await Query.FindAsync(new() { AgentId = "agt_1" }, 10, default)).Entries).UserId);
        Assert.Empty(await AllAsync(new() { UserId = "machine" }));
    }

    [Fact]
    public async Task What_is_about_an_id_was_done_to_it_or_names_it_and_is_narrowed_to_types()
    {
        var target = await AppendAsync(Side.Event() with { Target = "conn_7", Detail = null });
        var named = await AppendAsync(Side.Event("account.connected") with { Target = "ca_1", Detail = """{"connection":"conn_7"}""" });
        await AppendAsync(Side.Event() with { Target = "CONN_7", Detail = """{"connection":"conn_8"}""" });
        await AppendAsync(Side.Event() with { Target = null, Detail = null });

        Assert.Equal(new[] { target, named }.Order(StringComparer.Ordinal), (await AllAsync(new() { OrganizationId = "acct_1", About = "conn_7" })).Order(StringComparer.Ordinal));
        Assert.Equal([named], await AllAsync(new() { OrganizationId = "acct_1", About = "conn_7", Types = ["account.connected", "account.deleted"] }));
        Assert.Empty(await AllAsync(new() { OrganizationId = "acct_2", About = "conn_7" }));
    }

    [Fact]
    public async Task Every_filter_narrows_and_all_of_them_together()
    {
        var one = await AppendAsync(Side.Event());
        (string Name, AuditFilter Filter, AuditEvent Other)[] cases =
        [
            ("organization", new() { OrganizationId = "acct_1" }, Side.Event() with { OrganizationId = "acct_2" }),
            ("agent", new() { AgentId = "agt_1" }, Side.Event() with { AgentId = "agt_2" }),
            ("user", new() { UserId = "usr_ada" }, Side.Event() with { Subject = "usr_bob" }),
            ("client", new() { OrganizationId = "acct_1", ClientId = "web" }, Side.Event() with { ClientId = "Web" }),
            ("type", new() { OrganizationId = "acct_1", Type = "token.issued" }, Side.Event("token.refused")),
            ("outcome", new() { OrganizationId = "acct_1", Outcome = "success" }, Side.Event() with { Outcome = AuditOutcomes.Denied }),
            ("policy", new() { OrganizationId = "acct_1", PolicyId = "pol_1" }, Side.Event() with { PolicyId = null }),
            ("scope", new() { OrganizationId = "acct_1", Scope = "email:send" }, Side.Event() with { Scope = "email:send2 xemail:send Email:send" }),
        ];
        foreach (var (name, filter, other) in cases)
        {
            var different = await AppendAsync(other);
            var found = await AllAsync(filter);
            Assert.True(found.Contains(one) && !found.Contains(different), name);
        }

        Assert.Equal([one], await AllAsync(new()
        {
            OrganizationId = "acct_1",
            AgentId = "agt_1",
            UserId = "usr_ada",
            ClientId = "web",
            Type = "token.issued",
            Outcome = "success",
            PolicyId = "pol_1",
            Scope = "email:read",
            From = Side.Clock.Now.AddMinutes(-1),
            To = Side.Clock.Now.AddMinutes(1),
        }));
    }

    [Fact]
    public async Task Denied_events_of_an_organization_are_found()
    {
        await AppendAsync(Side.Event());
        var denied = await AppendAsync(Side.Event() with { Outcome = AuditOutcomes.Denied });
        Assert.Equal([denied], await AllAsync(new() { OrganizationId = "acct_1", Outcome = AuditOutcomes.Denied }));
    }

    [Fact]
    public async Task Times_bound_the_answer()
    {
        var before = await AppendAsync(Side.Event());
        Side.Clock.Advance(TimeSpan.FromMinutes(1));
        var (from, during) = (Side.Clock.Now, await AppendAsync(Side.Event()));
        Side.Clock.Advance(TimeSpan.FromMinutes(1));
        var (to, after) = (Side.Clock.Now, await AppendAsync(Side.Event()));

        Assert.Equal([during], await AllAsync(new() { OrganizationId = "acct_1", From = from, To = to }));
        Assert.Equal([after, during], await AllAsync(new() { OrganizationId = "acct_1", From = from }));
        Assert.Equal([during, before], await AllAsync(new() { OrganizationId = "acct_1", To = to }));
    }

    [Fact]
    public async Task Parts_follow_each_other_newest_first_without_repetition_or_gap()
    {
        var ids = await Side.AppendAsync(7);
        ids.Reverse();
        List<string> read = [];
        string? cursor = null;
        do
        {
            var part = await Query.FindAsync(new() { OrganizationId = "acct_1", Cursor = cursor }, 3, default);
            read.AddRange(part.Entries.Select(entry => entry.Id));
            await AppendAsync(Side.Event()); // newer ones do not shift what follows
            cursor = part.NextCursor;
        }
        while (cursor is not null);

        Assert.Equal(ids, read);
    }

    [Fact]
    public async Task A_full_part_that_is_the_last_says_so()
    {
        await Side.AppendAsync(3);
        Assert.Null((await Query.FindAsync(new() { OrganizationId = "acct_1" }, 3, default)).NextCursor);
    }

    [Fact]
    public async Task Without_a_filter_everything_is_read_but_stubs()
    {
        var ids = await Side.AppendAsync(2);
        await Side.QueryAsync(_ => Side.Node.GetRequiredService<IDatabaseWriter>().TryWriteAsync(
            async transaction => await AuditErasure.KeepPlaceAsync(transaction, ids[0]) == 1, default));
        var all = await AllAsync(new());
        Assert.Contains(ids[1], all);
        Assert.DoesNotContain(ids[0], all);
    }

    protected virtual Task<string?> DatabaseAsync() => Task.FromResult<string?>(null);

    private protected async Task<string> AppendAsync(AuditEvent entry)
    {
        await Side.Node.GetRequiredService<IAuditTrail>().AppendAsync(entry, default);
        return entry.Id;
    }

    private protected async Task<List<string>> AllAsync(AuditFilter filter) => await Query.AllAsync(filter, default).Select(entry => entry.Id).ToListAsync();
}
