using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.State;

namespace AuthServer.Protocol.Tokens;

/// <summary>How a family's refresh tokens follow one another. A successor is derived from its predecessor under a server key,
/// so that a client whose answer was lost gets the same one again although only hashes are stored.</summary>
public sealed class RefreshTokens(byte[] successionKey)
{
    /// <summary>The first token of a family, and its record.</summary>
    public static (string Value, RefreshToken Record) First(TokenFamily family, TokenLifetimes lifetimes, string id)
    {
        var value = Handle.New();
        return (value, Describe(value, family.Rights, lifetimes, id, family.ExpiresAt, family.CreatedAt));
    }

    /// <summary>The one token that can follow <paramref name="presented"/>, and its record.</summary>
    public (string Value, RefreshToken Record) Next(string presented, RefreshToken from, TokenLifetimes lifetimes, string id, DateTimeOffset now)
    {
        var value = Successor(presented);
        return (value, Describe(value, from.Rights, lifetimes, id, from.FamilyExpiresAt, now));
    }

    public string Successor(string presented)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(successionKey, Encoding.UTF8.GetBytes(presented), mac);
        return Base64Url.EncodeToString(mac);
    }

    private static RefreshToken Describe(
        string value, GrantedRights rights, TokenLifetimes lifetimes, string id, DateTimeOffset familyEnds, DateTimeOffset now)
    {
        var idleEnds = lifetimes.RefreshIdle is { } idle ? now + idle : familyEnds;
        return new RefreshToken
        {
            Id = id,
            ReferenceId = Handle.ReferenceId(value),
            Rights = rights,
            CreatedAt = now,
            ExpiresAt = idleEnds < familyEnds ? idleEnds : familyEnds,
            FamilyExpiresAt = familyEnds,
        };
    }
}
