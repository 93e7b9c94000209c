using AuthServer.Jose;

namespace AuthServer.Keys;

/// <summary>
/// When keys are made, sign, retire and expire. At every moment one key of each algorithm signs and one more is published that will
/// sign after it.
/// </summary>
/// <param name="create">Makes a private key and answers its id.</param>
public sealed class KeySchedule(KeyPeriods periods, Func<JwsAlgorithm, string> create)
{
    /// <summary>What time asks for: a successor for each key that has begun to sign.</summary>
    public KeyPlan Maintain(IReadOnlyList<KeyLife> keys, DateTimeOffset now)
    {
        var plan = new KeyPlan(keys);
        foreach (var algorithm in keys.Select(key => key.Algorithm).Distinct().Order())
            Continue(plan, algorithm, now);
        return plan;
    }

    /// <summary>A first pair of keys for each algorithm that has none.</summary>
    public KeyPlan Begin(IReadOnlyList<KeyLife> keys, IReadOnlyList<JwsAlgorithm> algorithms, DateTimeOffset now)
    {
        var plan = new KeyPlan(keys);
        foreach (var algorithm in algorithms)
            Continue(plan, algorithm, now);
        return plan;
    }

    /// <summary>The next key signs as soon as it has been published for long enough; an algorithm without keys gets its first.</summary>
    public KeyPlan Rotate(IReadOnlyList<KeyLife> keys, JwsAlgorithm algorithm, DateTimeOffset now)
    {
        var plan = new KeyPlan(keys);
        Continue(plan, algorithm, now);
        if (keys.All(key => key.Algorithm != algorithm))
            return plan;
        var next = plan.Find(algorithm, KeyState.Next, now)!;
        var earliest = Later(now, next.CreatedAt + periods.PublishAhead);
        if (earliest < next.ActivatesAt)
            plan.Replace(next, next with { ActivatesAt = earliest });
        plan.Tell(KeyEventKind.Rotated, next.KeyId, earliest == now ? KeyReasons.Requested : KeyReasons.RequestedLater);
        Link(plan, algorithm, now);
        Continue(plan, algorithm, now);
        return plan;
    }

    /// <summary>The key is believed no more. Null: there is no such key, or it has ended already.</summary>
    public KeyPlan? Revoke(IReadOnlyList<KeyLife> keys, string keyId, DateTimeOffset now)
    {
        var plan = new KeyPlan(keys);
        var key = keys.FirstOrDefault(key => key.KeyId == keyId);
        if (key?.IsLiveAt(now) != true)
            return null;
        plan.Replace(key, key with { RevokedAt = now });
        plan.Tell(KeyEventKind.Revoked, keyId, null);
        Continue(plan, key.Algorithm, now);
        return plan;
    }

    private void Continue(KeyPlan plan, JwsAlgorithm algorithm, DateTimeOffset now)
    {
        var current = plan.Find(algorithm, KeyState.Current, now) ?? Succeed(plan, algorithm, now);
        if (plan.Find(algorithm, KeyState.Next, now) is { } next)
        {
            // A shorter RotateEvery counts for the keys that are there; a longer one for those to come.
            var due = Later(now, Later(current.ActivatesAt + periods.RotateEvery, next.CreatedAt + periods.PublishAhead));
            if (due < next.ActivatesAt)
                plan.Replace(next, next with { ActivatesAt = due });
        }
        else
        {
            // Without a successor and not mentioned yet: it was the next key, and its time has come since the last look.
            if (current.RetiresAt is null && plan.Events.All(e => e.KeyId != current.KeyId))
                plan.Tell(KeyEventKind.Rotated, current.KeyId, KeyReasons.Schedule);
            plan.Add(new KeyLife(create(algorithm), algorithm, now, Later(current.ActivatesAt + periods.RotateEvery, now + periods.PublishAhead)));
        }
        Link(plan, algorithm, now);
    }

    // Nothing signs: the current key was revoked, or the algorithm is new.
    private KeyLife Succeed(KeyPlan plan, JwsAlgorithm algorithm, DateTimeOffset now)
    {
        if (plan.Find(algorithm, KeyState.Next, now) is { } next)
        {
            // The one exception to PublishAhead: a revoked key cannot sign until then.
            var announced = next.CreatedAt + periods.PublishAhead <= now;
            plan.Tell(KeyEventKind.Rotated, next.KeyId, announced ? KeyReasons.Revocation : KeyReasons.RevocationUnannounced);
            return plan.Replace(next, next with { ActivatesAt = now });
        }
        var first = new KeyLife(create(algorithm), algorithm, now, now);
        plan.Add(first);
        return first;
    }

    // Each key retires when the next one activates. What has retired already stays as it is.
    private void Link(KeyPlan plan, JwsAlgorithm algorithm, DateTimeOffset now)
    {
        var live = plan.Keys.Where(key => key.Algorithm == algorithm && key.IsLiveAt(now)).OrderBy(key => key.ActivatesAt).ToArray();
        for (var i = 0; i < live.Length; i++)
        {
            if (live[i].StateAt(now) == KeyState.Retiring)
                continue;
            DateTimeOffset? retires = i + 1 < live.Length ? live[i + 1].ActivatesAt : null;
            plan.Replace(live[i], live[i] with { RetiresAt = retires, ExpiresAt = Expiry(live[i], retires) });
        }
    }

    // Longer tokens keep a key for longer; shorter ones come after longer ones that it has signed already.
    private DateTimeOffset? Expiry(KeyLife key, DateTimeOffset? retires)
    {
        var expires = retires + periods.LongestToken + KeyPeriods.Settling;
        return key.RetiresAt == retires && key.ExpiresAt > expires ? key.ExpiresAt : expires;
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
