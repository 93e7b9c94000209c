using AuthServer.Jose;
using AuthServer.Keys;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Keys;

/// <summary>Several nodes with one database and one folder of keys.</summary>
public abstract class KeyRaces
{
    [Fact]
    public async Task Nodes_that_rotate_at_the_same_moment_make_one_new_key()
    {
        await using var installation = await InstallAsync();
        var nodes = new List<ServiceProvider>();
        for (var i = 0; i < 4; i++)
            nodes.Add(await installation.StartedAsync());
        installation.Clock.Advance(Installation.Periods.RotateEvery);

        await Task.WhenAll(nodes.Select(node => Task.Run(() => node.GetRequiredService<KeyRing>().ReloadAsync(CancellationToken.None))));

        var lives = await Installation.LivesAsync(nodes[0]);
        var now = installation.Clock.Now;
        Assert.Equal(6, lives.Count);
        foreach (var algorithm in new[] { JwsAlgorithm.ES256, JwsAlgorithm.RS256 })
        {
            Assert.Single(lives, key => key.Algorithm == algorithm && key.StateAt(now) == KeyState.Current);
            Assert.Single(lives, key => key.Algorithm == algorithm && key.StateAt(now) == KeyState.Next);
        }
        Assert.Equal(lives.Select(life => life.KeyId).Order(), Directory.GetFiles(installation.Home["keys/signing"]).Select(Path.GetFileNameWithoutExtension).Order());
        Assert.Equal(2, (await Installation.TrailAsync(nodes[0])).Count(e => e.Type == "key.rotated"));
        Assert.Single(nodes.Select(node => node.GetRequiredService<SigningKeys>().ETag).Distinct());
    }

    [Fact]
    public async Task Nodes_that_start_at_the_same_moment_on_a_new_database_share_one_set_of_keys()
    {
        await using var installation = await InstallAsync();
        var nodes = new List<ServiceProvider>();
        for (var i = 0; i < 4; i++)
            nodes.Add(await installation.NodeAsync());

        var faults = await Task.WhenAll(nodes.Select(node => Task.Run(() => node.OpenKeysAsync(CancellationToken.None))));

        Assert.All(faults, Assert.Empty);
        Assert.Equal(4, (await Installation.LivesAsync(nodes[0])).Count);
        Assert.Equal(4, Directory.GetFiles(installation.Home["keys/signing"]).Length);
        Assert.Single(nodes.Select(node => node.GetRequiredService<SigningKeys>().ETag).Distinct());
    }

    private protected abstract Task<Installation> InstallAsync();
}
