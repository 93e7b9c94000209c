using System.Text;
using System.Text.Json;
using AuthServer.Applications;
using AuthServer.Http.Api;
using AuthServer.Jose;

namespace AuthServer.Agents.Credentials;

/// <summary>An agent's public keys: by which it may prove itself instead of a secret (RFC 7523), and which its delegated tokens are bound to.</summary>
public static class AgentKeys
{
    private const int Most = 10;

    /// <summary>The key set as it is stored; null where none was given, or it cannot be used.</summary>
    /// <param name="field">What the request calls the set.</param>
    public static string? Read(JsonElement? jwks, string? publicKey, string field, Faults faults)
    {
        if (jwks is not null && publicKey is not null)
        {
            faults.Add("publicKey", $"Give {field} or publicKey, not both.");
            return null;
        }

        if (publicKey is not null)
        {
            if (JsonWebKey.TryParsePem(publicKey, out var key, out var fault))
            {
                return Write(new JsonWebKeySet([key]));
            }

            faults.Add("publicKey", fault);
            return null;
        }

        if (jwks is null)
        {
            return null;
        }

        if (!JsonWebKeySet.TryParse(jwks.Value, out var set, out var error))
        {
            faults.Add(field, error);
            return null;
        }

        faults.Add(field, set.Keys.Count > Most ? $"Give at most {Most} keys." : null);
        return Write(set);
    }

    /// <summary>A stored set's one key as PEM; null where it has none, or several.</summary>
    public static string? PemOf(string? stored) =>
        stored is not null && JsonWebKeySet.TryParse(stored, out var set, out _) && set.Keys is [var only] ? only.ToPem() : null;

    /// <summary>Of all keys of a stored set; null where there is none.</summary>
    public static IReadOnlyList<string>? ThumbprintsOf(string? stored) =>
        stored is not null && JsonWebKeySet.TryParse(stored, out var set, out _) ? [.. set.Keys.Select(key => key.Thumbprint)] : null;

    /// <summary>The same as reading keys, for those that tokens are bound to and that prove nothing: one of them has to be of use for that.</summary>
    public static string? ReadBinding(JsonElement? jwks, string? publicKey, string field, Faults faults)
    {
        var keys = Read(jwks, publicKey, field, faults);
        faults.Add(jwks is null ? "publicKey" : field, keys is not null && ClientKeys.ThumbprintOf(keys) is null ? "Give a P-256 key: tokens are bound to no other." : null);
        return keys;
    }

    private static string Write(JsonWebKeySet set) => Encoding.UTF8.GetString(set.ToUtf8());
}
