using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Protocol;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Approvals;

/// <summary>Approvals, for whom they concern. Those of others do not exist.</summary>
public sealed class ApprovalLists(IDbContextFactory<AuthDbContext> contexts, IssuerUri issuer, TimeProvider clock)
{
    public Task<Answer<Page<ApprovalItem>>> ListAsync(ApprovalCaller caller, ApprovalFilter filter, Paging paging, CancellationToken ct) =>
        ListAsync(context => Of(context, caller), filter, paging, caller.Agent is not null, ct);

    /// <summary>Those that a person answers.</summary>
    public Task<Answer<Page<ApprovalItem>>> OfPersonAsync(string userId, ApprovalFilter filter, Paging paging, CancellationToken ct) =>
        ListAsync(context => context.Approvals.Where(row => row.DeciderId == userId), filter, paging, isOfAgent: false, ct);

    /// <summary>Those that an organization answers.</summary>
    public Task<Answer<Page<ApprovalItem>>> OfOrganizationAsync(string organizationId, ApprovalFilter filter, Paging paging, CancellationToken ct) =>
        ListAsync(context => OfOrganization(context, organizationId), filter, paging, isOfAgent: false, ct);

    public async Task<Answer<ApprovalItem>> FindAsync(ApprovalCaller caller, string id, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return Identifiers.Read(Approval.IdPrefix, id) is { } known && await Of(context, caller).AsNoTracking().FirstOrDefaultAsync(row => row.Id == known, ct) is { } row
            ? ItemOf(row, caller.Agent is not null)
            : Problem.NotFound;
    }

    /// <summary>One that this person answers: as the person whom it is asked of, or for this organization.</summary>
    /// <param name="organizationId">Null: as the person.</param>
    public async Task<(Approval Row, ApprovalItem Item)?> FindAsync(string id, string userId, string? organizationId, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var rows = organizationId is null ? context.Approvals.Where(row => row.DeciderId == userId) : OfOrganization(context, organizationId);
        return Identifiers.Read(Approval.IdPrefix, id) is { } known && await rows.AsNoTracking().FirstOrDefaultAsync(row => row.Id == known, ct) is { } row
            ? (row, ItemOf(row, isOfAgent: false))
            : null;
    }

    /// <summary>How much waits for an answer of this person, or of this organization.</summary>
    /// <param name="organizationId">Null: of the person.</param>
    public async Task<long> CountWaitingAsync(string userId, string? organizationId, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var rows = organizationId is null ? context.Approvals.Where(row => row.DeciderId == userId) : OfOrganization(context, organizationId);
        return await With(rows, ApprovalStatus.Pending, clock.GetUtcNow()).LongCountAsync(ct);
    }

    private async Task<Answer<Page<ApprovalItem>>> ListAsync(
        Func<AuthDbContext, IQueryable<Approval>> of, ApprovalFilter filter, Paging paging, bool isOfAgent, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var context = await contexts.CreateDbContextAsync(ct);
        var rows = With(of(context).AsNoTracking(), filter.Status, now);
        rows = filter.AgentId is { } agent ? rows.Where(row => row.AgentId == agent) : rows;
        var total = await rows.LongCountAsync(ct);
        var page = await rows.OrderByDescending(row => row.Id).Skip(paging.Offset).Take(paging.Limit).ToListAsync(ct);
        return new Page<ApprovalItem>([.. page.Select(row => ItemOf(row, isOfAgent))], new PageMeta(total, paging.Limit, paging.Offset));
    }

    // What has run out is expired, whether or not somebody has noted it already.
    private static IQueryable<Approval> With(IQueryable<Approval> rows, ApprovalStatus? status, DateTimeOffset now) => status switch
    {
        null => rows,
        ApprovalStatus.Pending or ApprovalStatus.Approved => rows.Where(row => row.Status == status && row.ExpiresAt > now),
        ApprovalStatus.Expired => rows.Where(row => row.Status == ApprovalStatus.Expired
            || ((row.Status == ApprovalStatus.Pending || row.Status == ApprovalStatus.Approved) && row.ExpiresAt <= now)),
        _ => rows.Where(row => row.Status == status),
    };

    private static IQueryable<Approval> Of(AuthDbContext context, ApprovalCaller caller) => caller switch
    {
        // A token in a person's name shows what was asked in that name; the agent's own credentials all that it asked.
        { Agent: { } agent } => agent.ActsForItself
            ? context.Approvals.Where(row => row.AgentId == agent.Id)
            : context.Approvals.Where(row => row.AgentId == agent.Id && row.UserId == agent.Subject),
        { Developer: { } developer } => OfOrganization(context, developer.OrganizationId),
        { Person: { } person } => context.Approvals.Where(row => row.DeciderId == person.UserId),
        _ => throw new InvalidOperationException("A refused caller was used."),
    };

    // What people are asked is theirs: their organization's trail tells that they were.
    private static IQueryable<Approval> OfOrganization(AuthDbContext context, string organizationId) =>
        context.Approvals.Where(row => row.OrganizationId == organizationId && row.DeciderId == null);

    private ApprovalItem ItemOf(Approval row, bool isOfAgent) => ApprovalItem.Of(row, issuer.At(row.Page), clock.GetUtcNow(), isOfAgent);
}
