using AuthServer.Organizations;
using AuthServer.Pages.Forms;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Team;

/// <summary>Roles in words.</summary>
internal static class MemberWords
{
    public static string Name(Role role) => role switch
    {
        Role.Auditor => T("Auditor"),
        Role.Developer => T("Developer"),
        Role.Admin => T("Admin"),
        _ => T("Owner"),
    };

    public static string Means(Role role) => role switch
    {
        Role.Auditor => T("Reads everything, the trail included, and changes nothing."),
        Role.Developer => T("Makes and changes agents, policies and connections too."),
        Role.Admin => T("Invites and removes members, and makes keys too."),
        _ => T("Hands the organization over, or closes it, too."),
    };

    /// <summary>The roles that somebody may give: none above their own, and ownership is handed over.</summary>
    /// <param name="most">Their own.</param>
    public static Question Ask(Role most, Role present) => new("role", T("Role"), QuestionKind.Radio)
    {
        Optional = false,
        Value = present.ToString().ToLowerInvariant(),
        Options = [.. new[] { Role.Auditor, Role.Developer, Role.Admin }.Where(role => role <= most).Select(role => new PossibleAnswer(role.ToString().ToLowerInvariant(), Name(role), Means(role)))],
    };
}
