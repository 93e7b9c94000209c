using System.CommandLine;
using AuthServer.Keys;
using AuthServer.Tests.Keys;
using AuthServer.Vault.Secrets;

namespace AuthServer.Tests.Vault.Secrets;

/// <summary>Where the vault's key comes from, and what stops a start.</summary>
public sealed class VaultKeysTests : IAsyncDisposable
{
    private const string Store = """
        case "$1" in
          wrap) { printf W; base64 -d; } | base64 -w0 ;;
          unwrap) base64 -d | tail -c +2 | base64 -w0 ;;
        esac
        """;

    private readonly Installation _installation = new();

    public ValueTask DisposeAsync() => _installation.DisposeAsync();

    [Fact]
    public async Task A_first_start_makes_one_key_and_later_ones_open_it()
    {
        var first = await VaultNode.StartAsync(_installation);
        var id = Assert.Single(await first.KeepAsync("a secret"));
        var second = await VaultNode.StartAsync(_installation);

        Assert.Equal("a secret", await second.OpenAsync(id));
        var key = Assert.Single(await first.KeyIdsAsync());
        Assert.Equal(key, Assert.Single(await Installation.TrailAsync(first.Services), row => row.Type == VaultKeyEvents.Created).Target);
        Assert.StartsWith($"v1.{key}.", (await first.ReadAsync(id)).Secret, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_master_key_stops_the_start_and_says_what_to_restore()
    {
        await VaultNode.StartAsync(_installation);
        var other = await VaultNode.CreateAsync(_installation, masterKey: Convert.ToBase64String(new byte[MasterKey.Size]));

        var fault = Assert.Single(await other.Keys.OpenAsync(CancellationToken.None));

        Assert.Contains("sealed with another master key. Restore the master key", fault, StringComparison.Ordinal);
        Assert.Single(await other.KeyIdsAsync());
    }

    [Fact]
    public async Task A_key_that_is_lost_for_good_is_dropped_and_the_next_start_makes_another()
    {
        var id = Assert.Single(await (await VaultNode.StartAsync(_installation)).KeepAsync("a secret"));
        var other = await VaultNode.CreateAsync(_installation, masterKey: Convert.ToBase64String(new byte[MasterKey.Size]));
        var lost = Assert.Single(await other.KeyIdsAsync());
        Assert.Contains($"vault drop-key {lost}", Assert.Single(await other.Keys.OpenAsync(CancellationToken.None)), StringComparison.Ordinal);

        var command = VaultCommands.Create(_ => Task.FromResult(other.Services));
        using var errors = new StringWriter();
        var streams = new InvocationConfiguration { Output = TextWriter.Null, Error = errors };
        var good = VaultCommands.Create(async _ => (await VaultNode.StartAsync(_installation)).Services);
        Assert.Equal(1, await good.Parse(["drop-key", lost]).InvokeAsync(streams));
        Assert.Contains("it opens", errors.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await command.Parse(["drop-key", lost]).InvokeAsync(streams));
        Assert.Equal(1, await command.Parse(["drop-key", lost]).InvokeAsync(streams));

        Assert.Contains("There is no key", errors.ToString(), StringComparison.Ordinal);
        Assert.Empty(await other.Keys.OpenAsync(CancellationToken.None));
        Assert.Null(await other.OpenAsync(id));
        Assert.Equal("new", await other.OpenAsync(Assert.Single(await other.KeepAsync("new"))));
        Assert.Equal(lost, Assert.Single(await Installation.TrailAsync(other.Services), row => row.Type == VaultKeyEvents.Dropped).Target);
    }

    [Fact]
    public async Task A_key_that_was_moved_to_another_row_does_not_open()
    {
        var node = await VaultNode.StartAsync(_installation);
        await node.QueryAsync(async context =>
        {
            var row = context.VaultKeys.Single();
            context.VaultKeys.Add(new VaultKeyRecord { Id = "vk_00000000000000000000000000", CreatedAt = row.CreatedAt.AddSeconds(1), Wrap = row.Wrap, Wrapped = row.Wrapped });
            return await context.SaveChangesAsync();
        });

        Assert.Contains("vk_00000000000000000000000000", Assert.Single(await node.Keys.ReloadAsync(CancellationToken.None)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_external_command_wraps_the_key_instead_of_the_master_key()
    {
        var command = Script(Store);
        var id = Assert.Single(await (await VaultNode.StartAsync(_installation, command)).KeepAsync("a secret"));

        Assert.Equal("a secret", await (await VaultNode.StartAsync(_installation, command)).OpenAsync(id));
        var without = await VaultNode.CreateAsync(_installation);
        Assert.Contains("AuthServer:Vault:KeyCommand is not set", Assert.Single(await without.Keys.OpenAsync(CancellationToken.None)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exit 3", "failed with exit code 3")]
    [InlineData("cat", "does not unwrap what it wrapped")] // the key itself, in clear
    [InlineData("echo nothing to see!", "wrote no base64")]
    [InlineData("head -c 32 /dev/urandom | base64 -w0", "does not unwrap what it wrapped")]
    [InlineData("true", "wrote no base64")]
    public async Task A_command_that_does_not_do_what_it_should_stops_the_start_before_anything_is_sealed(string script, string why)
    {
        var node = await VaultNode.CreateAsync(_installation, Script(script));

        Assert.Contains(why, Assert.Single(await node.Keys.OpenAsync(CancellationToken.None)), StringComparison.Ordinal);
        Assert.Empty(await node.KeyIdsAsync());
        Assert.Throws<InvalidOperationException>(() => node.Seal.Seal("x"u8, new SecretPlace("Connections", "Secret", "conn_1")));
    }

    [Fact]
    public async Task From_the_master_key_to_a_command_it_takes_a_rotation()
    {
        var id = Assert.Single(await (await VaultNode.StartAsync(_installation)).KeepAsync("a secret"));
        var node = await VaultNode.StartAsync(_installation, Script(Store));

        Assert.Null((await node.RotateAsync()).Fault);

        Assert.Equal("a secret", await node.OpenAsync(id));
        Assert.Equal(VaultKeyWrap.Command, node.Keys.Open.Newest.Record.Wrap);
    }

    private string Script(string text)
    {
        Directory.CreateDirectory(_installation.Home["keys"]);
        var path = _installation.Home["store.sh"];
        File.WriteAllText(path, text.ReplaceLineEndings("\n"));
        return $"sh {path}";
    }
}
