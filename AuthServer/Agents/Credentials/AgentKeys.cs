using System.Text;
using System.Text.Json;
using AuthServer.Http.Api;
using AuthServer.Jose;

namespace AuthServer.Agents.Credentials;

/// <summary>The public keys by which an agent may prove itself instead of a secret (RFC 7523).</summary>
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

    private static string Write(JsonWebKeySet set) => Encoding.UTF8.GetString(set.ToUtf8());
}
