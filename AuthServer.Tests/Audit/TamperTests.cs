using AuthServer.Audit;
using AuthServer.Audit.Chain;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Audit;

public sealed class SqliteTamperTests : TamperContract;

public sealed class PostgreSqlTamperTests : TamperContract
{
    protected override async Task<string?> DatabaseAsync() => await PostgreSqlCluster.CreateDatabaseAsync();
}

/// <summary>Whatever somebody does to the trail who has the database but no key, the verification finds and names it.</summary>
[Trait("negative", "57")]
public abstract class TamperContract : IAsyncLifetime
{
    private TrailSide _side = null!;
    private List<string> _ids = [];

    public async Task InitializeAsync()
    {
        _side = await new TrailSide(await DatabaseAsync()).StartAsync();
        _ids = await _side.AppendAsync(10);
        await _side.CheckpointAsync();
        _ids.AddRange(await _side.AppendAsync(10));
        await _side.CheckpointAsync();
        await _side.SoundAsync();
    }

    public async Task DisposeAsync() => await _side.DisposeAsync();

    public static TheoryData<string> TextColumns { get; } =
    [
        nameof(AuditEventRow.Type), nameof(AuditEventRow.Outcome), nameof(AuditEventRow.Subject), nameof(AuditEventRow.ClientId), nameof(AuditEventRow.AgentId),
        nameof(AuditEventRow.OrganizationId), nameof(AuditEventRow.Target), nameof(AuditEventRow.Reason), nameof(AuditEventRow.Scope), nameof(AuditEventRow.PolicyId),
        nameof(AuditEventRow.CorrelationId), nameof(AuditEventRow.Detail), nameof(AuditEventRow.Address), nameof(AuditEventRow.UserAgent), nameof(AuditEventRow.Personal),
    ];

    [Theory]
    [MemberData(nameof(TextColumns))]
    public async Task A_changed_column_is_named(string column)
    {
        await _side.TamperRawAsync($$"""UPDATE "AuditEvents" SET "{{column}}" = 'x' WHERE "Id" = '{{_ids[4]}}'""");
        await AssertFaultAsync(_ids[4]);
    }

    [Theory]
    [MemberData(nameof(TextColumns))]
    public async Task An_emptied_column_is_named(string column)
    {
        var empty = column is nameof(AuditEventRow.Type) or nameof(AuditEventRow.Outcome) ? "''" : "NULL";
        await _side.TamperRawAsync($$"""UPDATE "AuditEvents" SET "{{column}}" = {{empty}} WHERE "Id" = '{{_ids[4]}}'""");
        await AssertFaultAsync(_ids[4]);
    }

    [Theory]
    [InlineData(nameof(AuditEventRow.Salt))]
    [InlineData(nameof(AuditEventRow.Commitment))]
    [InlineData(nameof(AuditEventRow.Digest))]
    [InlineData(nameof(AuditEventRow.Hash))]
    public async Task A_changed_proof_is_named(string column)
    {
        await _side.TamperRawAsync($$"""
            UPDATE "AuditEvents" SET "{{column}}" = (SELECT "{{column}}" FROM "AuditEvents" WHERE "Id" = '{{_ids[7]}}') WHERE "Id" = '{{_ids[4]}}'
            """);
        await AssertFaultAsync(_ids[4]);
    }

    [Fact]
    public async Task A_changed_time_is_named()
    {
        await _side.TamperAsync($"""UPDATE "AuditEvents" SET "At" = {_side.Clock.Now.UtcDateTime} WHERE "Id" = {_ids[4]}""");
        await AssertFaultAsync(_ids[4]);
    }

    [Fact]
    public async Task A_changed_id_is_named()
    {
        await _side.TamperAsync($"""UPDATE "AuditEvents" SET "Id" = 'aud_other' WHERE "Id" = {_ids[4]}""");
        await AssertFaultAsync("aud_other");
    }

    [Fact]
    public async Task A_changed_place_is_named()
    {
        await _side.TamperAsync($"""UPDATE "AuditEvents" SET "Sequence" = 1000 WHERE "Id" = {_ids[4]}""");
        Assert.Equal(await SequenceAsync(_ids[5]) - 1, (await _side.FirstFaultAsync()).Sequence);
    }

    [Fact]
    public async Task A_changed_writer_is_named()
    {
        await _side.TamperAsync($"""UPDATE "AuditEvents" SET "Writer" = 'wrt_other.0' WHERE "Id" = {_ids[4]}""");
        var report = await _side.VerifyAsync();
        Assert.Contains(report.Faults, fault => fault.Writer == "wrt_other.0");
    }

