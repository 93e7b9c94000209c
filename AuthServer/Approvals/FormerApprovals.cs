using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Protocol;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Approvals;

/// <summary>What the trail says of approvals that are not kept any more.</summary>
public sealed class FormerApprovals(AuditQuery trail, IDbContextFactory<AuthDbContext> contexts)
{
    /// <summary>One that was asked of this person, or of this organization; null: there is none, or it is still kept.</summary>
    /// <param name="organizationId">Null: of the person.</param>
    public async Task<FormerApproval?> FindAsync(string id, string userId, string? organizationId, CancellationToken ct)
    {
        if (Identifiers.Read(Approval.IdPrefix, id) is not { } known)
        {
            return null;
        }

        var told = await trail.OfGoneAsync(known, organizationId, ct);
        if (told.LastOrDefault(one => one.Type == ApprovalEvents.Requested) is not { } asked
            || ApprovalEvents.DeciderOf(asked.Details) != (organizationId is null ? userId : null))
        {
            return null;
        }

        // Two events of one moment are in no order, but that whoever asks does so first.
        var last = told.OrderBy(one => one.Timestamp).ThenBy(one => one.Type != ApprovalEvents.Requested).Last();
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Approvals.AnyAsync(row => row.Id == known, ct)
            ? null
            : new FormerApproval(known, asked.AgentId, asked.Scope?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [], last.Type, last.Timestamp);
    }
}

/// <summary>An approval that was.</summary>
/// <param name="AgentId">Who asked.</param>
/// <param name="Actions">What for.</param>
/// <param name="Last">The last event about it, one of <see cref="ApprovalEvents"/>: that an agent stops ends what it was approved without another.</param>
/// <param name="At">When that was.</param>
public sealed record FormerApproval(string Id, string? AgentId, IReadOnlyList<string> Actions, string Last, DateTimeOffset At);
