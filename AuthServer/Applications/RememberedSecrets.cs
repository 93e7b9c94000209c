using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace AuthServer.Applications;

/// <summary>Secrets that verified once, as keyed hashes in memory, so that a machine client pays for its password hash once per change
/// and not once per token. Bound to the row's concurrency token: a changed secret is forgotten.</summary>
public sealed class RememberedSecrets
{
    private const int Most = 100_000;

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<string, byte[]> _known = new(StringComparer.Ordinal);

    public bool Knows(string clientId, string concurrencyToken, string secret)
    {
        if (!_known.TryGetValue(clientId, out var known))
        {
            return false;
        }

        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Compute(concurrencyToken, secret, mac);
        return CryptographicOperations.FixedTimeEquals(mac, known);
    }

    public void Remember(string clientId, string concurrencyToken, string secret)
    {
        if (_known.Count >= Most)
        {
            _known.Clear();
        }

        var mac = new byte[HMACSHA256.HashSizeInBytes];
        Compute(concurrencyToken, secret, mac);
        _known[clientId] = mac;
    }

    private void Compute(string concurrencyToken, string secret, Span<byte> mac)
    {
        // Neither half can hold a NUL, so the join is unambiguous.
        Span<byte> text = stackalloc byte[512];
        var joined = string.Concat(concurrencyToken, "\0", secret);
        if (!Encoding.UTF8.TryGetBytes(joined, text, out var length))
        {
            text = Encoding.UTF8.GetBytes(joined);
            length = text.Length;
        }

        HMACSHA256.HashData(_key, text[..length], mac);
    }
}
