using System.Security.Cryptography;
using System.Text.Json;
using AuthServer.Vault.Secrets;

namespace AuthServer.Vault.Accounts;

/// <summary>What providers gave, as it is stored.</summary>
public sealed class SealedTokens(VaultSeal seal)
{
    public string Seal(TokenSet tokens, SecretPlace place)
    {
        var plain = JsonSerializer.SerializeToUtf8Bytes(tokens);
        var envelope = seal.Seal(plain, place);
        CryptographicOperations.ZeroMemory(plain);
        return envelope;
    }

    /// <summary>Null: there is nothing, or it cannot be opened.</summary>
    public TokenSet? Open(string? envelope, SecretPlace place)
    {
        if (envelope is null || !seal.TryOpen(envelope, place, out var plain, out _))
        {
            return null;
        }

        var tokens = JsonSerializer.Deserialize<TokenSet>(plain);
        CryptographicOperations.ZeroMemory(plain);
        return tokens;
    }
}