    [Fact]
    public async Task An_event_that_is_missing_in_the_middle_is_named_by_its_place()
    {
        var place = await SequenceAsync(_ids[4]);
        await _side.TamperAsync($"""DELETE FROM "AuditEvents" WHERE "Id" = {_ids[4]}""");
        var fault = await AssertFaultAsync(null);
        Assert.Equal(place, fault.Sequence);
        Assert.Contains("this event is missing before the event " + _ids[5], fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_that_are_missing_at_the_end_are_named()
    {
        var place = await SequenceAsync(_ids[18]);
        await _side.TamperAsync($"""DELETE FROM "AuditEvents" WHERE "Id" = {_ids[18]} OR "Id" = {_ids[19]}""");
        var fault = await AssertFaultAsync(null);
        Assert.Equal(place, fault.Sequence);
        Assert.Contains("2 events from here are missing at the chain's end", fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_that_are_missing_at_the_beginning_are_named()
    {
        await _side.TamperRawAsync("""DELETE FROM "AuditEvents" WHERE "Sequence" <= 2""");
        Assert.Equal(1, (await AssertFaultAsync(null)).Sequence);
    }

    [Fact]
    public async Task A_chain_that_is_missing_as_a_whole_is_named()
    {
        var writer = (await _side.RowAsync(_ids[0])).Writer;
        await _side.TamperAsync($"""DELETE FROM "AuditEvents" WHERE "Writer" = {writer}""");
        var fault = await AssertFaultAsync(null);
        Assert.Equal(writer, fault.Writer);
        Assert.Contains("the whole chain is missing", fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_events_that_changed_places_are_named()
    {
        var (one, other) = (await SequenceAsync(_ids[4]), await SequenceAsync(_ids[6]));
        await _side.TamperAsync($"""UPDATE "AuditEvents" SET "Sequence" = -1 WHERE "Id" = {_ids[4]}""");
        await _side.TamperAsync($"""UPDATE "AuditEvents" SET "Sequence" = {one} WHERE "Id" = {_ids[6]}""");
        await _side.TamperAsync($"""UPDATE "AuditEvents" SET "Sequence" = {other} WHERE "Id" = {_ids[4]}""");
        await AssertFaultAsync(_ids[6]);
    }

    [Fact]
    public async Task Two_events_that_changed_places_and_hashes_are_named()
    {
        await SwapAsync(_ids[4], _ids[6]);
        await AssertFaultAsync(_ids[6]);
    }

    [Fact]
    public async Task A_chain_that_was_rewritten_with_right_hashes_is_named_by_the_first_checkpoint_after_it()
    {
        await _side.TamperAsync($"""UPDATE "AuditEvents" SET "Target" = 'somebody else' WHERE "Id" = {_ids[4]}""");
        await RewriteAsync();
        var fault = await AssertFaultAsync(_ids[9]);
        Assert.Contains("signed another hash", fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rewritten_chain_without_its_checkpoints_is_found_out_by_a_later_one()
    {
        await _side.TamperAsync($"""UPDATE "AuditEvents" SET "Target" = 'somebody else' WHERE "Id" = {_ids[14]}""");
        await RewriteAsync();
        var last = await _side.QueryAsync(context => context.AuditCheckpoints.MaxAsync(row => row.Id));
        await _side.TamperAsync($"""DELETE FROM "AuditCheckpoints" WHERE "Id" = {last}""");

        // The server knows nothing of it and goes on.
        await _side.AppendAsync(1);
        await _side.CheckpointAsync();
        var report = await _side.VerifyAsync();
        Assert.Contains(report.Faults, fault => fault.Record == last && fault.What.Contains("missing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_event_that_lost_its_content_is_named()
    {
        await _side.TamperAsync($"""
            UPDATE "AuditEvents" SET "Type" = '', "Outcome" = '', "Subject" = NULL, "ClientId" = NULL, "AgentId" = NULL, "OrganizationId" = NULL, "Target" = NULL,
                "Reason" = NULL, "Scope" = NULL, "PolicyId" = NULL, "CorrelationId" = NULL, "Detail" = NULL, "Address" = NULL, "UserAgent" = NULL,
                "Personal" = NULL, "Salt" = NULL, "Commitment" = NULL WHERE "Id" = {_ids[4]}
            """);
        var fault = await AssertFaultAsync(_ids[4]);
        Assert.Contains("content was taken out", fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Erased_personal_values_of_somebody_whose_account_was_not_removed_are_named()
    {
        await _side.TamperAsync($"""
            UPDATE "AuditEvents" SET "Salt" = NULL, "Address" = NULL, "UserAgent" = NULL, "Personal" = NULL WHERE "Id" = {_ids[4]} OR "Id" = {_ids[6]}
            """);
        var fault = await AssertFaultAsync(_ids[4]);
        Assert.Contains("nothing says that the account was removed", fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Personal_values_that_come_back_after_they_were_erased_are_named()
    {
        await _side.TamperAsync($"""UPDATE "AuditEvents" SET "Salt" = NULL, "UserAgent" = NULL, "Personal" = NULL WHERE "Id" = {_ids[4]}""");
        await AssertFaultAsync(_ids[4]);
    }

    protected virtual Task<string?> DatabaseAsync() => Task.FromResult<string?>(null);

    private async Task<ChainFault> AssertFaultAsync(string? record)
    {
        var fault = await _side.FirstFaultAsync();
        Assert.True(record == fault.Record, $"{record} should be named, and not {fault}");
        return fault;
    }

    private async Task<long> SequenceAsync(string id) => (await _side.RowAsync(id)).Sequence;

    private async Task SwapAsync(string one, string other)
    {
        var (first, second) = (await _side.RowAsync(one), await _side.RowAsync(other));
        await _side.TamperAsync($"""UPDATE "AuditEvents" SET "Sequence" = {second.Sequence}, "Hash" = {second.Hash} WHERE "Id" = {one}""");
        await _side.TamperAsync($"""UPDATE "AuditEvents" SET "Sequence" = {first.Sequence}, "Hash" = {first.Hash} WHERE "Id" = {other}""");
    }

    /// <summary>Makes all digests and hashes right again, as anybody can: they need no key.</summary>
    private async Task RewriteAsync()
    {
        foreach (var chain in (await _side.QueryAsync(context => context.AuditEvents.AsNoTracking().ToListAsync())).GroupBy(row => row.Writer))
        {
            var head = ChainHead.Before(chain.Key);
            foreach (var row in chain.OrderBy(row => row.Sequence))
            {
                var digest = EventDigest.Of(row);
                head = head.After(digest);
                await _side.TamperAsync($"""UPDATE "AuditEvents" SET "Digest" = {digest}, "Hash" = {head.Hash} WHERE "Id" = {row.Id}""");
            }
        }
    }
}
