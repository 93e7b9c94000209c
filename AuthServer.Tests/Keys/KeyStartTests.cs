using System.Runtime.Versioning;
using System.Text;
using AuthServer.Jose;
using AuthServer.Keys;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Keys;

[UnsupportedOSPlatform("windows")]
public sealed class KeyStartTests : IAsyncDisposable
{
    private const UnixFileMode Open = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead;
    private readonly Installation _installation = new();

    public ValueTask DisposeAsync() => _installation.DisposeAsync();

    [Fact]
    public async Task A_new_database_gets_a_master_key_and_two_algorithms_with_a_current_and_a_next_key_each()
    {
        var node = await _installation.StartedAsync();
        var keys = node.GetRequiredService<SigningKeys>();

        Assert.Equal([JwsAlgorithm.ES256, JwsAlgorithm.RS256], keys.Algorithms);
        Assert.Equal(4, keys.Verification.Keys.Count);
        Assert.Equal(4, Directory.GetFiles(_installation.Home["keys/signing"]).Length);
        Assert.Equal(["key.created", "key.created", "key.created", "key.created"], (await Installation.TrailAsync(node)).Select(e => e.Type));
        var token = Jws.Sign(keys.Current(JwsAlgorithm.ES256), "at+jwt", "{}"u8);
        Assert.True(Jws.Verify(token, JwsTyp.Of("at+jwt"), keys.Verification).IsValid);
        Assert.True(JsonWebKeySet.TryParse(keys.Jwks.Span, out _, out _));
    }

    [Fact]
    public async Task A_second_start_opens_the_same_keys_and_makes_none()
    {
        var first = (await _installation.StartedAsync()).GetRequiredService<SigningKeys>();
        var second = (await _installation.StartedAsync()).GetRequiredService<SigningKeys>();

        Assert.Equal(first.Jwks.ToArray(), second.Jwks.ToArray());
        Assert.Equal(first.ETag, second.ETag);
        Assert.Equal(first.ChangedAt, second.ChangedAt);
        Assert.Equal(first.Current(JwsAlgorithm.RS256).KeyId, second.Current(JwsAlgorithm.RS256).KeyId);
    }

    [Fact]
    public async Task Everything_in_the_folder_is_the_owners_alone_and_no_private_key_is_in_clear()
    {
        Directory.CreateDirectory(_installation.Home["keys"], Open); // as git leaves it, with its README
        File.WriteAllText(_installation.Home["keys/README.md"], "read me");
        var node = await _installation.StartedAsync();

        var all = Directory.GetFileSystemEntries(_installation.Home["keys"], "*", SearchOption.AllDirectories).Append(_installation.Home["keys"]);
        Assert.All(all.Where(path => !path.EndsWith(".md", StringComparison.Ordinal)), path => Assert.Null(OwnerOnlyFiles.FaultOf(path)));
        var current = node.GetRequiredService<SigningKeys>().Current(JwsAlgorithm.ES256);
        Assert.Equal(-1, File.ReadAllBytes(_installation.KeyFile(current.KeyId)).AsSpan().IndexOf(current.ExportPkcs8().AsSpan(8, 40)));
    }

