using System.Text.Json;
using AuthServer.Http.Api;
using AuthServer.Organizations;

namespace AuthServer.Vault.Connections;

/// <summary>Who may see, change and use a connection, within what their role allows anyway: roles (with all above them), members and agents by their ids.
/// Admins and the owner may always see and change it, so that nobody is locked out.</summary>
[SnakeCase]
public sealed record ConnectionAccess
{
    /// <summary>Every agent of the organization, in <see cref="Use"/>.</summary>
    public const string Agents = "agents";

    /// <summary>Null: every member.</summary>
    public IReadOnlyList<string>? View { get; init; }

    /// <summary>Null: developers who may see it.</summary>
    public IReadOnlyList<string>? Edit { get; init; }

    /// <summary>Null: members who may change it, and every agent.</summary>
    public IReadOnlyList<string>? Use { get; init; }

    public bool MayView(string userId, Role role) => role >= Role.Admin || View is null || Names(View, userId, role) || (Edit is not null && Names(Edit, userId, role));

    public bool MayEdit(string userId, Role role) =>
        role >= Role.Admin || (role >= Role.Developer && (Edit is null ? MayView(userId, role) : Names(Edit, userId, role)));

    public bool MayUse(string userId, Role role) => Use is null ? MayEdit(userId, role) : Names(Use, userId, role);

    public bool MayUse(string agentId) => Use is null || Use.Contains(Agents) || Use.Contains(agentId);

    /// <summary>By whatever a caller is.</summary>
    public bool MayUse(ActingParty caller) => caller.Agent is { } agent ? MayUse(agent.Id) : caller.Developer is { } developer && MayUse(developer.UserId, developer.Role);

    /// <summary>A role by its word; null: it is none.</summary>
    public static Role? RoleOf(string word)
    {
        foreach (var role in Enum.GetValues<Role>())
        {
            if (JsonNamingPolicy.SnakeCaseLower.ConvertName(role.ToString()) == word)
            {
                return role;
            }
        }

        return null;
    }

    private static bool Names(IReadOnlyList<string> list, string userId, Role role) => list.Any(entry => entry == userId || (RoleOf(entry) is { } least && role >= least));
}
