using System.Buffers.Text;
using System.Security.Cryptography;
using AuthServer.Jose;

namespace AuthServer.Keys;

/// <summary>The signing keys between two changes. Immutable; everything that requests ask for is prepared.</summary>
public sealed class SigningKeySnapshot
{
    private readonly IReadOnlyList<KeyLife> _lives;
    private readonly IReadOnlyDictionary<string, SigningKey> _keys;
    private readonly SigningKey?[] _current = new SigningKey?[Enum.GetValues<JwsAlgorithm>().Length];

    /// <param name="lives">All keys, ended ones included.</param>
    /// <param name="keys">The private keys by id. One that is missing here neither signs nor is published.</param>
    public SigningKeySnapshot(IReadOnlyList<KeyLife> lives, IReadOnlyDictionary<string, SigningKey> keys, DateTimeOffset now)
    {
        (_lives, _keys) = (lives, keys);
        var live = lives.Where(life => life.IsLiveAt(now) && keys.ContainsKey(life.KeyId)).ToArray();
        // The key that signs comes first, for verifiers that only look at the first of its kind.
        var published = live.OrderBy(life => life.StateAt(now) != KeyState.Current).ThenBy(life => life.Algorithm)
            .ThenBy(life => life.ActivatesAt).ThenBy(life => life.KeyId, StringComparer.Ordinal).ToArray();
        foreach (var life in published.Where(life => life.StateAt(now) == KeyState.Current))
            _current[(int)life.Algorithm] ??= keys[life.KeyId];
        Algorithms = [.. Enum.GetValues<JwsAlgorithm>().Where(algorithm => _current[(int)algorithm] is not null)];
        Verification = new JsonWebKeySet(published.Select(life => keys[life.KeyId].PublicKey));
        var jwks = Verification.ToUtf8();
        Jwks = jwks;
        ETag = $"\"{Base64Url.EncodeToString(SHA256.HashData(jwks).AsSpan(0, 12))}\"";
        ChangedAt = lives.SelectMany(Changes).Where(at => at <= now).DefaultIfEmpty(now).Max();
        Until = lives.SelectMany(Changes).Where(at => at > now).DefaultIfEmpty(DateTimeOffset.MaxValue).Min();
    }

    /// <summary>The algorithms that tokens can be signed with.</summary>
    public IReadOnlyList<JwsAlgorithm> Algorithms { get; }

    /// <summary>Every key that verifies: next, current and retiring.</summary>
    public JsonWebKeySet Verification { get; }

    /// <summary><see cref="Verification"/> as the JWKS document, UTF-8.</summary>
    public ReadOnlyMemory<byte> Jwks { get; }

    /// <summary>Of <see cref="Jwks"/>, with its quotation marks.</summary>
    public string ETag { get; }

    /// <summary>When <see cref="Jwks"/> last changed; the same on every node.</summary>
    public DateTimeOffset ChangedAt { get; }

    /// <summary>When the next key signs, retires or expires.</summary>
    public DateTimeOffset Until { get; }

    /// <summary>The key that signs.</summary>
    /// <exception cref="InvalidOperationException">The algorithm is not among <see cref="Algorithms"/>.</exception>
    public SigningKey Current(JwsAlgorithm algorithm) =>
        _current[(int)algorithm] ?? throw new InvalidOperationException($"There is no {algorithm.Name()} signing key.");

    internal SigningKeySnapshot At(DateTimeOffset now) => new(_lives, _keys, now);

    private static IEnumerable<DateTimeOffset> Changes(KeyLife life) =>
        new[] { life.CreatedAt, life.ActivatesAt, life.RetiresAt, life.ExpiresAt, life.RevokedAt }.OfType<DateTimeOffset>();
}