    [Fact]
    public async Task A_missing_master_key_and_every_missing_signing_key_are_listed_at_once()
    {
        var lives = await Installation.LivesAsync(await _installation.StartedAsync());
        File.Delete(_installation.Home["keys/master.key"]);
        File.Delete(_installation.KeyFile(lives[0].KeyId));
        File.Delete(_installation.KeyFile(lives[2].KeyId));

        var faults = await FaultsAsync();

        Assert.Equal(3, faults.Count);
        Assert.Contains("master.key is missing", faults[0], StringComparison.Ordinal);
        Assert.Contains("Restore", faults[0], StringComparison.Ordinal);
        Assert.Contains(faults, fault => fault.Contains(lives[0].KeyId, StringComparison.Ordinal) && fault.Contains("is missing", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.Contains(lives[2].KeyId, StringComparison.Ordinal));
        Assert.False(File.Exists(_installation.Home["keys/master.key"]));
    }

    [Fact]
    public async Task A_missing_a_damaged_and_a_swapped_signing_key_are_all_listed_and_nothing_is_made()
    {
        var lives = await Installation.LivesAsync(await _installation.StartedAsync());
        File.Delete(_installation.KeyFile(lives[0].KeyId));
        File.WriteAllBytes(_installation.KeyFile(lives[1].KeyId), [1, 2, 3]);
        File.Copy(_installation.KeyFile(lives[3].KeyId), _installation.KeyFile(lives[2].KeyId), overwrite: true);

        var faults = await FaultsAsync();

        Assert.Equal(3, faults.Count);
        Assert.All(faults.Zip(lives), pair => Assert.Contains($"keys revoke {pair.Second.KeyId}", pair.First, StringComparison.Ordinal));
        Assert.Equal(3, Directory.GetFiles(_installation.Home["keys/signing"]).Length);
    }

    [Fact]
    public async Task Another_master_key_opens_nothing_and_every_key_says_so()
    {
        await _installation.StartedAsync();
        using var other = MasterKey.Create();

        var faults = await FaultsAsync(Encoding.ASCII.GetString(other.Export()));

        Assert.Equal(4, faults.Count);
        Assert.All(faults, fault => Assert.Contains("another master key", fault, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("file:absent")]
    [InlineData("env:AUTHSERVER_TEST_ABSENT")]
    [InlineData("command:echo s3cret; exit 3")]
    [InlineData("command:echo s3cret")]
    [InlineData("s3cret")]
    public async Task A_configured_master_key_that_is_not_there_stops_the_start_and_none_is_made(string reference)
    {
        var faults = await FaultsAsync(reference);

        var fault = Assert.Single(faults);
        Assert.Contains("master key", fault, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("s3cret", fault, StringComparison.Ordinal);
        Assert.False(File.Exists(_installation.Home["keys/master.key"]));
        Assert.Empty(Directory.GetFiles(_installation.Home["keys/signing"]));
    }

    [Fact]
    public async Task A_master_key_from_a_command_serves()
    {
        using var master = MasterKey.Create();
        File.WriteAllBytes(_installation.Home["vault"], master.Export());
        var node = await _installation.NodeAsync("command:cat vault");

        Assert.Empty(await node.OpenKeysAsync(CancellationToken.None));
        Assert.Equal(master.Derive("x"), node.GetRequiredService<MasterKey>().Derive("x"));
        Assert.False(File.Exists(_installation.Home["keys/master.key"]));
    }

    [Fact]
    public async Task What_others_can_read_stops_the_start_with_the_commands_that_mend_it()
    {
        await _installation.StartedAsync();
        File.SetUnixFileMode(_installation.Home["keys"], Open);
        File.SetUnixFileMode(_installation.Home["keys/master.key"], Open);

        var faults = await FaultsAsync();

        Assert.Equal(2, faults.Count);
        Assert.Contains($"chmod 700 '{_installation.Home["keys"]}'", faults[0], StringComparison.Ordinal);
        Assert.Contains($"chmod 600 '{_installation.Home["keys/master.key"]}'", faults[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_database_beside_old_keys_takes_their_master_key_and_leaves_their_files_alone()
    {
        await _installation.StartedAsync();
        var before = Directory.GetFiles(_installation.Home["keys"], "*", SearchOption.AllDirectories).ToDictionary(path => path, File.ReadAllBytes);
        await _installation.ForgetSigningKeysAsync();

        await _installation.StartedAsync();

        Assert.All(before, file => Assert.Equal(file.Value, File.ReadAllBytes(file.Key)));
        Assert.Equal(8, Directory.GetFiles(_installation.Home["keys/signing"]).Length);
    }

    [Fact]
    public async Task A_key_id_that_leads_out_of_the_folder_is_refused()
    {
        var node = await _installation.StartedAsync();
        await using (var db = await node.GetRequiredService<IDbContextFactory<AuthServer.Data.AuthDbContext>>().CreateDbContextAsync())
        {
            db.SigningKeys.Add(new SigningKeyRecord { KeyId = "../master", Algorithm = "ES256", CreatedAt = _installation.Clock.Now, ActivatesAt = _installation.Clock.Now });
            await db.SaveChangesAsync();
        }

        Assert.Contains("no key id", Assert.Single(await FaultsAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_master_key_is_not_handed_out_before_it_is_open() =>
        Assert.Throws<InvalidOperationException>((await _installation.NodeAsync()).GetRequiredService<MasterKey>);

    private async Task<IReadOnlyList<string>> FaultsAsync(string? masterKey = null) =>
        await (await _installation.NodeAsync(masterKey)).OpenKeysAsync(CancellationToken.None);
}
