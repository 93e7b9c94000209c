using AuthServer.Http.Api;
using AuthServer.Protocol;

namespace AuthServer.Audit;

/// <summary>Whose part of the trail a caller may read: an organization's members read what concerns it, a person reads what was done with their rights.</summary>
public sealed class AuditViews(AuditQuery query)
{
    public Task<Page<AuditEntry>> OfOrganizationAsync(string organizationId, AuditFilter filter, int limit, CancellationToken ct) =>
        PageAsync(filter with { OrganizationId = organizationId }, limit, ct);

    /// <summary>The same in AgentAuth's form.</summary>
    public async Task<AuditEventPage> EventsAsync(string organizationId, AuditFilter filter, int limit, CancellationToken ct)
    {
        var part = await query.FindAsync(filter with { OrganizationId = organizationId }, limit, ct);
        return new AuditEventPage([.. part.Entries.Select(AuditEventItem.Of)], new(part.Entries.Count, limit, part.NextCursor));
    }

    /// <param name="id">Must be the person's own.</param>
    public async Task<Answer<Page<AuditEntry>>> OfPersonAsync(Person person, string id, AuditFilter filter, int limit, CancellationToken ct) =>
        Identifiers.Read("usr_", id) == person.UserId
            ? await PageAsync(filter with { UserId = person.UserId }, limit, ct)
            : Problem.NotFound;

    private async Task<Page<AuditEntry>> PageAsync(AuditFilter filter, int limit, CancellationToken ct)
    {
        var part = await query.FindAsync(filter, limit, ct);
        return new Page<AuditEntry>(part.Entries, new PageMeta(null, limit, NextCursor: part.NextCursor));
    }
}
