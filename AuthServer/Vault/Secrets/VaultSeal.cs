using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace AuthServer.Vault.Secrets;

/// <summary>Seals what the vault keeps: AES-256-GCM by a key made for this one value, which is wrapped by the vault's key. Both are bound to the value's place.</summary>
public sealed class VaultSeal
{
    private const string Damaged = "it is damaged or was sealed for another place";

    private readonly VaultKeys _keys;

    internal VaultSeal(VaultKeys keys) => _keys = keys;

    /// <summary>An envelope to store as text.</summary>
    /// <exception cref="ArgumentException">The place is none of the vault's <see cref="SealedColumns"/>.</exception>
    public string Seal(ReadOnlySpan<byte> plain, SecretPlace place)
    {
        if (!SealedColumns.Has(place))
        {
            throw new ArgumentException($"{place.Table}.{place.Column} is not among the columns that the vault seals: add it to {nameof(SealedColumns)}.", nameof(place));
        }

        Span<byte> key = stackalloc byte[VaultKeyWraps.KeyLength];
        RandomNumberGenerator.Fill(key);
        var newest = _keys.Open.Newest;
        var envelope = new VaultEnvelope(newest.Record.Id, Encrypt(newest.Key, key, WrappingOf(newest.Record.Id, place)), Encrypt(key, plain, ContentOf(place)));
        CryptographicOperations.ZeroMemory(key);
        return envelope.Write();
    }

    /// <summary>False with the reason when the envelope is damaged, of another installation or of another place.</summary>
    /// <param name="plain">The caller zeroes it.</param>
    public bool TryOpen(string envelope, SecretPlace place, [NotNullWhen(true)] out byte[]? plain, [NotNullWhen(false)] out string? fault)
    {
        plain = null;
        if (!TryUnwrap(envelope, place, out var read, out var key, out fault))
        {
            return false;
        }

        plain = Decrypt(key, read.Content, ContentOf(place));
        CryptographicOperations.ZeroMemory(key);
        fault = plain is null ? Damaged : null;
        return plain is not null;
    }

    /// <summary>The same value under the newest of the vault's keys; its own key stays.</summary>
    internal bool TryRewrap(string envelope, SecretPlace place, [NotNullWhen(true)] out string? rewrapped, [NotNullWhen(false)] out string? fault)
    {
        rewrapped = null;
        if (!TryUnwrap(envelope, place, out var read, out var key, out fault))
        {
            return false;
        }

        var newest = _keys.Open.Newest;
        rewrapped = (read with { KeyId = newest.Record.Id, WrappedKey = Encrypt(newest.Key, key, WrappingOf(newest.Record.Id, place)) }).Write();
        CryptographicOperations.ZeroMemory(key);
        return true;
    }

    /// <summary>The same value under a new key of its own, and that under the newest of the vault's keys.</summary>
    internal bool TryReencrypt(string envelope, SecretPlace place, [NotNullWhen(true)] out string? reencrypted, [NotNullWhen(false)] out string? fault)
    {
        reencrypted = null;
        if (!TryOpen(envelope, place, out var plain, out fault))
        {
            return false;
        }

        reencrypted = Seal(plain, place);
        CryptographicOperations.ZeroMemory(plain);
        return true;
    }

    private bool TryUnwrap(
        string text, SecretPlace place, [NotNullWhen(true)] out VaultEnvelope? envelope, [NotNullWhen(true)] out byte[]? key, [NotNullWhen(false)] out string? fault)
    {
        key = null;
        if (!VaultEnvelope.TryRead(text, out envelope))
        {
            fault = "it is damaged or of an unknown version";
            return false;
        }

        if (_keys.Find(envelope.KeyId) is not { } wrapping)
        {
            fault = "the vault's key that sealed it is not here";
            return false;
        }

        key = Decrypt(wrapping, envelope.WrappedKey, WrappingOf(envelope.KeyId, place));
        fault = key is null ? Damaged : null;
        return key is not null;
    }

    private static byte[] Encrypt(ReadOnlySpan<byte> key, ReadOnlySpan<byte> plain, byte[] associated)
    {
        var content = new byte[VaultEnvelope.NonceLength + plain.Length + VaultEnvelope.TagLength];
        var nonce = content.AsSpan(0, VaultEnvelope.NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, VaultEnvelope.TagLength);
        aes.Encrypt(nonce, plain, content.AsSpan(VaultEnvelope.NonceLength, plain.Length), content.AsSpan(^VaultEnvelope.TagLength..), associated);
        return content;
    }

    /// <summary>Null when it is not what was encrypted for this.</summary>
    private static byte[]? Decrypt(ReadOnlySpan<byte> key, ReadOnlySpan<byte> content, byte[] associated)
    {
        var plain = new byte[content.Length - VaultEnvelope.NonceLength - VaultEnvelope.TagLength];
        using var aes = new AesGcm(key, VaultEnvelope.TagLength);
        try
        {
            aes.Decrypt(
                content[..VaultEnvelope.NonceLength], content[VaultEnvelope.NonceLength..^VaultEnvelope.TagLength], content[^VaultEnvelope.TagLength..], plain, associated);
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    // The two never stand for each other: a wrapped key is no value.
    private static byte[] WrappingOf(string keyId, SecretPlace place) => Encoding.UTF8.GetBytes($"{VaultEnvelope.Version} key {keyId} {place}");

    private static byte[] ContentOf(SecretPlace place) => Encoding.UTF8.GetBytes($"{VaultEnvelope.Version} value {place}");
}
