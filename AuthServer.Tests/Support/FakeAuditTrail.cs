using AuthServer.Protocol.State;

namespace AuthServer.Tests.Support;

internal sealed class FakeAuditTrail(FakeState state) : IAuditTrail
{
    public Task AppendAsync(AuditEvent entry, CancellationToken ct) => state.Do(() => state.Log(entry));
}
