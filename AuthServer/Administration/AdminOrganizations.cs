using AuthServer.Agents;
using AuthServer.Applications;
using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Protocol.Authorize;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Administration;

/// <summary>Organizations as administrators see them, and what they do to them: stop, let go on, close, say how long the trail is kept.</summary>
public sealed class AdminOrganizations(
    IDbContextFactory<AuthDbContext> contexts,
    OrganizationStates states,
    Organizations.Organizations organizations,
    OrganizationRetention retention,
    SuspendedOrganizations suspended,
    ApplicationDirectory applications,
    TimeProvider clock)
{
    public const int Portion = 50;

    private static Problem Gone { get; } = Problem.Conflict("closed", "The organization is closed, or has changed hands in this moment.");

    /// <summary>Newest first.</summary>
    /// <param name="search">A part of the name, or an id; null: all.</param>
    /// <param name="after">The id after which the list goes on; null: from the newest.</param>
    public async Task<IReadOnlyList<OrganizationLine>> ListAsync(string? search, string? after, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var rows = context.Organizations.AsNoTracking();
        if (search is { Length: > 0 })
        {
            rows = rows.Where(row => row.Id == search || AuthDbContext.Upper(row.Name).Contains(AuthDbContext.Upper(search)));
        }

        return await Lines(context, rows.Where(row => after == null || row.Id.CompareTo(after) < 0).OrderByDescending(row => row.Id).Take(Portion)).ToListAsync(ct);
    }

    /// <summary>Null: there is none.</summary>
    public async Task<OrganizationFile?> FindAsync(string id, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await Lines(context, context.Organizations.AsNoTracking().Where(row => row.Id == id)).FirstOrDefaultAsync(ct) is not { } line)
        {
            return null;
        }

        var row = await context.Organizations.AsNoTracking().SingleAsync(row => row.Id == id, ct);
        var members = await context.Members.AsNoTracking().Where(row => row.OrganizationId == id).OrderByDescending(row => row.Role).ThenBy(row => row.JoinedAt).Take(Portion)
            .Join(context.Users, member => member.UserId, user => user.Id, (member, user) => new OrganizationPerson(user.Id, user.Name, user.Email, member.Role, member.JoinedAt))
            .ToListAsync(ct);
        var agents = await context.Agents.AsNoTracking().Where(row => row.OrganizationId == id).OrderByDescending(row => row.Id).Take(Portion)
            .Select(row => new OrganizationAgent(row.Id, row.Name, row.Type, row.Status, row.CreatedAt)).ToListAsync(ct);
        var now = clock.GetUtcNow();
        var counts = new OrganizationCounts(
            await context.Agents.LongCountAsync(agent => agent.OrganizationId == id, ct),
            await context.Connections.LongCountAsync(connection => connection.OrganizationId == id, ct),
            await context.ProtectedResources.LongCountAsync(resource => resource.OrganizationId == id, ct),
            await context.Webhooks.LongCountAsync(webhook => webhook.OrganizationId == id, ct),
            await context.Policies.LongCountAsync(policy => policy.OrganizationId == id, ct),
            await context.DeveloperKeys.LongCountAsync(key => key.OrganizationId == id && key.RevokedAt == null && (key.ExpiresAt == null || key.ExpiresAt > now), ct),
            await context.Certificates.LongCountAsync(certificate => certificate.OrganizationId == id && certificate.RevokedAt == null && certificate.ExpiresAt > now, ct))
        {
            Applications = await context.OrganizationApplications.LongCountAsync(owned => owned.OrganizationId == id && owned.RemovedAt == null, ct),
            Invitations = await context.OrganizationInvitations.LongCountAsync(row => row.OrganizationId == id && row.AcceptedAt == null && row.RevokedAt == null && row.ExpiresAt > now, ct),
        };
        return new OrganizationFile(line, [.. members.OrderByDescending(person => person.Role).ThenBy(person => person.JoinedAt)], agents, counts, row.AuditRetentionDays);
    }

    public async Task<Problem?> SuspendAsync(HttpContext http, SignedInPerson administrator, string id, CancellationToken ct)
    {
        var done = await states.TrySuspendAsync(id, Event(http, administrator, OrganizationEvents.Suspended, id), ct);
        Forget(id);
        return done ? null : Problem.Conflict("suspended", "The organization is suspended already.");
    }

    public async Task<Problem?> ResumeAsync(HttpContext http, SignedInPerson administrator, string id, CancellationToken ct)
    {
        var done = await states.TryResumeAsync(id, Event(http, administrator, OrganizationEvents.Resumed, id), ct);
        Forget(id);
        return done ? null : Problem.Conflict("not_suspended", "The organization is not suspended.");
    }

    /// <summary>As its owner would, for good.</summary>
    public async Task<Problem?> CloseAsync(HttpContext http, SignedInPerson administrator, string id, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Members.Where(row => row.OrganizationId == id && row.Role == Role.Owner).Select(row => row.UserId).FirstOrDefaultAsync(ct) is { } ownerId
            && await organizations.TryCloseAsync(id, ownerId, Event(http, administrator, OrganizationEvents.Closed, id) with { Reason = OrganizationEvents.ByAdministrator }, ct)
                ? null
                : Gone;
    }

    /// <param name="days">Null: as long as the installation keeps its own.</param>
    public async Task<Problem?> RetainAsync(HttpContext http, SignedInPerson administrator, string id, int? days, CancellationToken ct) =>
        (await retention.SetAsync(http, new Developer(id, administrator.Subject, Role.Owner, null), new RetentionBody { Days = days }, new IfMatch((IReadOnlyList<string>?)null), ct)).Problem;

    private void Forget(string id)
    {
        suspended.Forget(id);
        applications.ForgetAll();
    }

    private AuditEvent Event(HttpContext http, SignedInPerson administrator, string type, string id) =>
        AdminEvent.Of(http, administrator, type, id, clock.GetUtcNow()) with { OrganizationId = id };

    private static IQueryable<OrganizationLine> Lines(AuthDbContext context, IQueryable<Organization> rows) => rows.Select(row => new OrganizationLine(
        row.Id,
        row.Name,
        row.CreatedAt,
        row.SuspendedAt,
        context.Members.Count(member => member.OrganizationId == row.Id),
        context.Agents.Count(agent => agent.OrganizationId == row.Id && agent.Status == AgentStatus.Active),
        context.AgentClaims.Any(claim => claim.OrganizationId == row.Id)));
}
