using AuthServer.Audit;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.State;

namespace AuthServer.Data;

/// <summary>Issues an agent's own tokens only while it is active: another node may have suspended it since its row was read.</summary>
public sealed class StoredActiveAgents(IDatabaseWriter writer) : IActiveAgents
{
    private static readonly Statement Active = new("""SELECT 1 FROM "Agents" WHERE "Id" = $1 AND "Status" = 1""");

    public Task<bool> TryIssueAsync(AgentIdentity agent, AuditEvent issued, CancellationToken ct)
    {
        var row = AuditEventRow.From(issued);
        return writer.TryWriteAsync(
            async transaction =>
            {
                // Whoever suspends it holds the same name: either they see this token's time behind them, or this sees them.
                await transaction.ShareAsync(agent.Id);
                return (await transaction.QueryAsync(Active, static found => found.GetInt32(0), agent.Id)).Count == 1
                    && await AuditTrail.AppendAsync(transaction, row);
            },
            ct);
    }
}
