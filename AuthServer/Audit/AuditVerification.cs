using AuthServer.Audit.Chain;
using AuthServer.Data;
using AuthServer.Keys;

namespace AuthServer.Audit;

/// <summary>Verifies the whole trail as it is in the database now, with the keys that are published now.</summary>
internal sealed class AuditVerification(ITrailSnapshots snapshots, SigningKeys keys, TimeProvider clock)
{
    public async Task<VerificationReport> RunAsync(CancellationToken ct)
    {
        await using var snapshot = await snapshots.OpenAsync(ct);
        var book = new CheckpointBook(await snapshot.CheckpointsAsync(ct), keys.Verification.Candidates);
        return await new ChainVerifier(book, clock.GetUtcNow().UtcDateTime).RunAsync(snapshot.EventsAsync(ct), ct);
    }
}
