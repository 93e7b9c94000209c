using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Protocol;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Connections;

/// <summary>Which connections a caller knows, and which a member may change.</summary>
internal static class ConnectionReach
{
    /// <summary>A change that is not meant for one version.</summary>
    public static readonly IfMatch Whatever = new((IReadOnlyList<string>?)null);

    private static readonly Problem OnlySeen = Problem.Forbidden("not_editable", "You can see this connection, but its access does not let you change it.");

    public static bool Sees(Connection row, ActingParty caller) =>
        caller.Developer is { } developer ? row.ReadAccess().MayView(developer.UserId, developer.Role) : row.ReadAccess().MayUse(caller);

    /// <summary>To read; null: there is none that this caller knows.</summary>
    public static async Task<Connection?> FindAsync(AuthDbContext context, ActingParty caller, string id, CancellationToken ct) =>
        Identifiers.Read(Connection.IdPrefix, id) is { } known
        && await context.Connections.AsNoTracking().FirstOrDefaultAsync(row => row.Id == known && row.OrganizationId == caller.OrganizationId, ct) is { } row
        && Sees(row, caller)
            ? row
            : null;

    public static async Task<Answer<Connection>> FindForChangeAsync(AuthDbContext context, Developer developer, string id, IfMatch match, CancellationToken ct)
    {
        if (Identifiers.Read(Connection.IdPrefix, id) is not { } known
            || await context.Connections.FirstOrDefaultAsync(row => row.Id == known && row.OrganizationId == developer.OrganizationId, ct) is not { } row)
        {
            return Problem.NotFound;
        }

        var access = row.ReadAccess();
        return access.MayEdit(developer.UserId, developer.Role)
            ? match.Allows(row.Version.ToString(System.Globalization.CultureInfo.InvariantCulture)) ? row : Problem.Stale
            : access.MayView(developer.UserId, developer.Role) ? OnlySeen : Problem.NotFound;
    }

    /// <summary>Whom an access names must be of the organization.</summary>
    public static async Task CheckNamedAsync(AuthDbContext context, Developer developer, AccessChange? said, Faults faults, CancellationToken ct)
    {
        foreach (var (name, list) in new[] { ("view", said?.View), ("edit", said?.Edit), ("use", said?.Use) })
        {
            foreach (var (i, id) in (list ?? []).Index().Take(100))
            {
                var known = id is null || ConnectionAccess.RoleOf(id) is not null || id == ConnectionAccess.Agents
                    || (Identifiers.Read("usr_", id) is { } user ? await context.Members.AnyAsync(row => row.OrganizationId == developer.OrganizationId && row.UserId == user, ct)
                        : Identifiers.Read("agt_", id) is not { } agent || await context.Agents.AnyAsync(row => row.OrganizationId == developer.OrganizationId && row.Id == agent, ct));
                faults.Add($"access.{name}[{i}]", known ? null : "Your organization has no such member or agent.");
            }
        }
    }

    /// <summary>This name, with the first number that makes it the only one.</summary>
    public static async Task<string> FreeNameAsync(AuthDbContext context, Developer developer, string name, CancellationToken ct)
    {
        var taken = (await context.Connections.Where(row => row.OrganizationId == developer.OrganizationId).Select(row => row.NormalizedName).ToListAsync(ct)).ToHashSet();
        return Enumerable.Range(1, taken.Count + 1).Select(number => number == 1 ? name : $"{name} {number}").First(free => !taken.Contains(Connection.Normalize(free)));
    }
}
