using AuthServer.Organizations;

namespace AuthServer.Pages.Developer;

/// <summary>The organizations that a person may see a page of, where the page has not been told which.</summary>
/// <param name="Page">The page's path.</param>
public sealed record OrganizationChoice(IReadOnlyList<NamedMembership> Organizations, string Page)
{
    /// <summary>The one that is named, or the only one; null: it has to be chosen first, or is not there.</summary>
    /// <param name="named">Its id; null: none is named.</param>
    public static NamedMembership? Of(IReadOnlyList<NamedMembership> organizations, string? named) =>
        named is null ? organizations is [var only] ? only : null : organizations.FirstOrDefault(member => member.OrganizationId == named);
}
