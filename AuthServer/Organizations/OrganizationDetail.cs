using System.Text.Json.Serialization;
using AuthServer.Http.Api;

namespace AuthServer.Organizations;

/// <summary>An organization as its members see it.</summary>
/// <param name="Role">The caller's; null where it goes without saying.</param>
public sealed record OrganizationDetail(string Id, string Name, DateTimeOffset CreatedAt, Role? Role, [property: JsonIgnore] string Version) : IVersioned
{
    public static OrganizationDetail Of(Organization organization, Role? role = null) =>
        new(organization.Id, organization.Name, organization.CreatedAt, role, organization.Version);
}
