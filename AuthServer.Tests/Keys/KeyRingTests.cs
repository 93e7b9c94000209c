using AuthServer.Jose;
using AuthServer.Keys;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Keys;

public sealed class KeyRingTests : IAsyncDisposable
{
    private static readonly JwsTyp AccessToken = JwsTyp.Of("at+jwt");
    private readonly Installation _installation = new();

    public ValueTask DisposeAsync() => _installation.DisposeAsync();

    [Fact]
    public async Task The_next_key_signs_at_its_moment_without_a_reload_and_old_tokens_verify_until_they_expire()
    {
        var node = await _installation.StartedAsync();
        var keys = node.GetRequiredService<SigningKeys>();
        var old = keys.Current(JwsAlgorithm.ES256);
        var etag = keys.ETag;
        _installation.Clock.Advance(Installation.Periods.RotateEvery - TimeSpan.FromMilliseconds(1));
        Assert.Same(old, keys.Current(JwsAlgorithm.ES256));
        var token = Jws.Sign(old, "at+jwt", "{}"u8);

        _installation.Clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.NotEqual(old.KeyId, keys.Current(JwsAlgorithm.ES256).KeyId);
        Assert.True(Jws.Verify(token, AccessToken, keys.Verification).IsValid);
        Assert.NotEqual(etag, keys.ETag);
        Assert.Equal(_installation.Clock.Now, keys.ChangedAt);
        _installation.Clock.Advance(Installation.Periods.LongestToken);
        Assert.True(Jws.Verify(token, AccessToken, keys.Verification).IsValid);
        _installation.Clock.Advance(KeyPeriods.Settling);
        Assert.Null(keys.Verification.Find(old.KeyId));
    }

    [Fact]
    public async Task A_running_server_makes_the_new_next_key_follows_commands_and_deletes_what_has_ended()
    {
        var node = await _installation.StartedAsync();
        var keys = node.GetRequiredService<SigningKeys>();
        var old = keys.Current(JwsAlgorithm.ES256).KeyId;
        var ring = node.GetRequiredService<KeyRing>();
        await ring.StartAsync(CancellationToken.None);
        _installation.Clock.Advance(TimeSpan.FromDays(1));
        var other = await _installation.StartedAsync(); // the command's process has its master key open
        var plan = await other.GetRequiredService<KeyChanges>().ApplyAsync((schedule, all, now) => schedule.Revoke(all, old, now), CancellationToken.None);
        await UntilAsync(() => !File.Exists(_installation.KeyFile(old)));

        Assert.Null(keys.Verification.Find(old));
        Assert.Equal(plan!.Events[1].KeyId, keys.Current(JwsAlgorithm.ES256).KeyId);
        Assert.NotNull(keys.Verification.Find(plan.Events[2].KeyId));
        Assert.Equal(["key.revoked", "key.rotated", "key.created"], (await Installation.TrailAsync(node)).Skip(4).OrderBy(e => Order(e.Type)).Select(e => e.Type));
        await ring.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_reload_that_fails_keeps_the_keys_and_says_so()
    {
        var node = await _installation.StartedAsync();
        var keys = node.GetRequiredService<SigningKeys>();
        var ring = node.GetRequiredService<KeyRing>();
        var before = keys.Snapshot;
        await using (var db = await node.GetRequiredService<IDbContextFactory<AuthServer.Data.AuthDbContext>>().CreateDbContextAsync())
            await db.Database.ExecuteSqlRawAsync("ALTER TABLE \"SigningKeys\" RENAME TO \"Gone\"");
        await ring.StartAsync(CancellationToken.None);

        await UntilAsync(() => _installation.Logged.ToArray().Any(line => line.Contains("could not be reloaded", StringComparison.Ordinal)));

        Assert.Same(before, keys.Snapshot);
        Assert.NotEmpty(keys.Algorithms);
        await ring.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_revocation_takes_effect_even_where_the_new_key_cannot_be_read()
    {
        var node = await _installation.StartedAsync();
        var keys = node.GetRequiredService<SigningKeys>();
        var old = keys.Current(JwsAlgorithm.RS256).KeyId;
        var plan = await node.GetRequiredService<KeyChanges>().ApplyAsync((schedule, all, now) => schedule.Revoke(all, old, now), CancellationToken.None);
        var made = plan!.Events.Single(e => e.Kind == KeyEventKind.Created).KeyId;
        File.Delete(_installation.KeyFile(made));

        var faults = await node.GetRequiredService<KeyRing>().ReloadAsync(CancellationToken.None);

        Assert.Contains(made, Assert.Single(faults), StringComparison.Ordinal);
        Assert.Null(keys.Verification.Find(old));
        Assert.NotEqual(old, keys.Current(JwsAlgorithm.RS256).KeyId);
    }

    [Fact]
    public async Task No_secret_is_logged()
    {
        var node = await _installation.StartedAsync();
        var master = File.ReadAllText(_installation.Home["keys/master.key"]).Trim();
        await node.GetRequiredService<KeyChanges>().ApplyAsync((schedule, all, now) => schedule.Rotate(all, JwsAlgorithm.ES256, now), CancellationToken.None);

        Assert.NotEmpty(_installation.Logged);
        Assert.DoesNotContain(_installation.Logged, line => line.Contains(master, StringComparison.Ordinal));
    }

    private static int Order(string type) => type switch { "key.revoked" => 0, "key.rotated" => 1, _ => 2 };

    // The ring works on a thread of its own: time passes for it until it has done what is asked for.
    private async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            _installation.Clock.Advance(KeyRing.ReloadEvery);
            await Task.Delay(5);
        }
    }
}
