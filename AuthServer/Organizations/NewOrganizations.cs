using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Organizations;

/// <summary>Puts a new organization, its owner and the event into a context. Who may have one was asked before; the caller saves.</summary>
internal static class NewOrganizations
{
    public static (Organization Organization, Member Owner) Add(AuthDbContext context, HttpContext http, string name, string ownerId, DateTimeOffset now)
    {
        var organization = new Organization { Id = Identifiers.New("acct_", now), Name = name, CreatedAt = now, Version = NewVersion() };
        var owner = new Member { OrganizationId = organization.Id, UserId = ownerId, Role = Role.Owner, JoinedAt = now };
        context.Organizations.Add(organization);
        context.Members.Add(owner);
        context.AuditEvents.Add(AuditEventRow.From(http.Event(OrganizationEvents.Created, AuditOutcomes.Success, now) with
        {
            Subject = ownerId,
            OrganizationId = organization.Id,
            Target = organization.Id,
        }));
        return (organization, owner);
    }

    public static string NewVersion() => Guid.NewGuid().ToString("N");
}
