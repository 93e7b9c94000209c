using AuthServer.Audit;
using AuthServer.Audit.Chain;
using AuthServer.Data;
using AuthServer.Jose;
using AuthServer.Keys;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Audit;

public sealed class SqliteCheckpointTests : CheckpointContract;

public sealed class PostgreSqlCheckpointTests : CheckpointContract
{
    protected override async Task<string?> DatabaseAsync() => await PostgreSqlCluster.CreateDatabaseAsync();
}

public abstract class CheckpointContract : IAsyncLifetime
{
    private TrailSide _side = null!;

    public async Task InitializeAsync() => _side = await new TrailSide(await DatabaseAsync()).StartAsync();

    public async Task DisposeAsync() => await _side.DisposeAsync();

    [Fact]
    public async Task A_checkpoint_is_made_each_minute_in_which_something_was_written_and_at_the_end()
    {
        await _side.Checkpoints.StartAsync(default);
        await Waiting.UntilAsync(() => _side.Clock.Timers, timers => timers == 1);
        await _side.AppendAsync(1);
        await NextMinuteAsync(1);
        await _side.AppendAsync(1);
        await NextMinuteAsync(2);
        _side.Clock.Advance(Checkpoints.Interval);
        await _side.AppendAsync(1);

        await _side.Checkpoints.StopAsync(default);

        Assert.Equal(3, await CountAsync());
        Assert.Equal(0, (await _side.SoundAsync()).Uncovered);
    }

