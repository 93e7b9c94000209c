using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Http.DPoP;

/// <summary>Proofs that were used at resources. A change is refused the second time by every node, since its proof is stored as the change itself is.
/// A read is remembered by the node that answered it, and costs no database: to see the same answer again, within a minute, one would have to
/// send it to another node, or after a restart.</summary>
public sealed class SeenProofs(IReplayGuard guard, TimeProvider clock, int capacity = 100_000)
{
    private readonly Lock _gate = new();
    private HashSet<string> _young = [];
    private HashSet<string> _old = [];
    private DateTimeOffset _began;

    /// <summary>True the first time. Only whoever has proven a living token's key comes here, so that strangers cannot fill the memory.</summary>
    /// <param name="method">Of the request that the proof is for.</param>
    /// <param name="lifetime">As long as a proof may be used.</param>
    public async ValueTask<bool> TryUseAsync(DPoPProof proof, string method, TimeSpan lifetime, CancellationToken ct)
    {
        var use = proof.Use(lifetime);
        return method is "GET" or "HEAD" && Remember(Handle.ReferenceId(use.Handle), lifetime) is { } first
            ? first
            : await guard.TryAddAsync(use.Handle, use.ExpiresAt, ct);
    }

    /// <summary>Null: the memory is full.</summary>
    private bool? Remember(string hash, TimeSpan lifetime)
    {
        // From the earliest that one can be used, by a clock ahead of ours, to the latest.
        var span = lifetime + (2 * DPoPProof.Skew);
        var now = clock.GetUtcNow();
        lock (_gate)
        {
            if (now - _began >= span)
            {
                // What is older than two spans is dead, and so is what came before the old generation.
                (_old, _young, _began) = (now - _began < 2 * span ? _young : [], [], now);
            }

            return _old.Contains(hash) || _young.Contains(hash) ? false
                : _old.Count + _young.Count >= capacity ? null
                : _young.Add(hash);
        }
    }
}
