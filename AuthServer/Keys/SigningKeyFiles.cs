using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using AuthServer.Jose;

namespace AuthServer.Keys;

/// <summary>The private signing keys, each in a file of its own, sealed by the master key under the key's id and algorithm.</summary>
internal sealed class SigningKeyFiles(KeyDirectory directory, MasterKeySource master)
{
    /// <exception cref="IOException">There is a file for this key already, or it cannot be written.</exception>
    public void Write(SigningKey key)
    {
        var clear = key.ExportPkcs8();
        try
        {
            OwnerOnlyFiles.CreateDirectory(directory.Signing);
            OwnerOnlyFiles.Write(PathOf(key.KeyId), master.Opened.Seal(clear, Identity(key.KeyId, key.Algorithm)));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(clear);
        }
    }

    /// <summary>False with a sentence for the operator that says what to restore.</summary>
    public bool TryRead(KeyLife life, [NotNullWhen(true)] out SigningKey? key, [NotNullWhen(false)] out string? fault)
    {
        key = null;
        if (!IsFileName(life.KeyId))
        {
            fault = "The database names a signing key whose id is no key id of this server.";
            return false;
        }
        var path = PathOf(life.KeyId);
        try
        {
            return TryOpen(life, File.ReadAllBytes(path), out key, out fault);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            fault = $"The signing key {path} is missing.{Remedy(life)}";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            fault = $"The signing key {path} cannot be read by this user.";
        }
        return false;
    }

    /// <summary>A sentence, when the file is missing; it may be unreadable all the same.</summary>
    public string? FaultWithoutMasterKey(KeyLife life) =>
        IsFileName(life.KeyId) && File.Exists(PathOf(life.KeyId)) ? null : $"The signing key {PathOf(life.KeyId)} is missing.{Remedy(life)}";

    public void Delete(string keyId)
    {
        if (IsFileName(keyId) && File.Exists(PathOf(keyId)))
            OwnerOnlyFiles.Delete(PathOf(keyId));
    }

    private bool TryOpen(KeyLife life, byte[] envelope, out SigningKey? key, [NotNullWhen(false)] out string? fault)
    {
        key = null;
        if (!master.Opened.TryOpen(envelope, Identity(life.KeyId, life.Algorithm), out var clear, out var reason))
        {
            fault = $"The signing key {PathOf(life.KeyId)} does not open: {reason}.{Remedy(life)}";
            return false;
        }
        try
        {
            key = SigningKey.FromPkcs8(life.Algorithm, clear, life.KeyId);
            fault = null;
            return true;
        }
        catch (CryptographicException)
        {
            fault = $"The signing key {PathOf(life.KeyId)} is no {life.Algorithm.Name()} key.{Remedy(life)}";
            return false;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(clear);
        }
    }

    private string PathOf(string keyId) => Path.Combine(directory.Signing, keyId + ".key");

    private static string Identity(string keyId, JwsAlgorithm algorithm) => $"signing-key:{keyId}:{algorithm.Name()}";

    private static string Remedy(KeyLife life) =>
        $" Restore it from a backup; if it is lost, run: keys revoke {life.KeyId} (tokens it signed are refused from then on).";

    // The id comes from the database: it must not lead out of the folder.
    private static bool IsFileName(string keyId) => keyId.Length is > 0 and <= 100 && keyId.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
