using AuthServer.Audit;
using AuthServer.Audit.Chain;
using AuthServer.Data;
using AuthServer.Organizations;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Audit;

public sealed class SqliteRetentionTests : RetentionContract;

public sealed class PostgreSqlRetentionTests : RetentionContract
{
    protected override async Task<string?> DatabaseAsync() => await PostgreSqlCluster.CreateDatabaseAsync();
}

/// <summary>What is taken out of the trail by its rules leaves chains that verify; what is taken out otherwise is found all the same.</summary>
public abstract class RetentionContract : IAsyncLifetime
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(60);

    private TrailSide _side = null!;

    public async Task InitializeAsync() => _side = await new TrailSide(await DatabaseAsync(), Kept).StartAsync();

    public async Task DisposeAsync() => await _side.DisposeAsync();

    [Fact]
    public async Task Old_events_at_the_beginning_of_a_chain_are_deleted_and_the_rest_verifies()
    {
        var old = await _side.AppendAsync(700);
        _side.Clock.Advance(Kept);
        var recent = await _side.AppendAsync(3);

        await PruneAsync();

        var rows = await RowsAsync();
        Assert.Empty(rows.Select(row => row.Id).Intersect(old));
        Assert.Equal(recent, rows.Where(row => row.Type == AuditEventTypes.TokenIssued).Select(row => row.Id));
        Assert.Equal(0, (await _side.SoundAsync()).Stubs);
        await _side.TamperAsync($"""DELETE FROM "AuditEvents" WHERE "Id" = {recent[0]}""");
        await _side.FirstFaultAsync();
    }

    [Fact]
    public async Task A_chain_of_nothing_but_old_events_is_deleted_as_a_whole()
    {
        await _side.AppendAsync(3);
        await _side.CheckpointAsync();
        await _side.StartAsync();
        _side.Clock.Advance(Kept + TimeSpan.FromDays(1));

        await PruneAsync();

        Assert.Empty(await RowsAsync());
        await _side.SoundAsync();
    }

    [Fact]
    public async Task Events_of_an_organization_that_keeps_less_keep_their_place_among_the_others()
    {
        await AddOrganizationAsync("acct_short", 7);
        var long0 = await AppendAsync("acct_1");
        var (short1, long1, short2) = (await AppendAsync("acct_short"), await AppendAsync("acct_1"), await AppendAsync("acct_short"));
        _side.Clock.Advance(TimeSpan.FromDays(8));
        var recent = await AppendAsync("acct_short");

        await PruneAsync();

        var stub = await _side.RowAsync(short2);
        Assert.Equal(("", "", null, null, null, null, null), (stub.Type, stub.Outcome, stub.Subject, stub.OrganizationId, stub.Detail, stub.Address, stub.Salt));
        Assert.Equal("", (await _side.RowAsync(short1)).Type);
        Assert.Equal(AuditEventTypes.TokenIssued, (await _side.RowAsync(long1)).Type);
        Assert.Equal(AuditEventTypes.TokenIssued, (await _side.RowAsync(recent)).Type);
        Assert.Equal(2, (await _side.SoundAsync()).Stubs);

        // What stands before it goes, and it with it.
        _side.Clock.Advance(Kept);
        await PruneAsync();
        Assert.Empty((await RowsAsync()).Select(row => row.Id).Intersect([long0, short1, long1, short2]));
        await _side.SoundAsync();
    }

    [Fact]
    public async Task Events_of_an_organization_that_keeps_more_stay()
    {
        await AddOrganizationAsync("acct_long", 365);
        var (first, kept, last) = (await AppendAsync("acct_1"), await AppendAsync("acct_long"), await AppendAsync("acct_1"));
        _side.Clock.Advance(Kept + TimeSpan.FromDays(1));

        await PruneAsync();

        var rows = await RowsAsync();
        Assert.DoesNotContain(rows, row => row.Id == first);
        Assert.Equal(AuditEventTypes.TokenIssued, rows.Single(row => row.Id == kept).Type);
        Assert.Equal("", rows.Single(row => row.Id == last).Type);
        await _side.SoundAsync();
    }

    [Fact]
    public async Task A_stub_that_is_deleted_before_its_time_is_missed_and_so_is_its_statement()
    {
        await AddOrganizationAsync("acct_short", 7);
        await AppendAsync("acct_1");
        var stub = await AppendAsync("acct_short");
        await AppendAsync("acct_1");
        _side.Clock.Advance(TimeSpan.FromDays(8));
        await PruneAsync();
        await _side.AppendAsync(1);
        await _side.CheckpointAsync();
        await _side.SoundAsync();

        var sequence = (await _side.RowAsync(stub)).Sequence;
        await _side.TamperAsync($"""DELETE FROM "AuditEvents" WHERE "Id" = {stub}""");
        Assert.Equal(sequence, (await _side.FirstFaultAsync()).Sequence);
    }

    [Fact]
    public async Task A_stub_cannot_be_filled_with_something_else()
    {
        await AddOrganizationAsync("acct_short", 7);
        await AppendAsync("acct_1");
        var stub = await AppendAsync("acct_short");
        await AppendAsync("acct_1");
        _side.Clock.Advance(TimeSpan.FromDays(8));
        await PruneAsync();

        await _side.TamperAsync($"""UPDATE "AuditEvents" SET "Detail" = 'something else' WHERE "Id" = {stub}""");
        Assert.Equal(stub, (await _side.FirstFaultAsync()).Record);
    }

    [Fact]
    public async Task Nothing_is_deleted_of_a_trail_that_was_tampered_with()
    {
        var ids = await _side.AppendAsync(5);
        await _side.TamperAsync($"""UPDATE "AuditEvents" SET "Digest" = "Hash" WHERE "Id" = {ids[2]}""");
        _side.Clock.Advance(Kept + TimeSpan.FromDays(1));
        await PruneAsync();
        Assert.Contains(await RowsAsync(), row => row.Id == ids[4]);
        Assert.Equal(ids[2], (await _side.FirstFaultAsync()).Record);
        Assert.Contains(_side.Installation.Logged, line => line.StartsWith("Critical", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Old_checkpoints_that_say_nothing_of_their_own_are_deleted_and_the_rest_verifies()
    {
        for (var i = 0; i < 5; i++)
        {
            await _side.AppendAsync(1);
            await _side.CheckpointAsync();
        }

        _side.Clock.Advance(Kept + TimeSpan.FromDays(1));
        await _side.AppendAsync(1);
        await PruneAsync();

        var left = await _side.QueryAsync(context => context.AuditCheckpoints.CountAsync());
        Assert.InRange(left, 2, 5);
        await _side.SoundAsync();
        await _side.AppendAsync(1);
        await _side.CheckpointAsync();
        Assert.Equal(0, (await _side.SoundAsync()).Uncovered);
    }

    [Fact]
    public async Task A_person_whose_account_goes_keeps_an_id_and_nothing_else_and_the_chain_verifies()
    {
        await _side.AppendAsync(1200);
        var other = _side.Event() with { Subject = "usr_bob" };
        await _side.Node.GetRequiredService<IAuditTrail>().AppendAsync(other, default);
        await _side.CheckpointAsync();

        await RemoveAsync("usr_ada");
        await _side.Node.GetRequiredService<AuditErasure>().EraseAsync("usr_ada", default);

        var rows = (await RowsAsync()).Where(row => row.Subject == "usr_ada").ToList();
        Assert.Equal(1201, rows.Count);
        Assert.All(rows, row => Assert.Equal((null, null, null, null, "because"), (row.Address, row.UserAgent, row.Personal, row.Salt, row.Reason)));
        Assert.Equal("192.0.2.1", (await _side.RowAsync(other.Id)).Address);
        Assert.Equal(1201, (await _side.SoundAsync()).Erased);
    }

    [Fact]
    public async Task What_stays_of_a_removed_person_verifies_when_the_event_of_the_removal_has_expired()
    {
        await AddOrganizationAsync("acct_long", 365);
        await AppendAsync("acct_long");
        await RemoveAsync("usr_ada");
        _side.Clock.Advance(Kept + TimeSpan.FromDays(1));
        await _side.AppendAsync(1);

        await PruneAsync();

        Assert.DoesNotContain(await RowsAsync(), row => row.Type == AuditEventTypes.UserRemoved);
        Assert.Equal(2, (await _side.SoundAsync()).Erased);
    }

    [Fact]
    public async Task An_event_that_was_made_one_of_a_removal_is_evidence_and_not_pruned()
    {
        var ids = await _side.AppendAsync(3);
        await _side.TamperAsync($"""UPDATE "AuditEvents" SET "Type" = {AuditEventTypes.UserRemoved} WHERE "Id" = {ids[1]}""");
        _side.Clock.Advance(Kept + TimeSpan.FromDays(1));
        await PruneAsync();
        Assert.Equal(ids[1], (await _side.FirstFaultAsync()).Record);
    }

    [Fact]
    public async Task A_retention_that_the_trail_does_not_tell_of_is_not_applied()
    {
        await SetRetentionAsync("acct_1", 1);
        var kept = await AppendAsync("acct_1");
        _side.Clock.Advance(TimeSpan.FromDays(2));
        await PruneAsync();

        Assert.Equal(AuditEventTypes.TokenIssued, (await _side.RowAsync(kept)).Type);
        Assert.Contains(_side.Installation.Logged, line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains("acct_1", StringComparison.Ordinal));

        // What the installation itself lets go goes.
        _side.Clock.Advance(Kept);
        await PruneAsync();
        Assert.DoesNotContain(await RowsAsync(), row => row.Id == kept);
    }

    [Theory]
    [InlineData("7")]
    [InlineData("NULL")]
    public async Task A_retention_that_was_changed_behind_the_servers_back_makes_nothing_go_sooner(string days)
    {
        await AddOrganizationAsync("acct_long", 365);
        var kept = await AppendAsync("acct_long");
        await _side.TamperRawAsync($"""UPDATE "Organizations" SET "AuditRetentionDays" = {days}""");
        _side.Clock.Advance(Kept + TimeSpan.FromDays(1));
        await PruneAsync();
        Assert.Equal(AuditEventTypes.TokenIssued, (await _side.RowAsync(kept)).Type);
    }

    [Fact]
    public async Task A_forged_event_of_a_retention_is_not_believed()
    {
        await SetRetentionAsync("acct_1", 1);
        var kept = await AppendAsync("acct_1");
        _side.Clock.Advance(TimeSpan.FromDays(2));
        await _side.InsertAsync(_side.RetentionChanged("acct_1", 1), Identifiers.New("wrt_", _side.Clock.Now) + ".0");
        await PruneAsync();
        Assert.Equal(AuditEventTypes.TokenIssued, (await _side.RowAsync(kept)).Type);
    }

    [Fact]
    public async Task Counts_of_refusals_go_with_the_retention()
    {
        await _side.QueryAsync(context =>
        {
            context.RefusalCounts.AddRange(Enumerable.Range(0, 700).Select(i => new RefusalCount { Kind = "x", Address = $"10.0.0.{i}", Minute = _side.Clock.Now.AddDays(-61), Count = 1 }));
            context.RefusalCounts.Add(new RefusalCount { Kind = "x", Address = "192.0.2.1", Minute = _side.Clock.Now.AddDays(-59), Count = 1 });
            return context.SaveChangesAsync();
        });
        await PruneAsync();
        Assert.Equal("192.0.2.1", (await _side.QueryAsync(context => context.RefusalCounts.AsNoTracking().SingleAsync())).Address);
    }

    [Fact]
    public async Task The_event_of_a_retention_stays()
    {
        await AddOrganizationAsync("acct_short", 7);
        _side.Clock.Advance(Kept + TimeSpan.FromDays(1));
        await _side.AppendAsync(1);
        await PruneAsync();
        Assert.Contains(await RowsAsync(), row => row.Type == TrailEvents.RetentionChanged);
        await _side.SoundAsync();
    }

    [Fact]
    public async Task A_chain_that_was_rewritten_is_not_pruned()
    {
        var ids = await _side.AppendAsync(3);
        await _side.CheckpointAsync();
        var rows = await RowsAsync();
        var head = rows.Single(row => row.Id == ids[1]);
        var rewritten = new ChainHead(head.Writer, head.Sequence, head.Hash).After(rows[0].Digest);
        await _side.TamperAsync($"""UPDATE "AuditEvents" SET "Digest" = {rows[0].Digest}, "Hash" = {rewritten.Hash} WHERE "Id" = {ids[2]}""");
        _side.Clock.Advance(Kept + TimeSpan.FromDays(1));
        await PruneAsync();
        Assert.Contains(await RowsAsync(), row => row.Id == ids[2]);
    }

    [Fact]
    public async Task A_checkpoint_that_stays_when_others_go_is_missed_and_with_it_its_chain()
    {
        await AddOrganizationAsync("acct_long", 365);
        var first = await AppendAsync("acct_long");
        await CheckpointsAsync(3);
        for (var process = 0; process < 2; process++)
        {
            _side.Clock.Advance(TimeSpan.FromHours(1));
            await _side.StartAsync();
            await CheckpointsAsync(3);
        }

        var before = await _side.QueryAsync(context => context.AuditCheckpoints.CountAsync());
        _side.Clock.Advance(Kept + TimeSpan.FromDays(1));
        await CheckpointsAsync(1);
        await PruneAsync();
        await _side.SoundAsync();
        Assert.True(before > await _side.QueryAsync(context => context.AuditCheckpoints.CountAsync()));

        var writer = (await _side.RowAsync(first)).Writer;
        var node = writer.Split('.')[0];
        var last = await _side.QueryAsync(context => context.AuditCheckpoints.Where(row => row.Node == node).MaxAsync(row => row.Id));
        await _side.TamperAsync($"""DELETE FROM "AuditEvents" WHERE "Writer" = {writer}""");
        await _side.TamperAsync($"""DELETE FROM "AuditCheckpoints" WHERE "Id" = {last}""");
        Assert.Contains((await _side.VerifyAsync()).Faults, fault => fault.Record == last && fault.What.Contains("missing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Erasing_is_of_people_and_of_nobody_else()
    {
        var machine = _side.Event() with { Subject = "machine" };
        await _side.Node.GetRequiredService<IAuditTrail>().AppendAsync(machine, default);
        await _side.Node.GetRequiredService<AuditErasure>().EraseAsync("machine", default);
        await _side.Node.GetRequiredService<AuditErasure>().EraseAsync("", default);
        Assert.NotNull((await _side.RowAsync(machine.Id)).Salt);
    }

    protected virtual Task<string?> DatabaseAsync() => Task.FromResult<string?>(null);

    private Task PruneAsync() => _side.Node.GetRequiredService<AuditRetention>().PruneAsync(_side.Clock.Now, default);

    private Task<List<AuditEventRow>> RowsAsync() =>
        _side.QueryAsync(context => context.AuditEvents.AsNoTracking().OrderBy(row => row.Id).ToListAsync());

    private async Task RemoveAsync(string userId)
    {
        _side.Clock.Advance(TimeSpan.FromMilliseconds(2));
        var removed = _side.Event(AuditEventTypes.UserRemoved) with { Subject = userId, Target = userId, OrganizationId = null };
        await _side.Node.GetRequiredService<IAuditTrail>().AppendAsync(removed, default);
        await _side.Node.GetRequiredService<AuditErasure>().EraseAsync(userId, default);
    }

    private async Task CheckpointsAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await _side.AppendAsync(1);
            await _side.CheckpointAsync();
        }
    }

    private async Task<string> AppendAsync(string organizationId)
    {
        _side.Clock.Advance(TimeSpan.FromMilliseconds(2));
        var entry = _side.Event() with { OrganizationId = organizationId };
        await _side.Node.GetRequiredService<IAuditTrail>().AppendAsync(entry, default);
        return entry.Id;
    }

    private Task<int> SetRetentionAsync(string id, int days) => _side.QueryAsync(context =>
    {
        context.Organizations.Add(new Organization { Id = id, Name = id, CreatedAt = _side.Clock.Now, AuditRetentionDays = days, Version = "1" });
        return context.SaveChangesAsync();
    });

    /// <summary>With the event of it, in a chain that nothing else is written to.</summary>
    private async Task AddOrganizationAsync(string id, int days)
    {
        await SetRetentionAsync(id, days);
        await _side.Node.GetRequiredService<IAuditTrail>().AppendAsync(_side.RetentionChanged(id, days), default);
        await _side.CheckpointAsync();
        await _side.StartAsync();
    }
}
