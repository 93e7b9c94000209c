using AuthServer.Jose;

namespace AuthServer.Keys;

/// <summary>A signing key's name and times, without the key. Each key of an algorithm retires when the next one activates.</summary>
/// <param name="RetiresAt">When its successor activates; null: it has none yet.</param>
/// <param name="ExpiresAt">When the last token it may have signed has expired.</param>
public sealed record KeyLife(
    string KeyId,
    JwsAlgorithm Algorithm,
    DateTimeOffset CreatedAt,
    DateTimeOffset ActivatesAt,
    DateTimeOffset? RetiresAt = null,
    DateTimeOffset? ExpiresAt = null,
    DateTimeOffset? RevokedAt = null)
{
    public KeyState StateAt(DateTimeOffset now)
    {
        if (RevokedAt is not null)
            return KeyState.Revoked;
        if (ExpiresAt <= now)
            return KeyState.Expired;
        if (now < ActivatesAt)
            return KeyState.Next;
        return RetiresAt <= now ? KeyState.Retiring : KeyState.Current;
    }

    /// <summary>True while it is published and verifies.</summary>
    public bool IsLiveAt(DateTimeOffset now) => StateAt(now) is KeyState.Next or KeyState.Current or KeyState.Retiring;
}

public enum KeyState
{
    /// <summary>Published, does not sign yet.</summary>
    Next,

    /// <summary>Signs.</summary>
    Current,

    /// <summary>Signs no more, verifies what it signed.</summary>
    Retiring,

    /// <summary>Nothing that it signed is valid any more.</summary>
    Expired,

    /// <summary>Nothing that it signed is believed any more.</summary>
    Revoked,
}
