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
        if (told.Count == 0 || (organizationId is null && !told.Any(one => one.UserId == userId)))
        {
            return null;
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Approvals.AnyAsync(row => row.Id == known, ct)
            ? null
            : new FormerApproval(known, told[0].AgentId, told.Select(one => one.Scope).OfType<string>().FirstOrDefault()?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [], told[0].Timestamp);
    }
}

/// <summary>An approval that was.</summary>
/// <param name="AgentId">Who asked.</param>
/// <param name="Actions">What for.</param>
/// <param name="EndedAt">When the last was heard of it.</param>
public sealed record FormerApproval(string Id, string? AgentId, IReadOnlyList<string> Actions, DateTimeOffset EndedAt);
