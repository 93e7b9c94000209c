using AuthServer.Jose;

namespace AuthServer.Keys;

/// <summary>The signing keys as they shall be, and what the trail says about the way there.</summary>
public sealed class KeyPlan(IEnumerable<KeyLife> keys)
{
    private readonly List<KeyLife> _keys = [.. keys];
    private readonly List<KeyEvent> _events = [];

    public IReadOnlyList<KeyLife> Keys => _keys;

    public IReadOnlyList<KeyEvent> Events => _events;

    internal void Add(KeyLife key)
    {
        _keys.Add(key);
        Tell(KeyEventKind.Created, key.KeyId, null);
    }

    internal KeyLife Replace(KeyLife old, KeyLife changed)
    {
        _keys[_keys.IndexOf(old)] = changed;
        return changed;
    }

    internal void Tell(KeyEventKind kind, string keyId, string? reason) => _events.Add(new KeyEvent(kind, keyId, reason));

    internal KeyLife? Find(JwsAlgorithm algorithm, KeyState state, DateTimeOffset now) =>
        _keys.Where(key => key.Algorithm == algorithm && key.StateAt(now) == state).MinBy(key => key.ActivatesAt);
}

public enum KeyEventKind
{
    Created,
    Rotated,
    Revoked,
}

/// <param name="Reason">One of <see cref="KeyReasons"/>; null where there is nothing to explain.</param>
public sealed record KeyEvent(KeyEventKind Kind, string KeyId, string? Reason);

/// <summary>Why a key began to sign.</summary>
public static class KeyReasons
{
    /// <summary>Its time had come.</summary>
    public const string Schedule = "schedule";

    /// <summary>An operator asked for it.</summary>
    public const string Requested = "requested";

    /// <summary>An operator asked for it, and it will sign once it has been published for long enough.</summary>
    public const string RequestedLater = "requested_later";

    /// <summary>The key before it was revoked.</summary>
    public const string Revocation = "revocation";

    /// <summary>As <see cref="Revocation"/>, and it had not been published for long enough: verifiers with an older copy of the key set refuse its tokens for a while.</summary>
    public const string RevocationUnannounced = "revocation_unannounced";
}
