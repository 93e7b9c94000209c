using AuthServer.Protocol.State;

namespace AuthServer.Tests.Support;

internal sealed class FakeAuditTrail(FakeState state) : IAuditTrail
{
    public Task AppendAsync(AuditEvent entry, CancellationToken ct) => state.Do(() => state.Log(entry));

    public Task<bool> TryIssueAsync(Issuance issuance, CancellationToken ct) => state.Do(() => state.Use(issuance.Proof) && state.Log(issuance.Event));
}
