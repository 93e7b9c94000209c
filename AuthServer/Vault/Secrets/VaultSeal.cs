using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using AuthServer.Keys;

namespace AuthServer.Vault.Secrets;

/// <summary>Seals what the vault keeps: AES-256-GCM by a key made for this one value, which is wrapped by the master key. Both are bound to the value's place.</summary>
public sealed class VaultSeal(MasterKey master)
{
    // An envelope: version, wrapped key, then nonce, ciphertext and tag.
    private const string Version = "v1";
    private const int KeyLength = 32;
    private const int NonceLength = 12;
    private const int TagLength = 16;

    /// <summary>An envelope to store as text.</summary>
    public string Seal(ReadOnlySpan<byte> plain, SecretPlace place)
    {
        Span<byte> key = stackalloc byte[KeyLength];
        RandomNumberGenerator.Fill(key);
        var content = new byte[NonceLength + plain.Length + TagLength];
        var nonce = content.AsSpan(0, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagLength);
        aes.Encrypt(nonce, plain, content.AsSpan(NonceLength, plain.Length), content.AsSpan(^TagLength..), Associated(place));
        var wrapped = master.Seal(key, IdentityOf(place));
        CryptographicOperations.ZeroMemory(key);
        return $"{Version}.{Base64Url.EncodeToString(wrapped)}.{Base64Url.EncodeToString(content)}";
    }

    /// <summary>False with the reason when the envelope is damaged, of another installation or of another place.</summary>
    /// <param name="plain">The caller zeroes it.</param>
    public bool TryOpen(string envelope, SecretPlace place, [NotNullWhen(true)] out byte[]? plain, [NotNullWhen(false)] out string? fault)
    {
        plain = null;
        fault = "it is damaged or of an unknown version";
        var parts = envelope.Split('.');
        if (parts.Length != 3 || parts[0] != Version || !Base64Url.IsValid(parts[1]) || !Base64Url.IsValid(parts[2], out var length) || length < NonceLength + TagLength
            || !master.TryOpen(Base64Url.DecodeFromChars(parts[1]), IdentityOf(place), out var key, out fault))
        {
            return false;
        }

        var content = Base64Url.DecodeFromChars(parts[2]).AsSpan();
        var opened = new byte[content.Length - NonceLength - TagLength];
        try
        {
            using var aes = new AesGcm(key, TagLength);
            aes.Decrypt(content[..NonceLength], content[NonceLength..^TagLength], content[^TagLength..], opened, Associated(place));
        }
        catch (AuthenticationTagMismatchException)
        {
            fault = "it is damaged or was sealed for another place";
            return false;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }

        (plain, fault) = (opened, null);
        return true;
    }

    private static string IdentityOf(SecretPlace place) => "vault:" + place;

    private static byte[] Associated(SecretPlace place) => Encoding.UTF8.GetBytes(place.ToString());
}
