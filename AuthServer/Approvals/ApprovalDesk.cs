using AuthServer.Data;
using AuthServer.Policies.Engine;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Scopes;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Approvals;

/// <summary>Where an act goes that a person has to approve: it passes by what they approved, or is asked for.</summary>
public sealed class ApprovalDesk(
    ApprovalLedger ledger, ApprovalMails mails, ScopeCatalog scopes, IDbContextFactory<AuthDbContext> contexts, AuthServerOptions options)
{
    /// <inheritdoc cref="ApprovalLedger.AskAsync"/>
    public async Task<ApprovalOutcome> AskAsync(
        ApprovalAsk ask, IReadOnlyList<LimitTake> takes, string? action, Func<ApprovalOutcome, AuditEvent> describe, CancellationToken ct)
    {
        var most = options.Approvals.MostWaiting;
        return await ledger.AskAsync(ask, takes, action, null, most, describe, ct)
            ?? (await ledger.AskAsync(ask, takes, action, await NewAsync(ask, ct), most, describe, ct))!;
    }

    private async Task<NewApproval> NewAsync(ApprovalAsk ask, CancellationToken ct)
    {
        var (input, now) = (ask.Input, ask.Input.Now);
        await using var context = await contexts.CreateDbContextAsync(ct);
        var shown = await NamedAsync(context, ask, ct);
        var row = new Approval
        {
            Id = Identifiers.New(Approval.IdPrefix, now),
            OrganizationId = input.OrganizationId,
            AgentId = ask.AgentId,
            UserId = input.UserId,
            DeciderId = ask.DeciderId,
            Digest = ask.Digest,
            Status = ApprovalStatus.Pending,
            Shown = shown.Write(),
            PolicyId = ask.Policies[0].Id,
            PolicyVersion = ask.Policies[0].Version,
            AuthorizationId = ask.Act.AuthorizationId,
            IsCritical = shown.Actions.Any(action => action.Risk == RiskLevel.Critical),
            CreatedAt = now,
            ExpiresAt = now + options.Approvals.Wait,
        };
        return new NewApproval(row, await mails.OfAsync(context, row, shown, ct));
    }

    private async Task<ApprovalShown> NamedAsync(AuthDbContext context, ApprovalAsk ask, CancellationToken ct)
    {
        var input = ask.Input;
        var agent = await (
            from row in context.Agents.AsNoTracking()
            where row.Id == ask.AgentId
            join organization in context.Organizations on row.OrganizationId equals organization.Id
            select new { row.Name, Owner = organization.Name }).FirstOrDefaultAsync(ct);
        var lines = await scopes.DescribeAsync(input.Required, input.OrganizationId, ct);
        return ApprovalShown.Of(ask) with
        {
            AgentName = agent?.Name ?? ask.AgentId,
            AgentOwner = agent?.Owner ?? "",
            UserName = input.UserId is { } user ? await context.Users.Where(row => row.Id == user).Select(row => row.Name ?? row.Email).FirstOrDefaultAsync(ct) : null,
            ApiName = ask is { Enforcer: { } enforcer, Act.ConnectionName: null }
                ? await context.Applications.Where(row => row.ClientId == enforcer).Select(row => row.DisplayName).FirstOrDefaultAsync(ct)
                : null,
            Actions = [.. lines.Select(line => new ApprovalAction(line.Name, line.Title, line.Risk))],
        };
    }
}
