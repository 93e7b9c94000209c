using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace AuthServer.Jose;

/// <summary>Verifies JWTs of one type, and remembers whose signature was good: an API asks about one token many times while it lives, and the
/// signature is most of the work. Nothing else is remembered: time, revocation and every claim are the caller's to check each time.
/// What was verified with other keys than are published now is forgotten at once.</summary>
/// <param name="capacity">Tokens remembered for sure. Up to twice as many stay, about 1 KiB each.</param>
public sealed class VerifiedTokens(JwsTyp typ, int capacity = 2048)
{
    // A longer one is verified each time, so that nobody fills the memory with few tokens.
    private const int LongestRemembered = 2048;

    private Memory _memory = new(new JsonWebKeySet([]), [], []);

    /// <summary>The claims of a token that one of these keys has signed; null for everything else.</summary>
    public JwtClaims? Verify(string token, JsonWebKeySet keys)
    {
        if (token.Length > LongestRemembered)
        {
            return Jws.Verify(token, typ, keys).Claims;
        }

        var memory = MemoryOf(keys);
        var digest = TokenDigest.Of(token);
        if (memory.Young.TryGetValue(digest, out var known))
        {
            return known;
        }

        if (!memory.Old.TryGetValue(digest, out var claims) && (claims = Jws.Verify(token, typ, keys).Claims) is null)
        {
            return null;
        }

        memory.Young.TryAdd(digest, claims);
        if (Interlocked.Increment(ref memory.Added) == capacity)
        {
            // Not exchanged when keys have changed meanwhile: then there is a newer one already.
            Interlocked.CompareExchange(ref _memory, new Memory(keys, [], memory.Young), memory);
        }

        return claims;
    }

    private Memory MemoryOf(JsonWebKeySet keys)
    {
        var memory = Volatile.Read(ref _memory);
        if (!ReferenceEquals(memory.Keys, keys))
        {
            memory = new Memory(keys, [], []);
            Volatile.Write(ref _memory, memory);
        }

        return memory;
    }

    /// <summary>Two generations: when the young one is full the old one goes, so that what is asked about stays.</summary>
    private sealed record Memory(
        JsonWebKeySet Keys, ConcurrentDictionary<TokenDigest, JwtClaims> Young, ConcurrentDictionary<TokenDigest, JwtClaims> Old)
    {
        public int Added;
    }

    /// <summary>SHA-256 of a whole token, its signature included. Tokens themselves are not kept.</summary>
    private readonly record struct TokenDigest(UInt128 First, UInt128 Second)
    {
        public static TokenDigest Of(string token)
        {
            Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(MemoryMarshal.AsBytes(token.AsSpan()), digest);
            return MemoryMarshal.Read<TokenDigest>(digest);
        }
    }
}