    [Fact]
    public async Task Nothing_new_needs_no_checkpoint()
    {
        await _side.AppendAsync(1);
        await _side.CheckpointAsync();
        await _side.CheckpointAsync();
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task Events_after_the_last_checkpoint_are_told_as_not_covered()
    {
        await _side.AppendAsync(3);
        await _side.CheckpointAsync();
        await _side.AppendAsync(2);
        Assert.Equal(2, (await _side.SoundAsync()).Uncovered);
    }

    [Fact]
    public async Task What_a_process_left_behind_that_was_killed_comes_under_the_next_ones_first_checkpoint()
    {
        var lost = await _side.AppendAsync(3);
        await _side.StartAsync();
        await _side.CheckpointAsync();
        Assert.Equal(0, (await _side.SoundAsync()).Uncovered);

        await _side.TamperAsync($"""DELETE FROM "AuditEvents" WHERE "Id" = {lost[2]}""");
        Assert.Contains("missing at the chain's end", (await _side.FirstFaultAsync()).What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_changed_checkpoint_is_named(int which)
    {
        var ids = await ThreeCheckpointsAsync();
        var forged = Jws.Sign(SigningKey.Create(JwsAlgorithm.ES256), Checkpoint.MediaType, (await CheckpointAsync(ids[which])).ToUtf8());
        await _side.TamperAsync($"""UPDATE "AuditCheckpoints" SET "Token" = {forged} WHERE "Id" = {ids[which]}""");
        var report = await _side.VerifyAsync();
        if (which < 2)
        {
            Assert.Equal(ids[which], report.Faults[0].Record);
        }
        else
        {
            // By a key that nobody knows: perhaps it was ours once.
            Assert.Equal(1, report.Unverifiable);
        }
    }

    [Fact]
    public async Task A_forged_checkpoint_under_a_known_keys_name_is_named()
    {
        var ids = await ThreeCheckpointsAsync();
        var keyId = _side.Node.GetRequiredService<SigningKeys>().Current(JwsAlgorithm.ES256).KeyId;
        using var key = SigningKey.Create(JwsAlgorithm.ES256);
        var forged = Jws.Sign(SigningKey.FromPkcs8(JwsAlgorithm.ES256, key.ExportPkcs8(), keyId), Checkpoint.MediaType, (await CheckpointAsync(ids[2])).ToUtf8());
        await _side.TamperAsync($"""UPDATE "AuditCheckpoints" SET "Token" = {forged} WHERE "Id" = {ids[2]}""");
        Assert.Equal(ids[2], (await _side.FirstFaultAsync()).Record);
    }

    [Fact]
    public async Task Another_token_of_ours_is_no_checkpoint()
    {
        var ids = await ThreeCheckpointsAsync();
        var token = Jws.Sign(_side.Node.GetRequiredService<SigningKeys>().Current(JwsAlgorithm.ES256), "at+jwt", (await CheckpointAsync(ids[2])).ToUtf8());
        await _side.TamperAsync($"""UPDATE "AuditCheckpoints" SET "Token" = {token} WHERE "Id" = {ids[2]}""");
        Assert.Contains(nameof(JwsFailure.TypMismatch), (await _side.FirstFaultAsync()).What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checkpoint_in_anothers_place_is_named()
    {
        var ids = await ThreeCheckpointsAsync();
        await _side.TamperAsync($"""UPDATE "AuditCheckpoints" SET "Token" = (SELECT "Token" FROM "AuditCheckpoints" WHERE "Id" = {ids[1]}) WHERE "Id" = {ids[2]}""");
        Assert.Equal(ids[2], (await _side.FirstFaultAsync()).Record);
    }

    [Fact]
    public async Task A_missing_checkpoint_is_named()
    {
        var ids = await ThreeCheckpointsAsync();
        await _side.TamperAsync($"""DELETE FROM "AuditCheckpoints" WHERE "Id" = {ids[1]}""");
        var fault = await _side.FirstFaultAsync();
        Assert.Equal(ids[1], fault.Record);
        Assert.Contains(ids[2], fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trail_without_any_checkpoint_is_not_vouched_for_unless_it_is_only_minutes_long()
    {
        await _side.AppendAsync(2);
        Assert.True((await _side.SoundAsync()).IsVouchedFor);
        _side.Clock.Advance(2 * CheckpointBook.Lateness);
        await _side.AppendAsync(1);
        await _side.CheckpointAsync();
        Assert.True((await _side.SoundAsync()).IsVouchedFor);

        await _side.TamperRawAsync("""DELETE FROM "AuditCheckpoints" """);
        Assert.False((await _side.SoundAsync()).IsVouchedFor);
    }

    [Fact]
    public async Task The_last_checkpoint_of_a_process_is_missed_by_the_next_process()
    {
        var ids = await ThreeCheckpointsAsync();
        await _side.StartAsync();
        await _side.AppendAsync(1);
        await _side.CheckpointAsync();
        await _side.TamperAsync($"""DELETE FROM "AuditCheckpoints" WHERE "Id" = {ids[2]}""");
        Assert.Equal(ids[2], (await _side.FirstFaultAsync()).Record);
    }

    [Fact]
    public async Task Checkpoints_by_keys_that_have_expired_are_believed_because_later_ones_name_them()
    {
        await ThreeCheckpointsAsync();
        for (var i = 0; i < 3; i++)
        {
            _side.Clock.Advance(TimeSpan.FromDays(100));
            await _side.Node.GetRequiredService<KeyRing>().ReloadAsync(default);
            _side.Clock.Advance(TimeSpan.FromDays(2));
            await _side.Node.GetRequiredService<KeyRing>().ReloadAsync(default);
        }

        // Nobody has signed since: all keys that are known are newer than all checkpoints.
        Assert.Equal(3, (await _side.SoundAsync()).Unverifiable);

        await _side.AppendAsync(1);
        await _side.CheckpointAsync();
        Assert.Equal(0, (await _side.SoundAsync()).Unverifiable);
        await _side.TamperRawAsync("""DELETE FROM "AuditEvents" WHERE "Sequence" = 3""");
        Assert.Equal(3, (await _side.FirstFaultAsync()).Sequence);
    }

    [Fact]
    public async Task A_checkpoint_by_a_revoked_key_cannot_be_verified_and_is_not_called_broken()
    {
        await ThreeCheckpointsAsync();
        var keyId = _side.Node.GetRequiredService<SigningKeys>().Current(JwsAlgorithm.ES256).KeyId;
        await _side.Node.GetRequiredService<KeyChanges>().ApplyAsync((schedule, keys, now) => schedule.Revoke(keys, keyId, now), default);
        await _side.Node.GetRequiredService<KeyRing>().ReloadAsync(default);

        Assert.Equal(3, (await _side.SoundAsync()).Unverifiable);
    }

    [Fact]
    public async Task A_chain_of_a_node_that_has_made_checkpoints_since_without_naming_it_was_made_up()
    {
        await ThreeCheckpointsAsync();
        var entry = _side.Event();
        _side.Clock.Advance(2 * CheckpointBook.Lateness);
        await _side.AppendAsync(1);
        await _side.CheckpointAsync();

        await _side.InsertAsync(entry, $"{_side.Node.GetRequiredService<AuditLanes>().Node}.77");

        Assert.Equal(entry.Id, (await _side.FirstFaultAsync()).Record);
    }

    [Fact]
    public async Task A_chain_of_a_node_that_nobody_knows_was_made_up_when_it_is_older_than_a_start()
    {
        await ThreeCheckpointsAsync();
        var entry = _side.Event();
        _side.Clock.Advance(2 * CheckpointBook.Lateness);
        await _side.StartAsync();
        await _side.AppendAsync(1);
        await _side.CheckpointAsync();

        await _side.InsertAsync(entry, Identifiers.New("wrt_", entry.At) + ".0");

        Assert.Equal(entry.Id, (await _side.FirstFaultAsync()).Record);
    }

    [Fact]
    public async Task An_event_that_was_added_at_the_end_of_a_former_chain_is_named()
    {
        var ids = await _side.AppendAsync(1);
        var entry = _side.Event();
        await _side.CheckpointAsync();
        var last = await _side.RowAsync(ids[0]);
        _side.Clock.Advance(2 * CheckpointBook.Lateness);
        await _side.StartAsync();
        await _side.AppendAsync(1);
        await _side.CheckpointAsync();

        await _side.InsertAsync(entry, new ChainHead(last.Writer, last.Sequence, last.Hash));

        Assert.Equal(entry.Id, (await _side.FirstFaultAsync()).Record);
    }

    [Fact]
    public async Task An_event_whose_id_is_not_of_its_time_is_named_even_where_the_server_signs_it()
    {
        await ThreeCheckpointsAsync();
        var entry = _side.Event() with { At = _side.Clock.Now.AddDays(-300) };
        await _side.InsertAsync(entry, Identifiers.New("wrt_", _side.Clock.Now) + ".0");
        _side.Clock.Advance(2 * Checkpoints.Interval);
        await _side.StartAsync();
        await _side.CheckpointAsync();

        var fault = await _side.FirstFaultAsync();
        Assert.Equal((entry.Id, "its id is not of its time"), (fault.Record, fault.What));
    }

    [Fact]
    public async Task Events_that_should_be_under_a_checkpoint_by_now_are_doubted()
    {
        await ThreeCheckpointsAsync();
        await _side.AppendAsync(2);
        Assert.Equal((2, 0), (await _side.SoundAsync()) is var young ? (young.Uncovered, young.Overdue) : default);

        _side.Clock.Advance(CheckpointBook.Lateness + TimeSpan.FromSeconds(1));
        Assert.Equal((2, 2), (await _side.SoundAsync()) is var old ? (old.Uncovered, old.Overdue) : default);

        await _side.CheckpointAsync();
        Assert.Equal((0, 0), (await _side.SoundAsync()) is var covered ? (covered.Uncovered, covered.Overdue) : default);
    }

    [Fact]
    public async Task Two_nodes_name_each_others_checkpoints()
    {
        await _side.AppendAsync(1);
        await _side.CheckpointAsync();
        var one = _side.Node;
        await _side.StartAsync();
        await _side.AppendAsync(1);
        await _side.CheckpointAsync();
        _side.Clock.Advance(TimeSpan.FromMilliseconds(2));
        await one.GetRequiredService<IAuditTrail>().AppendAsync(_side.Event(), default);
        await one.GetRequiredService<Checkpoints>().WriteAsync(default);

        var (_, second, third) = await _side.QueryAsync(async context =>
            await context.AuditCheckpoints.OrderBy(row => row.Id).Select(row => row.Id).ToListAsync() is [var a, var b, var c] ? (a, b, c) : default);
        Assert.Contains(second, (await CheckpointAsync(third)).Previous.Keys);
        await _side.TamperAsync($"""DELETE FROM "AuditCheckpoints" WHERE "Id" = {second}""");
        Assert.Equal(second, (await _side.FirstFaultAsync()).Record);
    }

    protected virtual Task<string?> DatabaseAsync() => Task.FromResult<string?>(null);

    private async Task<List<string>> ThreeCheckpointsAsync()
    {
        for (var i = 0; i < 3; i++)
        {
            await _side.AppendAsync(2);
            await _side.CheckpointAsync();
        }

        await _side.SoundAsync();
        return await _side.QueryAsync(context => context.AuditCheckpoints.OrderBy(row => row.Id).Select(row => row.Id).ToListAsync());
    }

    private async Task<Checkpoint> CheckpointAsync(string id)
    {
        var token = await _side.QueryAsync(context => context.AuditCheckpoints.Where(row => row.Id == id).Select(row => row.Token).SingleAsync());
        return JwsPayload.Read(token)!;
    }

    private Task<int> CountAsync() => _side.QueryAsync(context => context.AuditCheckpoints.CountAsync());

    private async Task NextMinuteAsync(int expected)
    {
        _side.Clock.Advance(Checkpoints.Interval);
        await Waiting.UntilAsync(CountAsync, count => count == expected);
    }
}
