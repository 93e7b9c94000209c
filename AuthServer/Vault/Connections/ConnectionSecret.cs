using System.Security.Cryptography;
using System.Text.Json;
using AuthServer.Vault.Secrets;

namespace AuthServer.Vault.Connections;

/// <summary>What a connection proves itself with: an app's secret, or the parts of an API key, by their names. It exists sealed, or in memory for as long as a call takes.</summary>
public sealed class ConnectionSecret(IReadOnlyDictionary<string, string> values)
{
    public const string ClientSecretName = "client_secret";

    // Of a short one, four characters would be too much.
    private const int ShortestTold = 12;

    public static readonly ConnectionSecret None = new(new Dictionary<string, string>());

    public IReadOnlyDictionary<string, string> Values { get; } = values;

    public string? ClientSecret => Values.GetValueOrDefault(ClientSecretName);

    public bool IsEmpty => Values.Count == 0;

    /// <summary>The last four characters of a value; null: it is too short to say any.</summary>
    public static string? Last4(string? value) => value is { Length: >= ShortestTold } ? value[^4..] : null;

    /// <summary>Null: nothing to keep.</summary>
    public string? Seal(VaultSeal seal, SecretPlace place)
    {
        if (IsEmpty)
        {
            return null;
        }

        var plain = JsonSerializer.SerializeToUtf8Bytes(Values);
        var envelope = seal.Seal(plain, place);
        CryptographicOperations.ZeroMemory(plain);
        return envelope;
    }

    /// <exception cref="InvalidDataException">It does not open; the message names the place and nothing else.</exception>
    public static ConnectionSecret Open(VaultSeal seal, Connection row)
    {
        if (row.Secret is null)
        {
            return None;
        }

        if (!seal.TryOpen(row.Secret, row.SecretPlace, out var plain, out var fault))
        {
            throw new InvalidDataException($"The secret of {row.Id} does not open: {fault}.");
        }

        try
        {
            return new ConnectionSecret(JsonSerializer.Deserialize<Dictionary<string, string>>(plain) ?? []);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    public override string ToString() => "ConnectionSecret (redacted)";
}
