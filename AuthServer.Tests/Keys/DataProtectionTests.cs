using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using AuthServer.Keys;
using Microsoft.AspNetCore.DataProtection;

namespace AuthServer.Tests.Keys;

[UnsupportedOSPlatform("windows")]
public sealed class DataProtectionTests : IAsyncDisposable
{
    private readonly Installation _installation = new();

    public ValueTask DisposeAsync() => _installation.DisposeAsync();

    [Fact]
    public async Task What_one_process_protects_the_next_one_reads()
    {
        var cookie = (await ProtectorAsync()).Protect("usr_1");

        Assert.Equal("usr_1", (await ProtectorAsync()).Unprotect(cookie));
    }

    [Fact]
    public async Task The_ring_on_disk_is_sealed_and_the_owners_alone()
    {
        (await ProtectorAsync()).Protect("usr_1");

        var file = Assert.Single(Directory.GetFiles(_installation.Home["keys/ring"]));
        var xml = File.ReadAllText(file);
        Assert.Null(OwnerOnlyFiles.FaultOf(file));
        Assert.Contains(nameof(SealedXmlDecryptor), xml, StringComparison.Ordinal);
        Assert.DoesNotContain("masterKey", xml, StringComparison.Ordinal);
        Assert.DoesNotContain("<value>", xml, StringComparison.Ordinal);
        Assert.DoesNotContain("unencrypted", xml, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Under_another_master_key_the_ring_does_not_open()
    {
        var cookie = (await ProtectorAsync()).Protect("usr_1");
        await _installation.ForgetSigningKeysAsync();
        using var other = MasterKey.Create();

        var stranger = await ProtectorAsync(Encoding.ASCII.GetString(other.Export()));

        Assert.Throws<CryptographicException>(() => stranger.Unprotect(cookie));
    }

    private async Task<IDataProtector> ProtectorAsync(string? masterKey = null)
    {
        var node = await _installation.NodeAsync(masterKey, more: services => services.AddSealedDataProtection());
        Assert.Empty(await node.OpenKeysAsync(CancellationToken.None));
        return node.GetDataProtector("cookies");
    }
}
