using AuthServer.Tests.Keys;
using AuthServer.Tests.Support;
using AuthServer.Vault.Secrets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AuthServer.Tests.Vault.Secrets;

/// <summary>A new key for the vault while servers run, on each database.</summary>
[Trait("negative", "54")]
public abstract class VaultRotationContract
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_value_comes_under_the_new_key_and_a_server_that_has_not_heard_of_it_opens_them(bool reencrypt)
    {
        await using var installation = await InstallAsync();
        var (server, command) = (await VaultNode.StartAsync(installation), await VaultNode.StartAsync(installation));
        var secrets = Enumerable.Range(0, 450).Select(number => $"secret {number}").ToArray();
        var ids = await server.KeepAsync(secrets);
        var before = (await server.ReadAsync(ids[7])).Secret!.Split('.');

        var (fault, output) = await command.RotateAsync(reencrypt);

        Assert.Null(fault);
        Assert.Contains("450 values were", output, StringComparison.Ordinal);
        var after = (await server.ReadAsync(ids[7])).Secret!.Split('.');
        Assert.Equal(command.Keys.Open.Newest.Record.Id, after[1]);
        Assert.NotEqual(before[2], after[2]);
        Assert.Equal(!reencrypt, before[3] == after[3]);
        for (var i = 0; i < secrets.Length; i += 50)
        {
            Assert.Equal(secrets[i], await server.OpenAsync(ids[i]));
        }

        var told = Assert.Single(await Installation.TrailAsync(server.Services), row => row.Type == VaultKeyEvents.Rotated);
        Assert.Equal((after[1], $$"""{"values":450,"reencrypted":{{(reencrypt ? "true" : "false")}}}"""), (told.Target, told.Detail));
    }

    [Fact]
    public async Task A_running_server_seals_with_the_new_key_within_ten_seconds()
    {
        await using var installation = await InstallAsync();
        var (server, command) = (await VaultNode.StartAsync(installation), await VaultNode.StartAsync(installation));
        var follower = server.Services.GetServices<IHostedService>().OfType<VaultKeyFollower>().Single();
        await follower.StartAsync(CancellationToken.None);
        await command.RotateAsync();
        var newest = command.Keys.Open.Newest.Record.Id;

        installation.Clock.Advance(VaultKeyFollower.ReloadEvery);
        await Waiting.UntilAsync(() => server.Keys.Open.Newest.Record.Id, id => id == newest);

        await follower.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task What_a_server_saves_meanwhile_is_never_lost()
    {
        await using var installation = await InstallAsync();
        var (server, command) = (await VaultNode.StartAsync(installation), await VaultNode.StartAsync(installation));
        var ids = await server.KeepAsync([.. Enumerable.Range(0, 40).Select(number => $"old {number}")]);
        var place = (await server.ReadAsync(ids[0])).SecretPlace;

        // With the old key, as long as it has not heard of the new one.
        var saving = Task.Run(async () =>
        {
            foreach (var id in ids)
            {
                await server.ChangeAsync(id, server.Seal.Seal("saved meanwhile"u8, place with { Id = id }));
            }
        });
        var (fault, _) = await command.RotateAsync();
        await saving;
        Assert.Null((await command.RotateAsync()).Fault);

        Assert.Null(fault);
        foreach (var id in ids)
        {
            Assert.Equal("saved meanwhile", await server.OpenAsync(id));
            Assert.StartsWith($"v1.{command.Keys.Open.Newest.Record.Id}.", (await server.ReadAsync(id)).Secret, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_rotation_that_was_cut_short_goes_on_where_it_was()
    {
        await using var installation = await InstallAsync();
        var killed = await VaultNode.StartAsync(installation);
        var ids = await killed.KeepAsync([.. Enumerable.Range(0, 5).Select(number => $"secret {number}")]);
        using var death = new CancellationTokenSource();
        var dying = killed.Rotation.RunAsync(true, TextWriter.Null, death.Token);
        await Waiting.UntilAsync(() => installation.Clock.Timers, timers => timers > 0);
        await death.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dying);
        Assert.Equal(2, (await killed.KeyIdsAsync()).Count);
        var late = Assert.Single(await killed.KeepAsync("late"));

        var next = await VaultNode.StartAsync(installation);
        await next.ChangeAsync(ids[0], null);
        var (fault, output) = await next.RotateAsync(reencrypt: true);

        Assert.Null(fault);
        Assert.Contains("Goes on", output, StringComparison.Ordinal);
        Assert.Equal(2, (await next.KeyIdsAsync()).Count);
        Assert.Equal("late", await next.OpenAsync(late));
        Assert.Equal("secret 4", await next.OpenAsync(ids[4]));
        Assert.DoesNotContain("Goes on", (await next.RotateAsync()).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_old_key_is_deleted_when_nothing_names_it_and_an_hour_has_gone()
    {
        await using var installation = await InstallAsync();
        var node = await VaultNode.StartAsync(installation);
        var ids = await node.KeepAsync("one", "two");
        var old = (await node.ReadAsync(ids[1])).Secret;
        await node.RotateAsync();
        await node.Rotation.DeleteUnusedAsync(CancellationToken.None);
        Assert.Equal(2, (await node.KeyIdsAsync()).Count);

        await node.ChangeAsync(ids[1], old);
        installation.Clock.Advance(VaultRotation.KeptAfter);
        await node.Rotation.DeleteUnusedAsync(CancellationToken.None);
        Assert.Equal(2, (await node.KeyIdsAsync()).Count);

        await node.RotateAsync();
        installation.Clock.Advance(VaultRotation.KeptAfter);
        await node.Rotation.DeleteUnusedAsync(CancellationToken.None);
        Assert.Equal(node.Keys.Open.Newest.Record.Id, Assert.Single(await node.KeyIdsAsync()));
        Assert.Equal(("one", "two"), (await node.OpenAsync(ids[0]), await node.OpenAsync(ids[1])));
        Assert.Equal(2, (await Installation.TrailAsync(node.Services)).Count(row => row.Type == VaultKeyEvents.Deleted));
    }

    [Fact]
    public async Task A_value_that_does_not_open_is_named_and_left_with_its_key()
    {
        await using var installation = await InstallAsync();
        var node = await VaultNode.StartAsync(installation);
        var ids = await node.KeepAsync("one", "two");
        await node.ChangeAsync(ids[1], (await node.ReadAsync(ids[0])).Secret);

        var (fault, _) = await node.RotateAsync();
        installation.Clock.Advance(VaultRotation.KeptAfter);
        await node.Rotation.DeleteUnusedAsync(CancellationToken.None);

        Assert.StartsWith("1 values do not open", fault, StringComparison.Ordinal);
        Assert.Contains(ids[1], fault, StringComparison.Ordinal);
        Assert.Equal(2, (await node.KeyIdsAsync()).Count);
    }

    [Fact]
    public async Task Nodes_that_start_at_the_same_moment_share_one_key()
    {
        await using var installation = await InstallAsync();
        Directory.CreateDirectory(installation.Home["keys"]);
        var nodes = new List<VaultNode>();
        for (var i = 0; i < 4; i++)
        {
            nodes.Add(await VaultNode.CreateAsync(installation));
        }

        var faults = await Task.WhenAll(nodes.Select(node => Task.Run(() => node.Keys.OpenAsync(CancellationToken.None))));

        Assert.All(faults, Assert.Empty);
        Assert.Single(await nodes[0].KeyIdsAsync());
        Assert.Single(nodes.Select(node => node.Keys.Open.Newest.Record.Id).Distinct());
    }

    private protected abstract Task<Installation> InstallAsync();
}

public sealed class SqliteVaultRotationTests : VaultRotationContract
{
    private protected override Task<Installation> InstallAsync() => Task.FromResult(new Installation());
}

public sealed class PostgreSqlVaultRotationTests : VaultRotationContract
{
    private protected override async Task<Installation> InstallAsync() => new(await PostgreSqlCluster.CreateDatabaseAsync());
}
