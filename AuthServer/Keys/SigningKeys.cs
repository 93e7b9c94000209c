using AuthServer.Jose;

namespace AuthServer.Keys;

/// <summary>The keys that sign and verify tokens now. Reading takes neither locks nor the database. Take a <see cref="Snapshot"/> where several answers must fit together.</summary>
public sealed class SigningKeys(TimeProvider time)
{
    private SigningKeySnapshot _snapshot = new([], new Dictionary<string, SigningKey>(), DateTimeOffset.MinValue);

    public SigningKeySnapshot Snapshot
    {
        get
        {
            var snapshot = Volatile.Read(ref _snapshot);
            var now = time.GetUtcNow();
            if (now < snapshot.Until)
                return snapshot;
            // A key's time has come. If somebody else was faster, what stands there now is as new or newer.
            Interlocked.CompareExchange(ref _snapshot, snapshot.At(now), snapshot);
            return Volatile.Read(ref _snapshot);
        }
    }

    /// <inheritdoc cref="SigningKeySnapshot.Algorithms"/>
    public IReadOnlyList<JwsAlgorithm> Algorithms => Snapshot.Algorithms;

    /// <inheritdoc cref="SigningKeySnapshot.Verification"/>
    public JsonWebKeySet Verification => Snapshot.Verification;

    /// <inheritdoc cref="SigningKeySnapshot.Jwks"/>
    public ReadOnlyMemory<byte> Jwks => Snapshot.Jwks;

    /// <inheritdoc cref="SigningKeySnapshot.ETag"/>
    public string ETag => Snapshot.ETag;

    /// <inheritdoc cref="SigningKeySnapshot.ChangedAt"/>
    public DateTimeOffset ChangedAt => Snapshot.ChangedAt;

    /// <inheritdoc cref="SigningKeySnapshot.Current"/>
    public SigningKey Current(JwsAlgorithm algorithm) => Snapshot.Current(algorithm);

    internal void Publish(SigningKeySnapshot snapshot) => Volatile.Write(ref _snapshot, snapshot);
}
