using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using AuthServer.Keys;

namespace AuthServer.Vault.Secrets;

/// <summary>Wraps the vault's keys for the database: by the master key, or by an external command such as a key store's client.</summary>
internal sealed class VaultKeyWraps(VaultKeySettings settings, MasterKeySource master, TimeProvider clock)
{
    public const int KeyLength = 32;

    private const string What = "the vault's keys";

    /// <summary>How a new generation is wrapped.</summary>
    public VaultKeyWrap Present => settings.Command is null ? VaultKeyWrap.MasterKey : VaultKeyWrap.Command;

    /// <summary>Base64, or a sentence for the operator.</summary>
    public async Task<(string? Wrapped, string? Fault)> WrapAsync(string id, byte[] key, CancellationToken ct)
    {
        if (Present == VaultKeyWrap.MasterKey)
        {
            return (Convert.ToBase64String(master.Opened.Seal(key, IdentityOf(id))), null);
        }

        var (wrapped, fault) = await CallAsync("wrap", key, ct);

        // What cannot be unwrapped would be noticed at the next start, when it is too late.
        if (wrapped is null || await CallAsync("unwrap", wrapped, ct) is not { Answer: { } back })
        {
            return (null, fault ?? $"The command for {What} does not unwrap what it wrapped.");
        }

        var same = CryptographicOperations.FixedTimeEquals(back, key) && !CryptographicOperations.FixedTimeEquals(wrapped, key);
        CryptographicOperations.ZeroMemory(back);
        return same ? (Convert.ToBase64String(wrapped), null) : (null, $"The command for {What} does not unwrap what it wrapped.");
    }

    /// <summary>The key, which the caller keeps; or a sentence for the operator that says what to restore.</summary>
    public async Task<(byte[]? Key, string? Fault)> UnwrapAsync(VaultKeyRecord row, CancellationToken ct)
    {
        if (!Base64.IsValid(row.Wrapped))
        {
            return (null, $"The vault's key {row.Id} is damaged in the database. Restore the database from a backup.");
        }

        var wrapped = Convert.FromBase64String(row.Wrapped);
        var (key, fault) = row.Wrap switch
        {
            VaultKeyWrap.MasterKey => master.Opened.TryOpen(wrapped, IdentityOf(row.Id), out var opened, out var reason) ? (opened, null)
                : (null, $"{reason}. Restore the master key of this installation from a backup"),
            _ when settings.Command is null => (null, "an external command wrapped it, and AuthServer:Vault:KeyCommand is not set"),
            _ => await CallAsync("unwrap", wrapped, ct),
        };
        if (key is { Length: not KeyLength })
        {
            CryptographicOperations.ZeroMemory(key);
            (key, fault) = (null, "what came of it is no key of the vault");
        }

        return key is null ? (null, $"The vault's key {row.Id} does not open: {fault?.TrimEnd('.')}. If it is lost for good, run: vault drop-key {row.Id} (nobody can read then what it sealed).") : (key, null);
    }

    private async Task<(byte[]? Answer, string? Fault)> CallAsync(string verb, byte[] input, CancellationToken ct)
    {
        var sent = Encoding.ASCII.GetBytes(Convert.ToBase64String(input));
        var (output, fault) = await SecretCommand.RunAsync($"{settings.Command} {verb}", sent, What, settings.Home, clock, ct);
        CryptographicOperations.ZeroMemory(sent);
        if (output is null)
        {
            return (null, fault);
        }

        var answer = new byte[Base64.GetMaxDecodedFromUtf8Length(output.Length)];
        var isBase64 = Base64.DecodeFromUtf8(output.AsSpan().Trim(" \t\r\n"u8), answer, out _, out var length) == System.Buffers.OperationStatus.Done && length > 0;
        CryptographicOperations.ZeroMemory(output);
        var decoded = answer[..length];
        CryptographicOperations.ZeroMemory(answer);
        return isBase64 ? (decoded, null) : (null, $"The command for {What} wrote no base64.");
    }

    // A key that was moved to another row does not open there.
    private static string IdentityOf(string id) => "vault-key:" + id;
}
